import type { GestureResult } from '../../src/core/alert.ts';
import type { Replica } from './replica.ts';

export interface Press {
  gesture: 'claim' | 'release' | 'contact';
  alertId: string;
  user: string;
  /** Null while nothing has answered: whether it was carried out is not known. */
  result: GestureResult | null;
}

/** What people pressed, and what they were told. */
export class Gestures {
  readonly all: Press[] = [];
  readonly #note: (line: () => string) => void;

  constructor(note: (line: () => string) => void) {
    this.#note = note;
  }

  /** One press, as the listeners carry it out: one call, then the deliverer is woken. */
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
      this.#note(() => `${process.name} could not ${gesture} for ${user}`);
      return;
    }
    wake();
    this.#note(() => `${user} is told of ${gesture}: ${told(press.result)}`);
  }

  acknowledgedClaims(): number {
    return this.all.filter(({ gesture, result }) => gesture === 'claim' && result?.ok).length;
  }
}

const told = (result: GestureResult | null): string =>
  result === null ? 'nothing' : result.ok ? 'done' : result.refusal.why;
