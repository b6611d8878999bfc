import type { Drawing } from '../src/core/message.ts';
import { WEIGHTS } from '../src/core/score.ts';
import {
  type Formula,
  isSameFormula,
  type Replay,
  type ReplayAnswer,
  tuningSql,
} from '../src/core/tune.ts';
import { amount, day, points } from './format.ts';
import { bold, context, dotted, message, section } from './parts.ts';
import { OUTCOME_WORDS } from './state.ts';
import { escapeMrkdwn, safe } from './text.ts';

type Replayed = Extract<ReplayAnswer, { kind: 'replayed' }>;

const FORMS = [
  '`/lead tune 85`: hot from 85 points',
  '`/lead tune usage=35 company=20`: other weights in percent, 100 in all; those you leave out stay',
  '`/lead tune 75 usage=35 company=20`: both',
]
  .map((form) => `• ${form}`)
  .join('\n');

type TuneRefusal =
  | Exclude<ReplayAnswer, Replayed>
  | { kind: 'only-some-channels' }
  | { kind: 'unreadable'; part: string };

/** Why there is nothing to replay. */
export function tuneRefused(why: TuneRefusal): Drawing {
  const text = refusalText(why);
  return message(text.split('\n')[0] ?? text, [section(text)]);
}

function refusalText(why: TuneRefusal): string {
  switch (why.kind) {
    case 'only-some-channels':
      return '`/lead tune` covers all companies, and you see only those in your channels.';
    case 'unreadable':
      return `I can’t read “${safe(why.part, 60)}” as a score or as weights.\n${FORMS}`;
    case 'sum': {
      const sum = points(WEIGHTS.reduce((all, { key }) => all + why.weights[key], 0));
      const left = WEIGHTS.map(({ key, label }) => `${label} ${points(why.weights[key])}%`);
      return `These weights add up to ${sum}%, not to 100%: ${left.join(', ')}.\nThose you leave out stay as they are today, so name another one to make room: \`/lead tune usage=35 company=20\`.`;
    }
    case 'unknown-weights':
      return 'I can’t replay other weights: `lead_scores` computes its scores in a way of its own. Another score still works: `/lead tune 85`.';
  }
}

/** `/lead tune` alone. */
export function tuneExplained({ today, replay }: Replayed, timeZone: string): Drawing {
  const { now } = replay;
  const title = 'What would other scores or weights have done?';
  return message(title, [
    section(
      `*${title}*\n${today === null ? 'What makes a lead hot is not in the columns of `lead_scores`, so I can replay other scores, but no other weights.' : `Today a lead is hot from ${formulaWords(today)}.`}`,
    ),
    section(
      `Since ${day(replay.from, timeZone)}: ${dotted([
        alertsIn(replay, now.alerts),
        `${now.contacted} contacted`,
        `${now.won} won`,
        `${now.notAFit} not a fit`,
      ])}`,
    ),
    section(`Replay that with others:\n${FORMS}`),
    context('It changes nothing. It shows the SQL that would.'),
  ]);
}

/** What a tuning would have done. `asked`: the score, if one was named. */
export function replayed(
  { today, tuned, replay }: Replayed,
  asked: number | null,
  timeZone: string,
): Drawing {
  const title = titleOf(today, tuned, asked);
  const { now, missed, added } = replay;
  const instead = replay.kept + added.alerts;
  const about = added.share < 1 && added.alerts > 0 ? 'about ' : '';
  const hotFrom = tuned?.threshold ?? asked ?? 0;
  const lines = [
    `*Alerts:* ${about}${alertsIn(replay, instead)}, instead of ${alertsIn(replay, now.alerts)}`,
    `*Contacted ones missed:* ${missed.contacted} of ${now.contacted}${missed.won > 0 ? `, including ${missed.won} of the ${now.won} won` : ''}${examples(missed)}`,
    `*Not-a-fits avoided:* ${replay.avoided} of ${now.notAFit}`,
    `*In addition:* ${added.alerts === 0 ? 'none' : `${about}${added.alerts} ${added.alerts === 1 ? 'alert' : 'alerts'}`}`,
  ];
  const same = today !== null && tuned !== null && isSameFormula(today, tuned);
  return message(`${title}: ${about}${alertsIn(replay, instead)}`, [
    section(`*${title}*${same ? '\nThat is what you have today.' : ''}`),
    section(lines.map((line) => `• ${line}`).join('\n')),
    context(limitsOf(replay, hotFrom, timeZone)),
    ...(tuned === null || same
      ? []
      : [
          section(
            `Nothing has changed. To change it, the owner of the lead tables runs:\n\`\`\`${escapeMrkdwn(tuningSql(tuned))}\`\`\``,
          ),
          context(
            'All scores are computed anew, so leads that are hot then get alerts within a minute or two. Then put the same numbers into `src/core/score.ts`, so that answers can explain scores.',
          ),
        ]),
  ]);
}

/** `12 alerts`, or `4.5 alerts a week` once there are two weeks of history. */
function alertsIn({ from, to }: Replay, alerts: number): string {
  const weeks = (to.getTime() - from.getTime()) / (7 * 24 * 3_600_000);
  if (weeks < 2) return amount(alerts, 'alert') ?? '';
  const perWeek = alerts / weeks;
  const shown = perWeek < 10 ? Math.round(perWeek * 10) / 10 : Math.round(perWeek);
  return `${shown} ${shown === 1 ? 'alert' : 'alerts'} a week`;
}

function formulaWords({ threshold, weights }: Formula): string {
  return `${points(threshold)} points: ${WEIGHTS.map(({ key, label }) => `${label} ${points(weights[key])}%`).join(', ')}`;
}

function titleOf(today: Formula | null, tuned: Formula | null, asked: number | null): string {
  if (today === null || tuned === null) return `Hot from ${points(asked ?? 0)} points`;
  const changed = WEIGHTS.filter(({ key }) => today.weights[key] !== tuned.weights[key]).map(
    ({ key, label }) =>
      `${label} ${points(tuned.weights[key])}% instead of ${points(today.weights[key])}%`,
  );
  const from =
    today.threshold === tuned.threshold
      ? `Hot from ${points(today.threshold)} points`
      : `Hot from ${points(tuned.threshold)} points instead of ${points(today.threshold)}`;
  return [from, ...changed].join(', ');
}

function examples({ contacted, examples: best }: Replay['missed']): string {
  if (best.length === 0) return '';
  const names = best.map(
    ({ name, outcome }) =>
      `${bold(safe(name, 60))}${outcome === null ? '' : ` (${OUTCOME_WORDS[outcome].toLowerCase()})`}`,
  );
  const more = contacted - best.length;
  return `: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** What the answer can't know. */
function limitsOf(
  { from, picturesFrom, unknown, atStart, added }: Replay,
  hotFrom: number,
  timeZone: string,
): string {
  return [
    `From what the bot has kept since ${day(from, timeZone)}: the score of each alert when it opened, and once a week that of leads that ever had 60 points.`,
    picturesFrom === null
      ? 'There are no weekly pictures yet, so what would come in addition is not known.'
      : picturesFrom.getTime() - from.getTime() > 8 * 24 * 3_600_000
        ? `The weekly ones begin ${day(picturesFrom, timeZone)}: before that, what would have come in addition is not known.`
        : null,
    'It can’t know of scores that were high only between two of them.',
    hotFrom > 0 && hotFrom < 60
      ? 'Below 60 points it knows only leads that once had more, so there would be more alerts than this says.'
      : null,
    atStart > 0
      ? `${atStart === 1 ? '1 alert was' : `${atStart} alerts were`} hot already when the bot started.`
      : null,
    unknown > 0
      ? `Of ${amount(unknown, 'older alert')} the figures are not known; they count as if they had come.`
      : null,
    added.share < 1
      ? `What would come in addition is an estimate from ${points(Math.max(0.01, Math.round(added.share * 10_000) / 100))}% of the companies.`
      : null,
  ]
    .filter((part) => part !== null)
    .join(' ');
}
