import type { Reach } from '../core/access.ts';
import type { Alerts } from '../core/ports.ts';

/** What the guard hands to the listeners: how far somebody may see, and the alerts as far as that. */
export class Entry {
  readonly reach: Reach;
  readonly alerts: Alerts;

  constructor(reach: Reach, alerts: Alerts) {
    this.reach = reach;
    this.alerts = alerts;
  }
}

const KEY = 'entry';

export function keepEntry(context: Record<string, unknown>, entry: Entry): void {
  context[KEY] = entry;
}

/** @throws when the guard has let nobody in: no listener is to find that out by reading alerts */
export function entryIn(context: Readonly<Record<string, unknown>>): Entry {
  const entry = context[KEY];
  if (!(entry instanceof Entry)) throw new Error('nobody was let in');
  return entry;
}
