import type { GestureResult } from '../../src/core/alert.ts';
import type { Replica } from './replica.ts';

export interface Press {
  gesture: 'claim' | 'release' | 'contact';
  alertId: string;
  user: string;
  /** Null without a response, so it is unknown whether it took effect. */
  result: GestureResult | null;
}

/** All presses by users, with their results. */
export class Gestures {
  readonly all: Press[] = [];
  readonly #note: (line: () => string) => void;

  constructor(note: (line: () => string) => void) {
    this.#note = note;
  }

  /** Does what the listeners do: makes the call, then wakes the deliverer. */
  async press(
    { alerts, wake, process }: Replica,
    gesture: Press['gesture'],
    alertId: string,
    user: string,
  ): Promise<void> {
    const press: Press = { gesture, alertId, user, result: null };
    this.all.push(press);
    try {
      press.result =
        gesture === 'contact'
          ? await alerts.contact(alertId, user, 'email', '')
          : await alerts[gesture](alertId, user);
    } catch {
      this.#note(() => `${process.name} failed to ${gesture} for ${user}`);
      return;
    }
    wake();
    this.#note(() => `${gesture} of ${user}: ${describe(press.result)}`);
  }

  acknowledgedClaims(): number {
    return this.all.filter(({ gesture, result }) => gesture === 'claim' && result?.ok).length;
  }
}

const describe = (result: GestureResult | null): string =>
  result === null ? 'nothing' : result.ok ? 'done' : result.refusal.why;
