import { expect, test } from 'vitest';
import { z } from 'zod';
import { type Database, DatabaseError } from '../../src/adapters/supabase-client.ts';
import { watchKey } from '../../src/lifecycle/key-watch.ts';
import { memoryLog } from '../support/memory-log.ts';

const EXPIRED = new DatabaseError('x', 'PGRST303', 401);
const NO_RIGHT = new DatabaseError(
  'x: permission denied for function lead_bot_changes',
  '42501',
  403,
);
const AWAY = new DatabaseError('x', null, 0);

/** A database that fails with this error; `null` means success. */
function watched() {
  const log = memoryLog();
  const lost: string[] = [];
  let clock = 1_000;
  let answer: Error | null = null;
  let held: Promise<void> | null = null;
  const bare: Database = {
    async call(_name, _args, shape) {
      if (held !== null) await held;
      else if (answer !== null) throw answer;
      return shape.parse(true);
    },
  };
  const watch = watchKey(bare, { log, now: () => clock, onLost: (problem) => lost.push(problem) });
  return {
    log,
    lost,
    problem: watch.problem,
    /** A call made now that succeeds on `answer()`. */
    slowly() {
      let go = () => {};
      held = new Promise((resolve) => {
        go = resolve;
      });
      const call = watch.database.call('lead_bot_take', {}, z.literal(true));
      held = null;
      return {
        async answer(): Promise<void> {
          go();
          await call;
        },
      };
    },
    /** A call `seconds` after the last one. */
    async call(seconds: number, result: Error | null): Promise<unknown> {
      clock += seconds * 1_000;
      answer = result;
      return watch.database.call('lead_bot_health', {}, z.literal(true)).catch((error) => error);
    },
  };
}

test('passes answers and errors through unchanged', async () => {
  const { call, problem } = watched();
  expect(await call(0, null)).toBe(true);
  expect(await call(0, EXPIRED)).toBe(EXPIRED);
  expect(problem()).toContain('SUPABASE_KEY has expired');
});

test.each([
  [EXPIRED, 'SUPABASE_KEY has expired'],
  [NO_RIGHT, "may not call the bot's functions"],
])('fault-31 tells the bot to end after 15 s of nothing but %o', async (error, sentence) => {
  const { call, lost, log } = watched();
  await call(0, error);
  await call(14, error);
  expect(lost).toEqual([]);
  await call(1, error);
  expect(lost).toEqual([expect.stringContaining(sentence)]);
  expect(log.lines).toHaveLength(1);
});

test('does not give up after two refusals, however far apart', async () => {
  const { call, lost } = watched();
  await call(0, EXPIRED);
  await call(3_600, EXPIRED);
  expect(lost).toEqual([]);
});

test('a success of a call made before the first refusal does not clear the problem', async () => {
  const asked = Promise.withResolvers<boolean>();
  const log = memoryLog();
  let clock = 1_000;
  const bare: Database = {
    async call(name, _args, shape) {
      if (name === 'early') return shape.parse(await asked.promise);
      throw EXPIRED;
    },
  };
  const { database, problem } = watchKey(bare, { log, now: () => clock, onLost() {} });
  const early = database.call('early', {}, z.literal(true));
  clock += 1;
  await database.call('late', {}, z.literal(true)).catch(() => {});
  asked.resolve(true);
  await early;
  expect(problem()).toContain('SUPABASE_KEY has expired');
  expect(log.lines).toHaveLength(1);
});

test('one success clears the problem and restarts the count', async () => {
  const { call, lost, problem } = watched();
  await call(0, EXPIRED);
  await call(10, EXPIRED);
  await call(1, null);
  expect(problem()).toBeNull();
  await call(10, EXPIRED);
  await call(10, EXPIRED);
  expect(lost).toEqual([]);
});

test('a success of a call made before the first refusal does not restart the count', async () => {
  const { call, lost, problem, slowly } = watched();
  const early = slowly();
  await call(1, EXPIRED);
  await early.answer();
  expect(problem()).toContain('SUPABASE_KEY');
  await call(7, EXPIRED);
  await call(8, EXPIRED);
  expect(lost).toHaveLength(1);
});

test('a database that does not answer says nothing about the key', async () => {
  const { call, lost, problem } = watched();
  for (let n = 0; n < 10; n++) await call(60, AWAY);
  expect([lost, problem()]).toEqual([[], null]);
});
