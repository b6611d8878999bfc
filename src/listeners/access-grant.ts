import type { Reach } from '../core/access.ts';
import type { Alerts } from '../core/ports.ts';

/** What the guard hands to the listeners: how far somebody may see, and the alerts as far as that. */
export class AccessGrant {
  readonly reach: Reach;
  readonly alerts: Alerts;

  constructor(reach: Reach, alerts: Alerts) {
    this.reach = reach;
    this.alerts = alerts;
  }
}

const KEY = 'grant';

export function keepGrant(context: Record<string, unknown>, grant: AccessGrant): void {
  context[KEY] = grant;
}

/** @throws when the guard has let nobody in: no listener is to find that out by reading alerts */
export function grantIn(context: Readonly<Record<string, unknown>>): AccessGrant {
  const grant = context[KEY];
  if (!(grant instanceof AccessGrant)) throw new Error('nobody was let in');
  return grant;
}
