import type { Reach } from '../core/access.ts';
import type { Alerts } from '../core/ports.ts';
import type { Gesture } from './gesture.ts';

/** What the guard grants for one gesture. */
export interface AccessGrant {
  reach: Reach;
  /** Only the alerts within reach. */
  alerts: Alerts;
}

/** Travels with a gesture through Bolt, in a field of Bolt's context. */
export class GestureContext {
  readonly gesture: Gesture;
  /** Counted once it is over. */
  outcome: 'handled' | 'denied' | 'failed' = 'handled';
  #grant: AccessGrant | null = null;

  constructor(gesture: Gesture) {
    this.gesture = gesture;
  }

  /** @throws unless the guard has granted access */
  get grant(): AccessGrant {
    if (this.#grant === null) throw new Error('the guard has not granted access');
    return this.#grant;
  }

  set grant(grant: AccessGrant) {
    this.#grant = grant;
  }
}

const KEY = 'gestureContext';

export const boltContextWith = (context: GestureContext): Record<string, unknown> => ({
  [KEY]: context,
});

export function gestureContext(
  boltContext: Readonly<Record<string, unknown>>,
): GestureContext | null {
  const ours = boltContext[KEY];
  return ours instanceof GestureContext ? ours : null;
}
