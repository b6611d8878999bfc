import type { Absences, AccessCheck, Managers, Steps, UserGroup } from '../core/ports.ts';
import type { Deadlines } from '../core/steps.ts';
import type { Log } from '../ops/log.ts';
import type { AvailabilityDeps } from './availability.ts';
import type { Clock } from './clock.ts';
import type { MorningJob } from './morning.ts';

/** Whom reminders mention while nobody has first call. */
export type OnDuty = { user: string } | { id: string; group: UserGroup };

export interface StepDeps extends AvailabilityDeps {
  steps: Steps;
  deadlines: Deadlines;
  absences: Pick<Absences, 'among'>;
  accessCheck: AccessCheck;
  managers: Pick<Managers, 'all'>;
  onDuty: OnDuty | null;
  /** Someone's morning goes before their steps, so that nothing is told twice. */
  mornings: Pick<MorningJob, 'tell'>;
  log: Log;
  /** Called when messages may be due. */
  wake: () => void;
  clock?: Clock;
}

/** Returns a job that takes the steps that open alerts need. */
export function createStepJob(_deps: StepDeps): () => Promise<void> {
  return async () => {};
}
