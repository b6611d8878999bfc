import { expect, test } from 'vitest';
import { z } from 'zod';
import { timeCalls } from '../../src/adapters/slowest-call.ts';
import { type Database, DatabaseError } from '../../src/adapters/supabase-client.ts';
import { memoryMeter } from '../support/memory-meter.ts';

/** A database whose calls take the given time and fail where told. */
function timed() {
  let clock = 5_000;
  let next: { ms: number; error: Error | null } = { ms: 0, error: null };
  const bare: Database = {
    async call(_name, _args, answer) {
      clock += next.ms;
      if (next.error !== null) throw next.error;
      return answer.parse(true);
    },
  };
  const meter = memoryMeter();
  const { database, slowest } = timeCalls(bare, () => clock, meter);
  return {
    slowest,
    meter,
    pass(ms: number) {
      clock += ms;
    },
    call(name: string, ms: number, error: Error | null = null): Promise<unknown> {
      next = { ms, error };
      return database.call(name, {}, z.literal(true)).catch((thrown: unknown) => thrown);
    },
  };
}

test('remembers the slowest call until it is reported', async () => {
  const { call, slowest } = timed();
  expect(slowest.worst()).toBeNull();
  await call('lead_bot_changes', 12);
  await call('lead_bot_sweep', 340);
  await call('lead_bot_take', 30);
  const worst = slowest.worst();
  expect(worst).toEqual({ name: 'lead_bot_sweep', ms: 340 });
  if (worst !== null) slowest.forget(worst);
  expect(slowest.worst()).toBeNull();
});

test('keeps a slower call that ends during the report', async () => {
  const { call, slowest } = timed();
  await call('lead_bot_take', 30);
  const reported = slowest.worst();
  await call('lead_bot_sweep', 340);
  if (reported !== null) slowest.forget(reported);
  expect(slowest.worst()).toEqual({ name: 'lead_bot_sweep', ms: 340 });
});

test('passes answers and errors through, and counts a call that the database canceled', async () => {
  const { call, slowest } = timed();
  const canceled = new DatabaseError('x', '57014', 500);
  expect(await call('lead_bot_health', 5)).toBe(true);
  expect(await call('lead_bot_sweep', 8_003, canceled)).toBe(canceled);
  expect(slowest.worst()).toEqual({ name: 'lead_bot_sweep', ms: 8_003 });
});

test('ignores calls that got no answer', async () => {
  const { call, slowest } = timed();
  await call('lead_bot_sweep', 10_000, new DatabaseError('x', null, 0));
  expect(slowest.worst()).toBeNull();
});

test('a slow call expires after an hour', async () => {
  const { call, slowest, pass } = timed();
  await call('lead_bot_sweep', 340);
  pass(3_600_000);
  expect(slowest.worst()).toBeNull();
  await call('lead_bot_take', 30);
  expect(slowest.worst()).toEqual({ name: 'lead_bot_take', ms: 30 });
});

test('measures every call, and counts those that fail by their code', async () => {
  const { call, meter } = timed();
  await call('lead_bot_take', 30);
  await call('lead_bot_sweep', 8_003, new DatabaseError('x', '57014', 500));
  await call('lead_bot_health', 10_000, new DatabaseError('x', null, 0));
  expect(meter.lines).toEqual([
    'database_call_duration_seconds lead_bot_take 0.03',
    'database_errors_total 57014 1',
    'database_call_duration_seconds lead_bot_sweep 8.003',
    'database_errors_total none 1',
    'database_call_duration_seconds lead_bot_health 10',
  ]);
});
