import type { Alerts, Surface } from '../core/ports.ts';
import type { Log } from '../ops/log.ts';

/** What every listener is given. */
export interface ListenerDeps {
  alerts: Alerts;
  surface: Surface;
  log: Log;
  /** The workspace whose members may see and do things. */
  teamId: string;
  digestChannel: string;
  timeZone: string;
  /** Called when messages may be due. */
  wake: () => void;
  now: () => Date;
}
