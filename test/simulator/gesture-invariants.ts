import { EVENT_OF, type Press } from './gestures.ts';
import type { Pipeline } from './pipeline.ts';
import { REARM_MS } from './replica.ts';
import { GESTURES } from './scenario.ts';
import { type AlertRow, leadsShownBy, type Message } from './tables.ts';

type Event = AlertRow['events'][number];

/** What an alert is according to its history. */
interface State {
  owner: string | null;
  hold: AlertRow['hold'];
  touches: number;
  outcome: string | null;
}

/** What the last gesture changed. */
interface Undoable {
  kind: string;
  actor: string | null;
  status: string | null;
  before: State;
}

const NOTHING: State = { owner: null, hold: null, touches: 0, outcome: null };

/** What a gesture or a wake makes of an alert; null if the event is neither. */
function changed(state: State, { kind, actor, target, detail }: Event): State | null {
  switch (kind) {
    case 'claimed':
      return { ...state, owner: actor, hold: null };
    case 'released':
      return { ...state, owner: null, hold: null };
    case 'handed-over':
      return { ...state, owner: target, hold: null };
    case 'contacted':
      return { ...state, touches: state.touches + 1, hold: null, outcome: null };
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

/**
 * Follows the events one by one.
 * @param bringsNews whether a merge at that time ends a hold: the other alert had none
 */
function replay(events: readonly Event[], bringsNews: (at: string) => boolean): Replay {
  const wrong: string[] = [];
  let state = NOTHING;
  let status: string | null = null;
  let undoable: Undoable | null = null;
  for (const event of events) {
    const { kind, actor, detail, from_status, to_status } = event;
    if (from_status !== status) wrong.push(`${kind} from ${from_status}, but it was ${status}`);
    if (kind === 'claimed' && state.owner !== null) wrong.push('two winners');
    const next = changed(state, event);
    if (next !== null) {
      undoable = { kind, actor, status, before: state };
      state = next;
    } else if (kind === 'woke') {
      if (state.hold !== 'snoozed') wrong.push(`woke, but its hold was ${state.hold}`);
      // Then there is no snooze left to undo, or to restore.
      if (undoable?.kind === 'snoozed') undoable = null;
      else if (undoable !== null) undoable.before = { ...undoable.before, hold: null };
      state = { ...state, hold: null };
    } else if (kind === 'absorbed') {
      if (bringsNews(event.at)) state = { ...state, hold: null };
    } else if (kind === 'undone') {
      if (undoable === null || undoable.kind !== detail || undoable.actor !== actor) {
        wrong.push(`${actor} undid ${detail}, but the last gesture was ${undoable?.kind}`);
      } else {
        if (undoable.status !== to_status) {
          wrong.push(`an undo of ${detail} made it ${to_status}, and it was ${undoable.status}`);
        }
        state = undoable.before;
      }
      undoable = null;
    }
    status = to_status;
  }
  return { state, status, wrong };
}

/** Who owned an alert at a time. */
export const ownerAt = (events: readonly Event[], at: string): string | null =>
  replay(
    events.filter((one) => one.at <= at),
    () => false,
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
): string[] {
  const { id, status, owner, hold, touches, outcome, events } = alert;
  const told = replay(events, (at) => mergedWithoutHold(all, at));
  const found = told.wrong.map((what) => `${label(alert)}: ${what}`);
  const row = JSON.stringify({ owner, hold, touches, outcome, status });
  const history = JSON.stringify({ ...told.state, status: told.status });
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

/** A claimed lead that cools stays open, and its owner is told. */
export function checkCold(alert: AlertRow, polledAt: number): string[] {
  const { status, hold, closed_at, cooling_since, told_cold_at, events } = alert;
  const found: string[] = [];
  const closed = events.find(({ kind, to_status }) => kind === 'cooled' && to_status === 'cooled');
  if (closed?.from_status === 'claimed' && hold !== 'not-a-fit') {
    found.push(`lost: ${label(alert)} was claimed, and closed when it cooled`);
  }
  const cold = cooling_since !== null && Date.parse(cooling_since) < polledAt - REARM_MS;
  if (cold && status === 'claimed' && closed_at === null && told_cold_at === null) {
    found.push(`lost: the owner of ${label(alert)} does not know that it has cooled`);
  }
  return found;
}

const REPLIES = ['released', 'handed-over', 'woke'] as const;

/** What others need to know is said once in the thread of the card. */
export function checkReplies(
  alert: AlertRow,
  messages: readonly Message[],
  pipeline: Pipeline,
): string[] {
  if (pipeline.anyDomainChanged) return [];
  const card = messages.find(({ dedupe_key }) => dedupe_key === `card:${alert.id}`);
  return REPLIES.flatMap((kind) => {
    const events = alert.events.filter((one) => one.kind === kind);
    const said = messages.filter(({ dedupe_key }) => dedupe_key.startsWith(`${kind}:${alert.id}:`));
    const due = events.filter(
      ({ at }) => card?.state === 'posted' && Date.parse(card.created_at) <= Date.parse(at),
    );
    if (said.length >= due.length && said.length <= events.length) return [];
    return [`${label(alert)}: ${kind} ${events.length} times, and ${said.length} replies say so`];
  });
}
