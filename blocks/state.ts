import {
  type Alert,
  type AlertPicture,
  type ContactMethod,
  type Hold,
  type NotAFitReason,
  type Offer,
  OUTCOMES,
  type Outcome,
  type OutcomeKind,
} from '../src/core/alert.ts';
import type { AccountLead } from '../src/core/lead.ts';
import { explainedTotal, TIER_FLOOR } from '../src/core/score.ts';
import { dateRange, day, moment, points, timeAgo } from './format.ts';
import { dotted } from './parts.ts';
import { mention, safe } from './text.ts';

/**
 * How an alert is displayed. `offered`: someone has first call · `cooling`: unclaimed, and no lead is hot right now · `cold`: the same, but claimed ·
 * `closed`: contacted and over · `merged`: continues as another alert of the company.
 */
type State =
  | 'open'
  | 'offered'
  | 'claimed'
  | 'contacted'
  | 'snoozed'
  | 'not-a-fit'
  | 'cooling'
  | 'cold'
  | 'cooled'
  | 'closed'
  | 'merged';

export function stateOf(alert: Alert): State {
  if (alert.mergedInto !== null) return 'merged';
  if (alert.closedAt !== null) return alert.status === 'contacted' ? 'closed' : alert.status;
  if (alert.hold !== null) return alert.hold.kind;
  if (firstCall(alert) !== null) return 'offered';
  if (alert.coolingSince === null) return alert.status;
  return alert.status === 'open' ? 'cooling' : alert.status === 'claimed' ? 'cold' : alert.status;
}

/** The offer that keeps others from claiming. */
export function firstCall({ status, closedAt, hold, offer }: Alert): Offer | null {
  const isFree = status === 'open' && closedAt === null && hold === null;
  return isFree && offer?.ended === null ? offer : null;
}

/** Everything about an alert starts with its mark, so that states stand out when scrolling. Menus add the word. */
export const STATES: Readonly<Record<State, { mark: string; word: string }>> = {
  open: { mark: '🔥', word: 'Hot' },
  offered: { mark: '👉', word: 'Offered' },
  claimed: { mark: '✋', word: 'Claimed' },
  contacted: { mark: '✅', word: 'Contacted' },
  snoozed: { mark: '💤', word: 'Snoozed' },
  'not-a-fit': { mark: '🚫', word: 'Not a fit' },
  cooling: { mark: '🌥️', word: 'Cooling' },
  cold: { mark: '🧊', word: 'Claimed, not hot' },
  cooled: { mark: '❄️', word: 'Cooled' },
  closed: { mark: '☑️', word: 'Contacted, closed' },
  merged: { mark: '➡️', word: 'Moved' },
};

/** Whether it waits for nobody: what is left to do is in Details. */
export function isDone(alert: Alert): boolean {
  return alert.closedAt !== null || alert.hold !== null || alert.status === 'contacted';
}

export const METHODS: Readonly<Record<ContactMethod, { label: string; by: string; did: string }>> =
  {
    email: { label: 'Email', by: 'by email', did: 'emailed them' },
    call: { label: 'Call', by: 'by phone', did: 'called them' },
    linkedin: { label: 'LinkedIn', by: 'on LinkedIn', did: 'wrote to them on LinkedIn' },
    meeting: { label: 'Meeting', by: 'in a meeting', did: 'met them' },
    other: { label: 'Other', by: '', did: 'contacted them' },
  };

export const REASONS: Readonly<Record<NotAFitReason, string>> = {
  customer: 'Already a customer',
  'own-people': 'Our own people',
  competitor: 'Competitor',
  partner: 'Partner',
  'too-small': 'Too small',
  duplicate: 'Duplicate',
  student: 'Student or hobby project',
  other: 'Other',
};

export const OUTCOME_WORDS: Readonly<Record<OutcomeKind, string>> = {
  meeting: 'Meeting',
  'no-reply': 'No reply',
  'not-now': 'Not now',
  won: 'Won',
  lost: 'Lost',
};

type OutcomeCounts = Readonly<Partial<Record<OutcomeKind, number>>>;

/** `2 meetings`, `1 won`. */
export const outcomeCounts = (counts: OutcomeCounts): string[] =>
  OUTCOMES.flatMap((kind) => {
    const many = counts[kind] ?? 0;
    const word = OUTCOME_WORDS[kind].toLowerCase();
    return many === 0 ? [] : [`${many} ${kind === 'meeting' && many > 1 ? 'meetings' : word}`];
  });

/** `Outcomes: 2 meetings, 1 won`; null without any. */
export function outcomesLine(counts: OutcomeCounts): string | null {
  const counted = outcomeCounts(counts);
  return counted.length === 0 ? null : `Outcomes: ${counted.join(', ')}`;
}

/** What a gesture is called once it was made: "Undo claim". */
export const GESTURES: ReadonlyMap<string, string> = new Map([
  ['claimed', 'claim'],
  ['released', 'release'],
  ['contacted', 'contact'],
  ['handed-over', 'hand-over'],
  ['given-back', 'return'],
  ['passed', 'pass'],
  ['outcome', 'outcome'],
  ['snoozed', 'snooze'],
  ['not-a-fit', 'not a fit'],
  ['kept', 'keep'],
]);

/** For the middle of a sentence: ` (partner)`, or nothing. */
export function reasonIn(hold: Hold | null): string {
  return hold?.kind === 'not-a-fit' ? ` (${REASONS[hold.reason].toLowerCase()})` : '';
}

/** `no reply`, `not now, try again after Jan 10`. */
export function outcomeWords({ kind, until }: Outcome): string {
  const word = OUTCOME_WORDS[kind].toLowerCase();
  return until === null ? word : `${word}, try again after ${day(until)}`;
}

/** The lead that represents the account. */
export function bestLead({ account }: AlertPicture): AccountLead | null {
  return account.leads[0] ?? null;
}

/**
 * The displayed score: rounded as Postgres rounds, unless that would lift it to the floor of a tier it is not in.
 * Then it is exact, so a warm lead shows `79.6`, not `80`.
 */
export function scoreOf(lead: AccountLead | null): string | null {
  if (lead === null || lead.totalScore === null) return null;
  return roundedUp(lead) ?? points(lead.totalScore);
}

/** The lead's score now, so null for a closed alert. */
export function currentScore(picture: AlertPicture): string | null {
  return picture.alert.closedAt === null ? scoreOf(bestLead(picture)) : null;
}

/** The exact score if rounding lifts it to the floor of a tier that the lead is not in; else null. */
export function roundedUp(lead: AccountLead): string | null {
  const { totalScore } = lead;
  const exact = explainedTotal(lead);
  if (exact === null || totalScore === null) return null;
  const lifted = TIER_FLOOR.some((floor) => totalScore >= floor.points && exact < floor.points);
  return lifted ? points(exact) : null;
}

/** Since when the account has been hot. */
export function hotSince({ openedAt, hotAtFirstPoll }: Alert): string {
  return hotAtFirstPoll ? `Hot since before ${day(openedAt)}` : `Turned hot ${timeAgo(openedAt)}`;
}

/** Since when it has been hot, and no longer is. */
export function heatLine(alert: Alert): string {
  return lineOf([hotSince(alert), notHot(alert)]);
}

function notHot({ coolingSince }: Alert): string | null {
  return coolingSince && `not hot ${moment(coolingSince, { after: 'since' })}`;
}

const hasFirstCall = ({ holder, until }: Offer): string =>
  `${nameOr(holder)} has first call ${moment(until, { after: 'until' })}`;

/** A choice that is due at once is made within seconds, so it isn't worth a word. */
const AT_ONCE_MS = 60_000;

/** What has become of first call on an unclaimed alert; null if it was never anyone's. */
function offersSoFar({ offer, offerDueAt, openedAt }: Alert): string | null {
  const who = nameOr(offer?.holder ?? null);
  const since = offer?.endedAt ?? openedAt;
  const nextAt =
    offerDueAt !== null && offerDueAt.getTime() - since.getTime() > AT_ONCE_MS ? offerDueAt : null;
  const parts = [
    offer?.ended === 'passed' ? `${who} passed` : null,
    nextAt &&
      `anyone can claim it ${moment(nextAt, { after: 'until' })}, when one AE gets first call`,
    offer?.ended === 'lapsed'
      ? `open to everyone ${moment(offer.until, { after: 'since' })}`
      : null,
    offer?.ended === 'lapsed' ? `${who} had first call` : null,
    offer?.ended === 'passed' && nextAt === null ? 'anyone can claim it' : null,
  ];
  const line = lineOf(parts);
  return line === '' ? null : upperFirst(line);
}

/** Who has an alert, or how it ended, as mrkdwn. */
export function statusLine({ alert, account }: AlertPicture): string {
  const { hold, claimedAt, handedOver } = alert;
  const who = mention(alert.owner);
  const claimed = `Claimed by ${who ?? 'someone'}`;
  switch (stateOf(alert)) {
    case 'open': {
      const offers = offersSoFar(alert);
      return offers === null
        ? `${hotSince(alert)} · unclaimed`
        : `${offers} · ${lowerFirst(hotSince(alert))}`;
    }
    case 'offered':
      return lineOf([alert.offer && hasFirstCall(alert.offer), notHot(alert)]);
    case 'cooling':
      return account.domain === null
        ? 'Its company is unknown, so this alert will close by itself'
        : `${upperFirst(notHot(alert) ?? '')} · unclaimed`;
    case 'claimed':
    case 'cold':
      return lineOf([
        handedOver === null
          ? `${claimed}${claimedAt ? ` ${timeAgo(claimedAt)}` : ''}`
          : `Handed over to ${who ?? 'someone'} by ${nameOr(handedOver.by)} ${timeAgo(handedOver.at)}`,
        notHot(alert),
      ]);
    case 'snoozed':
      return lineOf([
        hold && `Snoozed by ${nameOr(hold.by)} ${moment(hold.until, { after: 'until' })}`,
        alert.status === 'contacted'
          ? lowerFirst(contactLine(alert))
          : who === null
            ? 'unclaimed'
            : lowerFirst(claimed),
      ]);
    case 'not-a-fit':
      return lineOf([
        hold && `Not a fit${reasonIn(hold)}, marked by ${nameOr(hold.by)} ${timeAgo(hold.at)}`,
        hold && `may return after ${day(hold.until)}`,
      ]);
    case 'contacted':
    case 'closed':
      return contactLine(alert);
    case 'merged':
      return lineOf([
        movedTo(null),
        alert.status === 'contacted' ? lowerFirst(contactLine(alert)) : null,
      ]);
    case 'cooled': {
      const until = alert.coolingSince ?? alert.closedAt;
      return lineOf([
        `Was hot ${until === null ? `from ${day(alert.openedAt)}` : dateRange(alert.openedAt, until)}`,
        hold?.kind === 'not-a-fit'
          ? `not a fit${reasonIn(hold)}, marked by ${nameOr(hold.by)}`
          : who === null
            ? 'nobody claimed it'
            : `claimed by ${who}, not contacted`,
      ]);
    }
  }
}

const lineOf = (parts: readonly (string | null)[]): string => dotted(parts) ?? '';
const nameOr = (user: string | null): string => mention(user) ?? 'someone';

/** For the middle of a line. */
export const lowerFirst = (line: string): string => line.charAt(0).toLowerCase() + line.slice(1);
const upperFirst = (line: string): string => line.charAt(0).toUpperCase() + line.slice(1);

/** What came of it, how and when the company was contacted, who has it, and the note. */
export function contactLine(alert: Alert): string {
  const { touches, contactMethod, contactedAt, contactNote, outcome, owner, handedOver } = alert;
  const how = contactMethod === null ? '' : METHODS[contactMethod].by;
  const last = [how, contactedAt === null ? '' : timeAgo(contactedAt)].filter(
    (part) => part !== '',
  );
  const contacted = [touches > 1 ? `Contacted ${touches} times, last` : 'Contacted', ...last].join(
    ' ',
  );
  const note = contactNote === null ? '' : safe(contactNote, 200);
  return lineOf([
    outcome && `Outcome: ${outcomeWords(outcome)}`,
    outcome === null ? contacted : lowerFirst(contacted),
    `owner ${mention(owner) ?? 'unknown'}`,
    handedOver && `handed over by ${nameOr(handedOver.by)}`,
    note === '' ? null : `“${note}”`,
  ]);
}

/** Until when its owner is to act, for the middle of a line; null without a deadline. */
export function dueLine(alert: Alert): string | null {
  const { status, dueAt, outcome, hold, closedAt, coolingSince } = alert;
  if (dueAt === null || hold !== null || closedAt !== null || coolingSince !== null) return null;
  if (status === 'claimed') return `contact ${moment(dueAt, { after: 'due' })}`;
  return status === 'contacted' && outcome === null ? `follow-up due ${day(dueAt)}` : null;
}

/** Where a merged alert continues. `other` is a link to that card. */
export const movedTo = (other: string | null): string =>
  `Now on ${other === null ? 'another card for this company' : `<${other}|another card for this company>`}`;
