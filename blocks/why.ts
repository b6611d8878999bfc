import type { AccountLead } from '../src/core/lead.ts';
import type { Drawing, NewBlock } from '../src/core/message.ts';
import { explainedTotal, gapToHot, HOT_FLOOR, WEIGHTS } from '../src/core/score.ts';
import type { Crossing, ScoreAt, Why } from '../src/core/why.ts';
import { channelLink } from './channels-note.ts';
import { accountName } from './facts.ts';
import { calendarDate, day, moment, points } from './format.ts';
import { ids } from './ids.ts';
import { actions, button, context, dotted, header, labeled, message, section } from './parts.ts';
import { scoreOf, statusLine } from './state.ts';
import { plain, safe } from './text.ts';

const MOST_CROSSINGS = 10;
const MOST_SCORES = 8;
const MOST_NAMES = 3;
/** A post usually takes less. */
const SOON_MS = 120_000;

/** `/lead why` alone. */
export function whyHelp(): Drawing {
  const text =
    'Type a company after `/lead why`, for example `/lead why velocitypay.io`: what I did about it, what I left out and why, and how far it is from hot. An email address works too.';
  return message(text, [section(text)]);
}

/** For a company or an address of which the bot knows nothing at all. */
export function whyUnknown(asked: string): Drawing {
  const text = `I know nothing about “${safe(asked, 100)}”: nobody has signed up from there, and I have never had an alert for it.`;
  return message(text, [
    section(text),
    context("Try the company's email domain, a developer's email address, or part of the name."),
  ]);
}

/** What the bot did about a company and left out. `typed`: what was asked for, if the company goes by another name. */
export function whyAnswer(why: Why, now: Date, typed: string | null = null): Drawing {
  const { account, current, crossings } = why;
  const name = nameOf(why);
  const answer = standing(why);
  const above = [
    header(dotted([name, scoreOf(account.leads[0] ?? null)]) ?? ''),
    context(
      typed === null || account.domain === null
        ? null
        : `“${safe(typed, 80)}” belongs to ${safe(account.domain, 80)}.`,
    ),
    section(answer.join('\n')),
    section(
      labeled(
        'When it turned hot',
        [
          ...crossings.slice(0, MOST_CROSSINGS).map((crossing) => `• ${crossingLine(crossing)}`),
          ...(crossings.length > MOST_CROSSINGS ? ['• and earlier'] : []),
        ].join('\n'),
      ),
    ),
    section(labeled('Its best score', scoreLine(why.history))),
  ];
  const below = [
    context(dotted(unknowns(why))),
    actions(
      current === null ? null : button('Details', ids.details, current.alert.id),
      account.leads.length === 0 ? null : button('Look it up', ids.pick, account.key),
    ),
  ];
  const drawing = message(`${safe(name, 80)}: ${answer.map(sentence).join(' ')}`, [
    ...above,
    ...below,
  ]);
  const drawn = scoreChart(why.history, now);
  if (drawn === null) return drawing;
  const rich = [...above, drawn, ...below].filter((block) => block !== null);
  return { ...drawing, rich };
}

/** Of the company, else of the developer, as plain text. */
function nameOf({ account, person }: Why): string {
  if (account.domain !== null || account.leads.length > 0) return accountName(account);
  return plain(person ?? '', 80) || 'Unnamed developer';
}

/** How things stand, as lines of mrkdwn. */
function standing(why: Why): string[] {
  const { account, current, crossings, waiting, setAside, hidden, watchingSince } = why;
  const [lead] = account.leads;
  const isOpen = current !== null && current.alert.closedAt === null;
  const isHot = isOpen || waiting.length > 0 || setAside.length > 0;
  const newest = crossings.find(({ alertId }) => alertId === current?.alert.id);
  const lines = [
    current === null ? null : statusLine(current),
    isOpen && newest?.message != null
      ? upperFirst(
          shownIn(newest, newest.message.kind === 'card' ? 'its card' : 'its roll-up', ' is'),
        )
      : null,
    ...setAside.map(
      ({ who, fields }) =>
        `${someone(who)} is hot, but gets no card: I can't read ${fields.map((field) => `\`${safe(field, 60)}\``).join(', ')} in \`lead_dashboard\`.`,
    ),
    waiting.length === 0
      ? null
      : `${names(waiting)} ${waiting.length === 1 ? 'is' : 'are'} hot without a card yet. I look again within a minute.`,
    hidden.length === 0
      ? null
      : `\`lead_dashboard\` doesn't show ${names(hidden)}, so I ignore ${hidden.length === 1 ? 'this developer' : 'them'}${hidden.some((one) => one.isHot) ? ', hot or not' : ''}.`,
    account.domain === null
      ? 'The address is personal and no company is known, so there is no card, hot or not.'
      : null,
    lead === undefined || isHot ? null : gapWords(lead),
    lead === undefined && hidden.length === 0 && account.domain !== null
      ? 'No developers from this company have signed up.'
      : null,
    crossings.length === 0 && !isHot && watchingSince !== null
      ? `It has not turned hot ${moment(watchingSince, { after: 'since' })}, when I began to watch.`
      : null,
  ];
  return lines.filter((line) => line !== null);
}

/** How far a lead is from hot, in words; null if it is hot. */
function gapWords(lead: AccountLead): string | null {
  const { components, totalScore, tier } = lead;
  if (tier === 'hot') return null;
  if (totalScore === null) return 'Not hot: it has no score yet.';
  if (components === null || explainedTotal(lead) === null) {
    return totalScore >= HOT_FLOOR
      ? `Not hot: \`lead_dashboard\` says ${safe(tier ?? 'no tier', 20)}, although it has ${totalScore} points.`
      : `Not hot: ${toGo(HOT_FLOOR - totalScore)}.`;
  }
  const weakest = WEIGHTS.reduce((low, one) =>
    components[one.key] < components[low.key] ? one : low,
  );
  return `Not hot. ${weakest.label} is the weakest; ${toGo(gapToHot(components).points)}.`;
}

const toGo = (gap: number): string => `${points(gap)} ${gap === 1 ? 'point' : 'points'} to go`;

function crossingLine(crossing: Crossing): string {
  const { at, who, score } = crossing;
  const lead = dotted([moment(at), `${someone(who)}${score === null ? '' : `, ${score} points`}`]);
  return `${lead}: ${cameOf(crossing)}`;
}

function cameOf(crossing: Crossing): string {
  const until = crossing.until === null ? '' : ` until ${day(crossing.until)}`;
  switch (crossing.fate) {
    case 'card':
      return shownIn(crossing, 'card');
    case 'rollup':
      return shownIn(crossing, 'roll-up');
    case 'silent':
      return 'hot before my first run, so recorded without a message';
    case 'joined':
      return "joined a colleague's card";
    case 'returned':
      return 'back before its alert was over, so on the same card';
    case 'not-a-fit':
      return `no news: the company was marked as not a fit${until}`;
    case 'snoozed':
      return `no news: the company was snoozed${until}`;
    case 'merged':
      return "no card of its own: the company's other domain had one";
    case 'personal':
      return 'no card: a personal address, and no company is known';
    case 'not-shown':
      return "no card: `lead_dashboard` didn't show this lead";
    case 'set-aside':
      return "no card: I couldn't read its row in `lead_dashboard`";
    case 'brief':
      return 'no card: no longer hot when I looked';
    case 'waiting':
      return 'I look again within a minute';
    case 'unknown':
      return 'I had not yet begun to note what comes of it';
  }
}

/** Where a card or roll-up is, or what became of it. */
function shownIn({ at, message: shown }: Crossing, what: string, is = ''): string {
  if (shown === null) return what;
  const where = channelLink(shown.channel);
  switch (shown.state) {
    case 'posted': {
      const late = shown.postedAt !== null && shown.postedAt.getTime() - at.getTime() > SOON_MS;
      return `${what}${is} in ${where}${late && shown.postedAt !== null ? `, posted ${moment(shown.postedAt)}` : ''}`;
    }
    case 'pending':
    case 'unclear':
      return `${what} waits to be posted in ${where}`;
    case 'dead':
      return is === ''
        ? `${what}, refused by Slack in ${where}`
        : `${what} was refused by Slack in ${where}`;
    case 'gone':
      return shown.postedAt === null
        ? `${what}${is === '' ? ',' : ' was'} given up before it could be posted in ${where}`
        : `${what}${is === '' ? '' : ' was'} in ${where}, deleted since`;
  }
}

const someone = (who: string | null): string => safe(who ?? '', 60) || 'A developer';

function names(people: readonly { who: string | null; score: number | null }[]): string {
  const named = people
    .slice(0, MOST_NAMES)
    .map(({ who, score }) => `${someone(who)}${score === null ? '' : ` (${points(score)})`}`);
  const more = people.length - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

const sentence = (line: string): string => (line.endsWith('.') ? line : `${line}.`);

const upperFirst = (line: string): string => line.charAt(0).toUpperCase() + line.slice(1);

/** `62 (Oct 3) → 71 (Nov 1) → 85 (Nov 20)`; null without a change. */
function scoreLine(history: readonly ScoreAt[]): string | null {
  if (history.length < 2) return null;
  const shown = history.slice(-MOST_SCORES);
  return shown.map(({ at, score }) => `${points(score)} (${day(at)})`).join(' → ');
}

/** Null with too few scores for a line. */
function scoreChart(history: readonly ScoreAt[], now: Date): NewBlock | null {
  if (history.length < 3) return null;
  const data = history.map(({ at, score }) => ({ label: dayLabel(at, now), value: score }));
  return {
    type: 'data_visualization',
    title: 'Best score over time',
    chart: {
      type: 'line',
      series: [{ name: 'Points', data }],
      axis_config: { categories: data.map(({ label }) => label), y_label: 'Points' },
    },
  };
}

/** `Nov 20`, or `Nov 20, 2025` if that is another year. */
function dayLabel(at: Date, now: Date): string {
  const isThisYear = at.getUTCFullYear() === now.getUTCFullYear();
  const style = { month: 'short', day: 'numeric' } as const;
  const iso = at.toISOString().slice(0, 10);
  return calendarDate(iso, isThisYear ? style : { ...style, year: 'numeric' }) ?? iso;
}

/** What the answer can't know. */
function unknowns({ hasTrigger, watchingSince, crossings }: Why): (string | null)[] {
  return [
    hasTrigger
      ? null
      : 'I see scores only once a minute here, so I may miss a lead that is hot for less than that.',
    watchingSince === null
      ? 'I have only begun to look.'
      : crossings.length > 0
        ? `I have watched ${moment(watchingSince, { after: 'since' })}.`
        : null,
  ];
}
