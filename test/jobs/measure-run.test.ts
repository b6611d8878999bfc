import { expect, test } from 'vitest';
import { measureRun } from '../../src/jobs/measure-run.ts';
import { memoryMeter } from '../support/memory-meter.ts';

let at = 1_000_000;
const clock = { now: () => at, wall: () => at + 5_000, sleep: async () => {} };

test('measures a run that succeeds, and when', async () => {
  const meter = memoryMeter();
  at = 1_000_000;
  const result = await measureRun(meter, 'poll', clock, async () => {
    at += 250;
    return 'done';
  });
  expect(result).toBe('done');
  expect(meter.lines).toEqual([
    'job_last_success_timestamp_seconds poll 1005.25',
    'job_duration_seconds poll 0.25',
  ]);
});

test('measures a run that fails, and passes its error on', async () => {
  const meter = memoryMeter();
  const failure = new Error('down');
  const run = measureRun(meter, 'steps', clock, () => Promise.reject(failure));
  await expect(run).rejects.toBe(failure);
  expect(meter.lines).toEqual(['job_failures_total steps 1', 'job_duration_seconds steps 0']);
});
