import type { Absences, AccessCheck, Mornings } from '../core/ports.ts';
import type { WorkingHours } from '../core/working-time.ts';
import type { Log } from '../ops/log.ts';
import type { Clock } from './clock.ts';

export interface MorningDeps {
  mornings: Mornings;
  absences: Pick<Absences, 'among'>;
  accessCheck: AccessCheck;
  hours: WorkingHours;
  /** Of AEs for whom Slack reports none. */
  timeZone: string;
  log: Log;
  /** Called when messages may be due. */
  wake: () => void;
  clock?: Clock;
}

export interface MorningJob {
  /** Tells everyone whose morning it is. */
  tellAll(): Promise<void>;
  /** Tells one person, if it is their morning. Never rejects. */
  tell(person: string): Promise<void>;
}

export function createMorningJob(_deps: MorningDeps): MorningJob {
  return { async tellAll() {}, async tell() {} };
}
