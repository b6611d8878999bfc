import type {
  Absences,
  ChannelAudience,
  DirectSettings,
  Managers,
  Reports,
} from '../core/ports.ts';
import type { Deadlines } from '../core/steps.ts';
import type { WorkingHours } from '../core/working-time.ts';
import type { GuardDeps } from './guard.ts';

/** Alerts are missing: each gesture's grant has those that its user may see. */
export interface ListenerDeps extends Omit<GuardDeps, 'alerts'> {
  channelAudience: ChannelAudience;
  managers: Managers;
  absences: Absences;
  settings: DirectSettings;
  reports: Reports;
  /** By each AE's own clock. */
  workingHours: WorkingHours;
  deadlines: Deadlines;
  /** How long a company that is not a fit stays closed. */
  quietAfterNotAFitMs: number;
  alertChannel: string;
  digestChannel: string;
  timeZone: string;
  now: () => Date;
}
