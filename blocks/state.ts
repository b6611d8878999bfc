import type {
  Alert,
  AlertPicture,
  ContactMethod,
  NotAFitReason,
  OutcomeKind,
} from '../src/core/alert.ts';
import type { AccountLead } from '../src/core/lead.ts';
import { explainedTotal, TIER_FLOOR } from '../src/core/score.ts';
import { dateRange, day, moment, points } from './format.ts';
import { dotted } from './parts.ts';
import { mention, safe } from './text.ts';

/**
 * How an alert is displayed. `cooling`: unclaimed, and no lead is hot right now · `closed`: contacted and over ·
 * `merged`: continues as another alert of the company.
 */
type State = 'open' | 'claimed' | 'contacted' | 'cooling' | 'cooled' | 'closed' | 'merged';

export function stateOf(alert: Alert): State {
  if (alert.mergedInto !== null) return 'merged';
  if (alert.status === 'open' && alert.coolingSince !== null) return 'cooling';
  if (alert.status === 'contacted' && alert.closedAt !== null) return 'closed';
  return alert.status;
}

/** Everything about an alert starts with its mark and word, so that states stand out when scrolling. */
export const STATES: Readonly<Record<State, { mark: string; word: string }>> = {
  open: { mark: '🔥', word: 'Hot' },
  claimed: { mark: '✋', word: 'Claimed' },
  contacted: { mark: '✅', word: 'Contacted' },
  cooling: { mark: '🌥️', word: 'Cooling' },
  cooled: { mark: '❄️', word: 'Cooled' },
  closed: { mark: '☑️', word: 'Contacted, closed' },
  merged: { mark: '➡️', word: 'Moved' },
};

/** Whether it can no longer be claimed or contacted. */
export function isOver(alert: Alert): boolean {
  return alert.closedAt !== null || alert.status === 'contacted' || alert.status === 'cooled';
}

export const METHODS: Readonly<Record<ContactMethod, { label: string; by: string }>> = {
  email: { label: 'Email', by: 'by email' },
  call: { label: 'Call', by: 'by phone' },
  linkedin: { label: 'LinkedIn', by: 'on LinkedIn' },
  meeting: { label: 'Meeting', by: 'in a meeting' },
  other: { label: 'Other', by: 'another way' },
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
  return hotAtFirstPoll ? `First seen hot ${day(openedAt)}` : `Hot since ${moment(openedAt)}`;
}

/** The owner, or how the alert ended, as mrkdwn; null for an open one. */
export function statusLine({ alert, account }: AlertPicture): string | null {
  const who = mention(alert.owner);
  switch (stateOf(alert)) {
    case 'open':
      return null;
    case 'cooling':
      return account.domain === null
        ? 'Its company is unknown, so this alert will close by itself'
        : alert.coolingSince && `Not hot since ${moment(alert.coolingSince)}, unclaimed`;
    case 'claimed':
      return dotted([
        `Claimed by ${who ?? 'someone'}${alert.claimedAt ? ` ${moment(alert.claimedAt)}` : ''}`,
        alert.coolingSince && `not hot since ${moment(alert.coolingSince)}`,
      ]);
    case 'contacted':
    case 'closed':
      return contactLine(alert);
    case 'merged':
      return dotted([movedTo(null), alert.status === 'contacted' ? contactLine(alert) : null]);
    case 'cooled': {
      const until = alert.coolingSince ?? alert.closedAt;
      return dotted([
        `Was hot ${until === null ? `from ${day(alert.openedAt)}` : dateRange(alert.openedAt, until)}`,
        who === null ? 'nobody claimed it' : `claimed by ${who}, not contacted`,
      ]);
    }
  }
}

/** Who contacted the company, how and when, and the note. */
export function contactLine(alert: Alert): string | null {
  const how = alert.contactMethod === null ? null : METHODS[alert.contactMethod].by;
  const at = alert.contactedAt === null ? null : moment(alert.contactedAt);
  const sentence = [`Contacted by ${mention(alert.owner) ?? 'someone'}`, how, at];
  const note = alert.contactNote === null ? '' : safe(alert.contactNote, 200);
  return dotted([
    sentence.filter((part) => part !== null && part !== '').join(' '),
    note === '' ? null : `“${note}”`,
  ]);
}

/** Where a merged alert continues. `other` is a link to that card. */
export const movedTo = (other: string | null): string =>
  `Now on ${other === null ? 'another card for this company' : `<${other}|another card for this company>`}`;
