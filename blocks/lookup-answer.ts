import type { KnownBlock } from '@slack/types';
import type { AccountPicture, Alert } from '../src/core/alert.ts';
import type { Intent } from '../src/core/command.ts';
import type { Account, AccountLead } from '../src/core/lead.ts';
import { type LookupResult, MAX_COUNTED, type NearMatch } from '../src/core/lookup.ts';
import type { Drawing } from '../src/core/message.ts';
import { explainedTotal, gapToHot, HOT_FLOOR } from '../src/core/score.ts';
import { channelLink, channelList } from './channels-note.ts';
import { accountName, lastTime } from './facts.ts';
import { amount, humanize } from './format.ts';
import { ids } from './ids.ts';
import { factBlocks, stepBlock } from './lead-card.ts';
import {
  actions,
  bold,
  button,
  context,
  dotted,
  header,
  linkButton,
  message,
  section,
} from './parts.ts';
import { firstCall, isDone, roundedUp, STATES, scoreOf, stateOf, statusLine } from './state.ts';
import { mention, plain, safe } from './text.ts';

const MAX_MATCHES = 10;

/** A company as it is now: how far it is from hot, and the buttons that `viewer` can use. */
export function foundAnswer(
  picture: AccountPicture,
  viewer: string,
  intent: Intent | null = null,
): Drawing {
  return message(answerText(picture), [
    ...answerBlocks(picture),
    context(intent === null ? null : howTo(intent, picture, viewer)),
    answerActions(picture, viewer),
  ]);
}

/** Which button does what was typed. A typed verb changes nothing by itself: the lookup may have found the wrong company. */
function howTo(intent: Intent, picture: AccountPicture, viewer: string): string {
  const alert = ongoingAlert(picture);
  if (alert === null) return 'You can claim it only while it is hot.';
  if (alert.hold?.kind === 'not-a-fit') return 'It is marked as not a fit.';
  if (alert.hold !== null) return 'It is snoozed. What you can do is in *Details*.';
  if (alert.status === 'contacted') return 'It has already been contacted.';
  if (alert.status === 'open') {
    const first = firstCall(alert);
    if (intent === 'release') return 'Nobody has claimed it.';
    if (first !== null && first.holder !== viewer) {
      return 'You can claim it once first call is over.';
    }
    return intent === 'claim' ? 'To claim it, press *Claim lead*.' : 'Press *Claim lead* first.';
  }
  const isOwn = alert.owner === viewer;
  const owner = mention(alert.owner) ?? 'Another AE';
  switch (intent) {
    case 'claim':
      return isOwn
        ? 'You have already claimed it.'
        : `${owner} has claimed it. Ask them to hand it over.`;
    case 'release':
      return isOwn
        ? 'To release it, open *Details*.'
        : `${owner} has claimed it. If they have left, you can release it in *Details*.`;
    case 'contact':
      return isOwn
        ? 'To mark it as contacted, press *Mark contacted*.'
        : `${owner} has claimed it, and can mark it as contacted.`;
  }
}

/** The answer without buttons. */
export function answerBlocks(picture: AccountPicture): (KnownBlock | null)[] {
  const { account, current } = picture;
  const [lead] = account.leads;
  const ongoing = ongoingAlert(picture);
  const state = ongoing && STATES[stateOf(ongoing)];
  const before = current && lastTime(current.past, current.alert.openedAt);
  const title = dotted([
    accountName(account),
    scoreOf(lead ?? null),
    state === null && lead !== undefined ? tierWord(lead) : null,
  ]);
  return [
    header(state === null ? (title ?? '') : `${state.mark} ${title}`),
    section(
      [
        lead === undefined ? 'No developers from this company have signed up.' : gapText(lead),
        ongoing === null && lead?.tier === 'hot' ? comingCard(account, lead) : null,
        current && statusLine(current),
        before && `↩ ${before}`,
      ]
        .filter((line) => line !== null)
        .join('\n'),
    ),
    stepBlock(account),
    ...factBlocks(account),
  ];
}

/** Promises no card to a lead without a company or with an invalid score. */
function comingCard({ domain }: Account, lead: AccountLead): string {
  if (domain === null) return 'Hot, but its company is unknown, so it gets no card.';
  return scoreOf(lead) === null
    ? 'Hot, but its score is not between 0 and 100: it gets no card until that is fixed.'
    : 'Hot. Its card is on its way.';
}

export function ongoingAlert({ current }: AccountPicture): Alert | null {
  return current !== null && current.alert.closedAt === null ? current.alert : null;
}

export function tierWord({ tier }: AccountLead): string | null {
  return tier === null ? null : humanize(tier);
}

/** How far a lead is from hot and what holds it back; null if it is hot. */
function gapText(lead: AccountLead): string | null {
  const { components, totalScore, tier } = lead;
  if (tier === 'hot') return null;
  if (totalScore === null) return 'Not hot: it has no score yet.';
  const isClose = roundedUp(lead) !== null && totalScore >= HOT_FLOOR;
  const room =
    components === null || explainedTotal(lead) === null
      ? []
      : gapToHot(components)
          .levers.filter(({ couldAdd }) => couldAdd > 0)
          .slice(0, 3)
          .map(({ label }) => label.toLowerCase());
  return [
    isClose
      ? `Not hot: just below ${HOT_FLOOR} points.`
      : `Not hot: ${amount(totalScore, 'point')}, and hot starts at ${HOT_FLOOR}.`,
    room.length === 0 ? null : `Most room to grow: ${room.join(', ')}.`,
  ]
    .filter((line) => line !== null)
    .join('\n');
}

/** The answer in one line. */
export function answerText(picture: AccountPicture): string {
  const { account } = picture;
  const [lead] = account.leads;
  const name = safe(accountName(account), 80);
  if (lead === undefined) return `${name}: no developers have signed up.`;
  const ongoing = ongoingAlert(picture);
  const standing = [
    lead.tier ?? 'not scored',
    scoreOf(lead),
    ongoing === null || stateOf(ongoing) === 'open'
      ? null
      : STATES[stateOf(ongoing)].word.toLowerCase(),
  ];
  const gap = gapText(lead);
  return `${name}: ${dotted(standing)}.${gap === null ? '' : ` ${gap.replace('\n', ' ')}`}`;
}

export function answerActions(
  { account, current }: AccountPicture,
  viewer: string,
  canShare = true,
): KnownBlock | null {
  const share = canShare ? button('Share in channel', ids.share, account.key) : null;
  const crm = linkButton('Open in CRM', ids.crm, account.leads[0]?.crmUrl ?? null);
  if (current === null) return actions(crm, share);
  const { alert } = current;
  const live = !isDone(alert);
  return actions(
    live && alert.status === 'open' ? button('Claim lead', ids.claim, alert.id, 'primary') : null,
    live && alert.status === 'claimed' && alert.owner === viewer
      ? button('Mark contacted', ids.contact, alert.id, 'primary')
      : null,
    button('Details', ids.details, alert.id),
    crm,
    share,
  );
}

/**
 * The first `matches` of `fitting` companies, or near matches if `fitting` is 0.
 * @param pick action id of their buttons
 */
export function nearAnswer(
  query: string,
  matches: readonly NearMatch[],
  fitting: number,
  pick: typeof ids.pick | typeof ids.pickWhy = ids.pick,
): Drawing {
  if (matches.length === 0) return noMatchAnswer(query);
  const asked = safe(query, 100);
  const uncounted = fitting > MAX_COUNTED;
  const text =
    fitting === 0
      ? `No company matches “${asked}”. Closest:`
      : `${uncounted ? `More than ${MAX_COUNTED}` : fitting} companies match “${asked}”.`;
  const more = Math.max(fitting, matches.length) - Math.min(matches.length, MAX_MATCHES);
  return message(text, [
    section(text),
    ...matches.slice(0, MAX_MATCHES).map((match) => matchRow(match, pick)),
    context(more > 0 ? `${uncounted ? 'Many' : `+${more}`} more. Type more of the name.` : null),
  ]);
}

function matchRow({ accountKey, name, domain, totalScore, tier }: NearMatch, pick: string) {
  const line = dotted([
    bold(safe(name, 80) || safe(accountKey.replace(/^lead:.*$/, ''), 80) || 'Unnamed developer'),
    domain === null || domain === name ? null : safe(domain, 80),
    totalScore === null ? null : String(totalScore),
    tier,
  ]);
  return section(line, button('Open', pick, accountKey));
}

/** A list, with the companies whose name is the same word: `/lead hot`. */
export function withNamesakes(
  { text, blocks, rich }: Drawing,
  word: string,
  named: Exclude<LookupResult, { kind: 'none' }>,
): Drawing {
  const matches = named.kind === 'near' ? named.matches : [asMatch(named.picture.account)];
  const below = message('', [
    context(
      matches.length === 1
        ? `There is also a company called “${safe(word, 20)}”:`
        : `There are also companies called “${safe(word, 20)}”:`,
    ),
    ...matches.slice(0, 3).map((match) => matchRow(match, ids.pick)),
  ]).blocks;
  const drawing = message(text, [...blocks, ...below]);
  return rich === undefined ? drawing : { ...drawing, rich: [...rich, ...below] };
}

function asMatch({ key, name, domain, leads: [lead] }: Account): NearMatch {
  const { totalScore = null, tier = null } = lead ?? {};
  return { accountKey: key, name, domain, totalScore, tier };
}

export function noMatchAnswer(query: string): Drawing {
  const text = `No lead matches “${safe(query, 100)}”.`;
  return message(text, [
    section(text),
    context(
      query.includes('@')
        ? "A personal address doesn't identify a company. Try the company's domain, or part of its name."
        : "Try the company's email domain, or part of its name.",
    ),
  ]);
}

/** For users who see only some channels. Doesn't reveal whether the company exists. */
export function noMatchInChannels(
  query: string,
  channels: readonly string[],
  forAll: string,
): Drawing {
  const text = `No company matching “${safe(query, 100)}” has a card in ${channelList(channels)}.`;
  return message(text, [
    section(text),
    context(
      `You can look up companies with cards in your channels. People in ${channelLink(forAll)} can look up all companies.`,
    ),
  ]);
}

export function notACompany(query: string): Drawing {
  const asked = plain(query, 60);
  const text = `I couldn't read ${asked === '' ? 'that' : `“${safe(asked, 60)}”`} as a company. Type a domain, an email address or a company's name after \`/lead\`, or \`/lead help\`.`;
  return message(text, [section(text)]);
}
