import { EVENT_OF, MANAGER, type Press } from './gestures.ts';
import type { Nudge } from './nudges.ts';
import type { Pipeline } from './pipeline.ts';
import { REARM_MS } from './replica.ts';
import { GESTURES } from './scenario.ts';
import { wasWarned } from './step-invariants.ts';
import { type AlertRow, leadsShownBy, type Message, type StepRow } from './tables.ts';

type Event = AlertRow['events'][number];

/** What an alert is according to its history. */
interface State {
  owner: string | null;
  hold: AlertRow['hold'];
  touches: number;
  outcome: string | null;
  /** When its period began, in milliseconds. */
  since: number;
  keeps: number;
  /** Oldest first. One that runs is the last, or one that an undo brought back. */
  offers: readonly Offer[];
  /** Whether someone may get first call: it is new, the last one has passed, or a snooze interrupted theirs. */
  isToOffer: boolean;
}

type Offer = Pick<AlertRow['offers'][number], 'holder' | 'ended'>;

/** What the last gesture changed. */
interface Undoable {
  kind: string;
  actor: string | null;
  status: string | null;
  before: State;
}

const NOTHING: State = {
  owner: null,
  hold: null,
  touches: 0,
  outcome: null,
  since: Number.NEGATIVE_INFINITY,
  keeps: 0,
  offers: [],
  isToOffer: true,
};

/** How each event ends the offer that runs. */
const ENDS: Readonly<Record<string, Offer['ended']>> = {
  claimed: 'claimed',
  passed: 'passed',
  lapsed: 'lapsed',
  'handed-over': 'withdrawn',
  snoozed: 'withdrawn',
  'not-a-fit': 'withdrawn',
  merged: 'withdrawn',
};

const runningOffer = ({ offers }: State): Offer | undefined =>
  offers.find(({ ended }) => ended === null);

function withoutOffer(state: State, kind: string, ended: Offer['ended']): State {
  const offers = state.offers.map((one) => (one.ended === null ? { ...one, ended } : one));
  const isInterrupted =
    kind === 'snoozed' && (state.isToOffer || runningOffer(state) !== undefined);
  return { ...state, offers, isToOffer: kind === 'passed' || isInterrupted };
}

/** What a gesture or a wake makes of an alert; null if the event is neither. */
function changed(state: State, { kind, at, actor, target, detail }: Event): State | null {
  const since = Date.parse(at);
  const anew = { since, keeps: 0 };
  switch (kind) {
    case 'claimed':
      return { ...state, ...anew, owner: actor, hold: null };
    case 'passed':
      return state;
    case 'released':
      return { ...state, ...anew, owner: null, hold: null };
    case 'handed-over':
      return { ...state, ...anew, owner: target, hold: null };
    case 'given-back':
      return { ...state, ...anew, owner: target, hold: null };
    case 'contacted':
      return { ...state, since, touches: state.touches + 1, hold: null, outcome: null };
    case 'outcome':
      return { ...state, outcome: detail };
    case 'snoozed':
    case 'not-a-fit':
      return { ...state, hold: kind };
    default:
      return null;
  }
}

interface Replay {
  state: State;
  status: string | null;
  wrong: string[];
}

/** Their first call ends without an event when they go away, and someone else is chosen. */
function afterAbsence(state: State, rows: AlertRow['offers'], before: string | null): State {
  const running = runningOffer(state);
  const row = running && rows[state.offers.indexOf(running)];
  if (row?.ended !== 'withdrawn' || !row.while_away || row.ended_at === null) return state;
  if (before !== null && row.ended_at > before) return state;
  return { ...withoutOffer(state, 'away', 'withdrawn'), isToOffer: true };
}

/** What is wrong with an event, if the offers before it were these. */
function wrongOffer(
  state: State,
  { kind, at, actor, target }: Event,
  rows: AlertRow['offers'],
): string[] {
  const running = runningOffer(state);
  const until = rows[running === undefined ? -1 : state.offers.indexOf(running)]?.until ?? at;
  switch (kind) {
    case 'offered':
      if (running !== undefined) return [`offered to ${target} and ${running.holder} at once`];
      if (state.owner !== null || state.hold !== null) return ['offered, but not free'];
      if (!state.isToOffer) return ['offered again, though nobody has passed'];
      return state.offers.some(({ holder, ended }) => holder === target && ended !== 'withdrawn')
        ? [`offered to ${target} a second time`]
        : [];
    case 'claimed': {
      const last = state.offers.at(-1);
      const isInterrupted =
        state.hold === 'snoozed' && state.isToOffer && last?.ended === 'withdrawn';
      const first = running ?? (isInterrupted ? last : undefined);
      if (first === undefined || first.holder === actor || actor === MANAGER) return [];
      return running === undefined || Date.parse(at) < Date.parse(until)
        ? [`claimed by ${actor}, but ${first.holder} had first call`]
        : [];
    }
    case 'passed':
      return running?.holder === actor ? [] : [`passed by ${actor}, who didn't have first call`];
    case 'lapsed':
      return running?.holder === target && Date.parse(until) <= Date.parse(at)
        ? []
        : [`the first call of ${target} lapsed too early`];
    default:
      return [];
  }
}

/** What else happened to an alert. */
interface Elsewhere {
  /** Whether a merge at that time ends a hold: the other alert had none. */
  bringsNews(at: string): boolean;
  /** Whether its owner was warned in the period that began then, before that time. */
  isWarned(since: number, at: number): boolean;
  /** Whether that warning had been in Slack for two hours. */
  mayReturn(since: number, at: number): boolean;
}

/** Follows the events one by one. */
function replay(
  { events, offers: rows }: Pick<AlertRow, 'events' | 'offers'>,
  { bringsNews, isWarned, mayReturn }: Elsewhere,
): Replay {
  const wrong: string[] = [];
  let state = NOTHING;
  let status: string | null = null;
  let undoable: Undoable | null = null;
  for (const event of events) {
    const { kind, actor, detail, from_status, to_status } = event;
    const at = Date.parse(event.at);
    if (from_status !== status) wrong.push(`${kind} from ${from_status}, but it was ${status}`);
    if (kind === 'claimed' && state.owner !== null) wrong.push('two winners');
    // A first call that the event itself withdraws looks the same.
    if (ENDS[kind] !== 'withdrawn') state = afterAbsence(state, rows, event.at);
    wrong.push(...wrongOffer(state, event, rows));
    const ended = kind === 'cooled' && to_status !== from_status ? 'withdrawn' : ENDS[kind];
    const next = changed(state, event);
    if (next !== null) {
      undoable = { kind, actor, status, before: state };
      state = ended === undefined ? next : withoutOffer(next, kind, ended);
    } else if (ended !== undefined) {
      state = withoutOffer(state, kind, ended);
    } else if (kind === 'offered') {
      const offers = [...state.offers, { holder: event.target ?? '', ended: null }];
      state = { ...state, offers, isToOffer: false };
    } else if (kind === 'opened') {
      state = { ...state, since: at };
    } else if (kind === 'kept') {
      undoable = null;
      if (from_status === 'claimed' && isWarned(state.since, at)) {
        undoable = { kind, actor, status, before: state };
        state = { ...state, since: at, keeps: state.keeps + 1 };
      }
    } else if (kind === 'expired') {
      undoable = null;
      if (from_status !== 'claimed' || event.target !== state.owner || state.hold !== null) {
        wrong.push(`taken from ${event.target}, but it was ${from_status} of ${state.owner}`);
      }
      if (!mayReturn(state.since, at)) wrong.push(`taken from ${state.owner} without a warning`);
      state = { ...state, owner: null, since: at, keeps: 0 };
    } else if (kind === 'woke') {
      if (state.hold !== 'snoozed') wrong.push(`woke, but its hold was ${state.hold}`);
      // Then there is no snooze left to undo, or to restore.
      if (undoable?.kind === 'snoozed') undoable = null;
      else if (undoable !== null) {
        undoable.before = { ...undoable.before, hold: null, since: at };
      }
      state = { ...state, hold: null, since: at };
    } else if (kind === 'absorbed') {
      if (bringsNews(event.at)) {
        state = { ...state, hold: null, since: state.hold === null ? state.since : at };
      }
    } else if (kind === 'undone') {
      if (undoable === null || undoable.kind !== detail || undoable.actor !== actor) {
        wrong.push(`${actor} undid ${detail}, but the last gesture was ${undoable?.kind}`);
      } else {
        if (undoable.status !== to_status) {
          wrong.push(`an undo of ${detail} made it ${to_status}, and it was ${undoable.status}`);
        }
        const { before } = undoable;
        // One made since loses first call.
        state = {
          ...before,
          offers: [
            ...before.offers,
            ...state.offers
              .slice(before.offers.length)
              .map((one) => ({ ...one, ended: one.ended ?? 'withdrawn' })),
          ],
        };
      }
      undoable = null;
    }
    status = to_status;
  }
  return { state: afterAbsence(state, rows, null), status, wrong };
}

/** Who owned an alert at a time. */
export const ownerAt = ({ events, offers }: AlertRow, at: string): string | null =>
  replay(
    { events: events.filter((one) => one.at <= at), offers },
    { bringsNews: () => false, isWarned: () => false, mayReturn: () => true },
  ).state.owner;

/** Whether the alert that was merged into another one at this time was on no hold. */
function mergedWithoutHold(all: readonly AlertRow[], at: string): boolean {
  const [last] = all
    .flatMap(({ hold, events }) => events.map((event) => ({ hold, ...event })))
    .filter((one) => one.kind === 'merged' && one.at < at)
    .sort((one, other) => (one.at < other.at ? 1 : -1));
  return last?.hold === null;
}

const label = ({ id }: AlertRow): string => `alert ${id.slice(0, 4)}`;

/** The events of an alert form a valid history, lead to its row, and match the users' presses. */
export function checkHistory(
  alert: AlertRow,
  all: readonly AlertRow[],
  presses: readonly Press[],
  steps: readonly StepRow[],
  nudges: readonly Nudge[],
): string[] {
  const { id, status, owner, hold, touches, outcome, keeps, events } = alert;
  const since = Date.parse(alert.waits_since);
  const told = replay(alert, {
    bringsNews: (at) => mergedWithoutHold(all, at),
    isWarned: (period, at) =>
      steps.some(
        (one) =>
          one.alert_id === id &&
          one.kind === 'warning' &&
          Date.parse(one.period) === period &&
          Date.parse(one.at) <= at,
      ) ||
      // A warning that the answer has made pointless isn't posted, and its step is forgotten.
      events.some(
        (one) => one.kind === 'warned' && Date.parse(one.at) >= period && Date.parse(one.at) <= at,
      ),
    mayReturn: (period, at) => wasWarned(nudges, id, period, at),
  });
  const offers = alert.offers.map(({ holder, ended }) => ({ holder, ended }));
  const found = told.wrong.map((what) => `${label(alert)}: ${what}`);
  const row = JSON.stringify({ owner, hold, touches, outcome, since, keeps, offers, status });
  const { isToOffer: _, ...state } = told.state;
  const history = JSON.stringify({ ...state, status: told.status });
  if (row !== history) found.push(`${label(alert)} is ${row}, but its history says ${history}`);
  for (const gesture of GESTURES) {
    const kind = EVENT_OF[gesture];
    const pressed = presses.filter((one) => one.alertId === id && one.gesture === gesture);
    for (const user of new Set([
      ...pressed.map((one) => one.user),
      ...events.map((e) => e.actor),
    ])) {
      if (user === null) continue;
      const mine = pressed.filter((one) => one.user === user);
      const confirmed = mine.filter(({ result }) => result?.ok);
      // A double click in the form of a contact may be one touch.
      const least =
        gesture === 'contact' ? new Set(confirmed.map(({ note }) => note)).size : confirmed.length;
      const most = mine.filter(({ result }) => result === null || result.ok).length;
      const recorded = events.filter((one) => one.kind === kind && one.actor === user).length;
      if (recorded < least) {
        found.push(
          `lost: ${gesture} of ${user} on ${label(alert)}, confirmed ${least}, recorded ${recorded}`,
        );
      }
      if (recorded > most) found.push(`${gesture} of ${user} on ${label(alert)} without a press`);
    }
  }
  return found;
}

/** A hold lasts until its time, or until there is news; and no longer. */
export function checkHold(
  alert: AlertRow,
  all: readonly AlertRow[],
  presses: readonly Press[],
  pipeline: Pipeline,
  polledAt: number,
): string[] {
  const { hold, held_at, hold_until, hold_score, score, closed_at, merged_into, members } = alert;
  if (hold === null || held_at === null || hold_until === null) return [];
  if (closed_at !== null && (hold === 'snoozed' || merged_into !== null)) return [];
  const heldAt = Date.parse(held_at);
  const moved = (score ?? 0) - (hold_score ?? 0);
  const entered = members.filter(
    (one) => one.active && one.left_at === null && Date.parse(one.entered_at) > heldAt,
  );
  if (closed_at === null) {
    const found: string[] = [];
    if (Date.parse(hold_until) < polledAt) found.push(`stuck: ${label(alert)} is still ${hold}`);
    if (hold === 'snoozed' ? Math.abs(moved) >= 5 : moved >= 10) {
      found.push(`lost: ${label(alert)} is still ${hold}, though its score moved by ${moved}`);
    }
    // Companies that merge bring their leads along.
    if (hold === 'not-a-fit' && entered.length > 0 && !pipeline.anyDomainChanged) {
      found.push(`lost: ${label(alert)} is not a fit, though someone new turned hot`);
    }
    return found;
  }
  if (pipeline.anyDomainChanged) return [];
  const closedAt = Date.parse(closed_at);
  const isOver = presses.some(
    (one) =>
      one.alertId === alert.id && one.gesture === 'notAFit' && heldAt + one.holdMs <= closedAt,
  );
  const hasRisen = leadsShownBy(alert, pipeline).some(
    (lead) => pipeline.bestScore(lead, heldAt) >= (hold_score ?? 0) + 10,
  );
  const hasNewcomer = all.some(
    (one) =>
      one.account_key === alert.account_key &&
      Date.parse(one.opened_at) >= closedAt &&
      members.every(({ developer_id }) => developer_id !== one.events[0]?.developer_id),
  );
  return isOver || hasRisen || hasNewcomer
    ? []
    : [`${label(alert)} was not a fit, and closed without a reason`];
}

/** An offer ends at its time, and with its alert. */
export function checkOffers(alert: AlertRow, polledAt: number): string[] {
  const running = alert.offers.find(({ ended }) => ended === null);
  if (running === undefined) return [];
  const { closed_at, status, hold } = alert;
  if (closed_at !== null || status !== 'open' || hold !== null) {
    return [`${label(alert)} is not free, but ${running.holder} has first call`];
  }
  return Date.parse(running.until) < polledAt
    ? [`stuck: ${running.holder} still has first call on ${label(alert)}`]
    : [];
}

/** A claimed lead that cools stays open, and its owner is told. */
export function checkCold(alert: AlertRow, polledAt: number): string[] {
  const { status, hold, closed_at, cooling_since, told_cold_at, events } = alert;
  const found: string[] = [];
  const closed = events.find(({ kind, to_status }) => kind === 'cooled' && to_status === 'cooled');
  if (closed?.from_status === 'claimed' && hold !== 'not-a-fit') {
    found.push(`lost: ${label(alert)} was claimed, and closed when it cooled`);
  }
  const cold = cooling_since !== null && Date.parse(cooling_since) < polledAt - REARM_MS;
  const isTheirs = status === 'claimed' && closed_at === null && hold === null;
  if (cold && isTheirs && told_cold_at === null) {
    found.push(`lost: the owner of ${label(alert)} does not know that it has cooled`);
  }
  return found;
}

const REPLIES = ['released', 'handed-over', 'given-back', 'woke'] as const;

/** What others need to know is said once in the thread of the card, and an undo takes it back. */
export function checkReplies(
  alert: AlertRow,
  messages: readonly Message[],
  pipeline: Pipeline,
): string[] {
  if (pipeline.anyDomainChanged) return [];
  const direct = messages.filter(({ dedupe_key }) =>
    dedupe_key.startsWith(`dm:hand-over:${alert.id}:`),
  );
  const card = messages.find(({ dedupe_key }) => dedupe_key === `card:${alert.id}`);
  const replies = REPLIES.flatMap((kind) => {
    const events = alert.events.filter((one) => one.kind === kind);
    const said = messages.filter(({ dedupe_key }) => dedupe_key.startsWith(`${kind}:${alert.id}:`));
    const due = events.filter(
      ({ at }) => card?.state === 'posted' && Date.parse(card.created_at) <= Date.parse(at),
    );
    if (said.length < due.length || said.length > events.length) {
      return [`${label(alert)}: ${kind} ${events.length} times, and ${said.length} replies say so`];
    }
    return checkTakenBack(alert, kind, said);
  });
  return [...replies, ...checkTakenBack(alert, 'handed-over', direct)];
}

/** Of what says that something happened, as much is left as wasn't undone. */
function checkTakenBack(alert: AlertRow, kind: string, said: readonly Message[]): string[] {
  const done = alert.events.filter((one) => one.kind === kind).length;
  const undone = alert.events.filter((one) => one.kind === 'undone' && one.detail === kind).length;
  const left = said.filter(({ removal }) => removal !== 'undone').length;
  return left <= done - undone && said.length - left <= undone
    ? []
    : [
        `${label(alert)}: ${kind} ${done} times, undone ${undone} times, and ${left} messages say so`,
      ];
}
