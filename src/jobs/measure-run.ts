import type { JobName } from '../core/metrics.ts';
import type { Meter } from '../core/ports.ts';
import type { Clock } from './clock.ts';

/** Runs a job, and measures how long that takes and whether it succeeds. @throws what the job throws */
export async function measureRun<T>(
  meter: Meter,
  job: JobName,
  clock: Clock,
  run: () => Promise<T>,
): Promise<T> {
  const startedAt = clock.now();
  try {
    const result = await run();
    meter.set('job_last_success_timestamp_seconds', { name: job }, clock.wall() / 1_000);
    return result;
  } catch (error) {
    meter.add('job_failures_total', { name: job });
    throw error;
  } finally {
    meter.observe('job_duration_seconds', { name: job }, (clock.now() - startedAt) / 1_000);
  }
}
