import type { Alerts, Publicity } from '../core/ports.ts';
import type { GuardDeps } from './guard.ts';

/** What every listener is given. */
export interface ListenerDeps extends GuardDeps {
  alerts: Alerts;
  publicity: Publicity;
  alertChannel: string;
  digestChannel: string;
  timeZone: string;
  /** Called when messages may be due. */
  wake: () => void;
  now: () => Date;
}
