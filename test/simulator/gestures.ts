import type { GestureResult } from '../../src/core/alert.ts';
import type { Replica } from './replica.ts';
import type { GestureName } from './scenario.ts';

export interface Press {
  gesture: GestureName;
  alertId: string;
  user: string;
  /** How long a snooze or not-a-fit lasts, or until when a lead is to be tried again. */
  holdMs: number;
  /** Differs from press to press, except for those of a double click. */
  note: string;
  /** Null without a response, so it is unknown whether it took effect. */
  result: GestureResult | null;
}

/** With this `holdMs`, an outcome is *not now*; otherwise it is *no reply*. */
const NOT_NOW_MS = 120_000;

/** May work on every lead. */
export const MANAGER = 'U2';

/** The kind of event that a gesture leaves in an alert's history. */
export const EVENT_OF: Readonly<Record<GestureName, string>> = {
  claim: 'claimed',
  pass: 'passed',
  release: 'released',
  contact: 'contacted',
  handOver: 'handed-over',
  keep: 'kept',
  giveBack: 'given-back',
  snooze: 'snoozed',
  notAFit: 'not-a-fit',
  outcome: 'outcome',
  note: 'noted',
  undo: 'undone',
};

/** All presses by users, with their results. */
export class Gestures {
  readonly all: Press[] = [];
  readonly #note: (line: () => string) => void;

  constructor(note: (line: () => string) => void) {
    this.#note = note;
  }

  /** Does what the listeners do: makes the call, then wakes the deliverer. */
  async press(replica: Replica, what: Omit<Press, 'result'>): Promise<void> {
    const press: Press = { ...what, result: null };
    const { gesture, user } = press;
    const work = this.#call(replica, press);
    if (work === null) return;
    this.all.push(press);
    try {
      press.result = await work;
    } catch {
      this.#note(() => `${replica.process.name} failed to ${gesture} for ${user}`);
      return;
    }
    replica.wake();
    this.#note(() => `${gesture} of ${user}: ${describe(press.result)}`);
  }

  /**
   * Someone who may do that, as far as is known; null if nobody has acted on the alert.
   * @param offeredTo who has or had first call on it
   */
  allowed(gesture: GestureName, alertId: string, offeredTo: string | null): string | null {
    if (gesture === 'claim' || gesture === 'pass') return offeredTo;
    const last = this.all.findLast((one) => one.alertId === alertId && one.result?.ok);
    if (!last?.result?.ok) return null;
    return gesture === 'undo' ? last.user : last.result.picture.alert.owner;
  }

  /** The leads that someone has, as far as is known. */
  owned(): { alertId: string; owner: string }[] {
    const owners = new Map<string, string | null>();
    for (const { alertId, result } of this.all) {
      if (result?.ok) owners.set(alertId, result.picture.alert.owner);
    }
    return [...owners].flatMap(([alertId, owner]) => (owner === null ? [] : { alertId, owner }));
  }

  /** @returns null if there is nothing to undo */
  #call({ alerts, process }: Replica, press: Press): Promise<GestureResult> | null {
    const { gesture, alertId, user, holdMs, note } = press;
    const rights = { isManager: user === MANAGER };
    const inTime = new Date(process.clock.now() + holdMs);
    switch (gesture) {
      case 'claim':
        return alerts.claim(alertId, user, rights);
      case 'pass':
        return alerts.pass(alertId, user);
      case 'release':
        return alerts.release(alertId, user, rights);
      case 'contact':
        return alerts.contact(alertId, user, 'email', note, rights);
      case 'handOver':
        return alerts.handOver(alertId, user, user === 'U0' ? 'U1' : 'U0', note, rights);
      case 'keep':
        return alerts.keep(alertId, user);
      case 'giveBack':
        return alerts.giveBack(alertId, user);
      case 'snooze':
        return alerts.snooze(alertId, user, inTime, rights);
      case 'notAFit':
        return alerts.notAFit(alertId, user, 'competitor', note, holdMs, rights);
      case 'outcome':
        return holdMs === NOT_NOW_MS
          ? alerts.outcome(alertId, user, 'not-now', inTime, note, rights)
          : alerts.outcome(alertId, user, 'no-reply', null, note, rights);
      case 'note':
        return alerts.addNote(alertId, user, note);
      case 'undo': {
        const undoId = this.#undoOffered(press);
        return undoId === null ? null : alerts.undo(alertId, user, undoId);
      }
    }
  }

  /** The undo button of one of the user's confirmations, which stay whatever is done later. */
  #undoOffered({ alertId, user, note }: Press): string | null {
    const offered = this.all
      .filter((one) => one.alertId === alertId && one.user === user)
      .map(undoIn)
      .filter((id) => id !== null);
    return offered[Number.parseInt(note, 10) % offered.length] ?? null;
  }

  /** Number of confirmed presses per gesture. */
  confirmed(): Partial<Record<GestureName, number>> {
    const counts: Partial<Record<GestureName, number>> = {};
    for (const { gesture, result } of this.all) {
      if (result?.ok) counts[gesture] = (counts[gesture] ?? 0) + 1;
    }
    return counts;
  }
}

function undoIn({ user, result }: Press): string | null {
  if (!result?.ok) return null;
  const { undo } = result.picture.alert;
  return undo?.actor === user ? undo.id : null;
}

const describe = (result: GestureResult | null): string =>
  result === null ? 'nothing' : result.ok ? 'done' : result.refusal.why;
