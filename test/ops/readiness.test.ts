import { expect, test } from 'vitest';
import { DatabaseError } from '../../src/adapters/supabase-client.ts';
import type { Health } from '../../src/core/ports.ts';
import { createReadiness, type ReadinessInputs } from '../../src/ops/readiness.ts';

const HEALTHY: Health = {
  openAlerts: 0,
  waiting: 0,
  unclear: 0,
  dead: 0,
  replaced: 0,
  oldestWaitingSeconds: 0,
  deadReasons: [],
  paused: [],
};

const readiness = (signs: Partial<ReadinessInputs>, rememberedMs?: number) =>
  createReadiness(
    {
      connected: () => true,
      pollIsStale: () => false,
      readHealth: async () => HEALTHY,
      otherProblems: () => [],
      ...signs,
    },
    rememberedMs,
  );

test('reports nothing when database, Slack and polls are in order', async () => {
  expect(await readiness({})()).toEqual([]);
});

test('reports each problem in its own sentence', async () => {
  const problems = await readiness({
    connected: () => false,
    pollIsStale: () => true,
    readHealth: () => Promise.reject(new Error('away')),
    otherProblems: () => ['a channel is shared'],
  })();
  expect(problems).toEqual([
    'the database does not answer',
    'not connected to Slack',
    'no poll has succeeded recently',
    'a channel is shared',
  ]);
});

test("reports a refused key once, and not as a database that doesn't answer", async () => {
  const refusal = 'SUPABASE_KEY has expired or is not yet valid.';
  const problems = await readiness({
    readHealth: () => Promise.reject(new DatabaseError('x', 'PGRST303', 401)),
    otherProblems: () => [refusal],
  })();
  expect(problems).toEqual([refusal]);
});

test.each([
  ['57014', 500, 'the database returned error 57014'],
  ['PGRST002', 503, 'the database does not answer'],
])("tells the error %s from a database that doesn't answer", async (code, status, expected) => {
  const readHealth = () => Promise.reject(new DatabaseError('x', code, status));
  expect(await readiness({ readHealth })()).toEqual([expected]);
});

test('a hanging database counts as not answering', async () => {
  const hanging = readiness({ readHealth: () => new Promise(() => {}) });
  expect(await hanging()).toEqual(['the database does not answer']);
});

test('only a pause of all channels makes a bot unready', async () => {
  const pausedIn = (channel: string, reason: string | null) =>
    readiness({
      readHealth: async () => ({ ...HEALTHY, paused: [{ channel, reason, until: null }] }),
    })();
  expect(await pausedIn('C0HOTLEADS', 'not_in_channel')).toEqual([]);
  expect(await pausedIn('*', 'invalid_auth')).toEqual([
    'Slack refuses every message (invalid_auth)',
  ]);
});

test("caches the database's answer, and concurrent callers share one call", async () => {
  let asked = 0;
  const readHealth = async () => {
    asked += 1;
    return HEALTHY;
  };
  const ready = readiness({ readHealth }, 60_000);
  await Promise.all([ready(), ready(), ready()]);
  await ready();
  expect(asked).toBe(1);
  const forgetful = readiness({ readHealth }, 0);
  await forgetful();
  await forgetful();
  expect(asked).toBe(3);
});
