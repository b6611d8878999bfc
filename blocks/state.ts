import type { Alert, AlertPicture, ContactMethod } from '../src/core/alert.ts';
import type { AccountLead } from '../src/core/lead.ts';
import { explainedTotal, TIER_FLOOR } from '../src/core/score.ts';
import { dateRange, day, moment, points } from './format.ts';
import { dotted } from './parts.ts';
import { mention, safe } from './text.ts';

/**
 * How an alert looks. `cooling` is an unclaimed alert none of whose leads is hot at the moment;
 * `closed` was contacted and is over; `merged` goes on as another alert of the company.
 */
type State = 'open' | 'claimed' | 'contacted' | 'cooling' | 'cooled' | 'closed' | 'merged';

export function stateOf(alert: Alert): State {
  if (alert.mergedInto !== null) return 'merged';
  if (alert.status === 'open' && alert.coolingSince !== null) return 'cooling';
  if (alert.status === 'contacted' && alert.closedAt !== null) return 'closed';
  return alert.status;
}

/** Mark and word with which everything about an alert begins: what tells states apart when scrolling. */
export const STATES: Readonly<Record<State, { mark: string; word: string }>> = {
  open: { mark: '🔥', word: 'Hot' },
  claimed: { mark: '✋', word: 'Claimed' },
  contacted: { mark: '✅', word: 'Contacted' },
  cooling: { mark: '🌥️', word: 'Cooling' },
  cooled: { mark: '❄️', word: 'Cooled' },
  closed: { mark: '☑️', word: 'Contacted, closed' },
  merged: { mark: '➡️', word: 'Moved' },
};

/** Whether somebody can still claim or contact. */
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

/** The lead that stands for the account: its best. */
export function bestLead({ account }: AlertPicture): AccountLead | null {
  return account.leads[0] ?? null;
}

/**
 * The score as it is shown: rounded, as Postgres does, unless rounding would show a lead of the tier
 * below at the floor of the one above. Then it is exact, so that `79.6` and warm go together.
 */
export function scoreOf(lead: AccountLead | null): string | null {
  if (lead === null || lead.totalScore === null) return null;
  return roundedUp(lead) ?? points(lead.totalScore);
}

/** The score beside an alert. This is the current score, so closed alerts hide it. */
export function currentScore(picture: AlertPicture): string | null {
  return picture.alert.closedAt === null ? scoreOf(bestLead(picture)) : null;
}

/** The exact score of a lead that rounding lifts over the floor of a tier it is not in; else null. */
export function roundedUp(lead: AccountLead): string | null {
  const { totalScore } = lead;
  const exact = explainedTotal(lead);
  if (exact === null || totalScore === null) return null;
  const lifted = TIER_FLOOR.some((floor) => totalScore >= floor.points && exact < floor.points);
  return lifted ? points(exact) : null;
}

/** Since when an alert's account is hot, as far as it is known. */
export function hotSince({ openedAt, hotAtFirstPoll }: Alert): string {
  return hotAtFirstPoll ? `First seen hot ${day(openedAt)}` : `Hot since ${moment(openedAt)}`;
}

/** Who has the alert, or how it ended, as one line of mrkdwn; null for an open one. */
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

/** Who has contacted the company, how and when, and the note. */
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

/** Where a company goes on whose alert was merged into another. `other` is a link to that one's card. */
export const movedTo = (other: string | null): string =>
  `Now on ${other === null ? 'another card for this company' : `<${other}|another card for this company>`}`;
