import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { OutcomeEvent, SendResult, TakenOutcome } from '../../src/core/outcome-event.ts';
import { type Clock, systemClock } from '../../src/jobs/clock.ts';
import { createOutcomeJob } from '../../src/jobs/send-outcomes.ts';
import { memoryLog } from '../support/memory-log.ts';

const RUNNING = new AbortController().signal;
const failed: SendResult = { kind: 'failed', reason: 'HTTP 500', retryAfterMs: null };

/** Looks for more at once. */
const hasty: Clock = {
  ...systemClock,
  async sleep() {
    await setImmediate();
  },
};

/** Until a hasty job has looked for more several times. */
const aWhile = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await setImmediate();
};

const due = (n: number): TakenOutcome => ({
  event: { id: `e${n}`, alertId: `a${n}`, type: 'lead.claimed', body: '{}' },
  token: `t${n}`,
  attempt: 1,
});
const many = (count: number) => Array.from({ length: count }, (_, n) => due(n + 1));

type State = 'delivered' | 'waiting' | 'set-aside' | 'stale';

/** A job with these events waiting. */
function stage(
  waiting: TakenOutcome[],
  send: (event: OutcomeEvent) => Promise<SendResult> = async () => ({ kind: 'delivered' }),
  {
    state = 'delivered',
    givenUp = 0,
    clock = systemClock,
  }: { state?: State; givenUp?: number; clock?: Clock } = {},
) {
  const log = memoryLog();
  const begins: boolean[] = [];
  const limits: number[] = [];
  const confirmed: string[] = [];
  const sent: string[] = [];
  let atOnce = 0;
  let mostAtOnce = 0;
  const database = { down: false, takes: true };
  const run = createOutcomeJob({
    outcomes: {
      async take(limit, _leaseMs, begin) {
        if (!database.takes) throw new Error('no answer');
        begins.push(begin);
        limits.push(limit);
        return { work: waiting.splice(0, limit), givenUp };
      },
      async confirm(id, token, { kind }) {
        if (database.down) throw new Error('the database is down');
        confirmed.push(`${id} ${token} ${kind}`);
        return state;
      },
    },
    receiver: {
      async send(event) {
        atOnce += 1;
        mostAtOnce = Math.max(mostAtOnce, atOnce);
        const result = await send(event);
        atOnce -= 1;
        return result;
      },
    },
    log,
    clock,
    onSent: (type, result) => sent.push(`${type} ${result}`),
  });
  return { run, log, begins, limits, confirmed, sent, database, mostAtOnce: () => mostAtOnce };
}

test('everything that is due goes out and is confirmed, eight at once', async () => {
  const { run, confirmed, mostAtOnce } = stage(many(20), async () => {
    await setImmediate();
    return { kind: 'delivered' };
  });
  await run(RUNNING);
  expect(confirmed.toSorted()).toEqual(
    many(20)
      .map(({ event, token }) => `${event.id} ${token} delivered`)
      .toSorted(),
  );
  expect(mostAtOnce()).toBe(8);
});

test('only the first take of a bot says that it has just started', async () => {
  const { run, begins } = stage([due(1)]);
  await run(RUNNING);
  await run(RUNNING);
  expect(begins).toEqual([true, false, false]);
});

test('a slow receiver of one event does not keep the others back', async () => {
  let answer: (result: SendResult) => void = () => {};
  const waiting = [due(1)];
  const { run, confirmed } = stage(waiting, ({ id }) =>
    id === 'e1'
      ? new Promise((resolve) => {
          answer = resolve;
        })
      : Promise.resolve({ kind: 'delivered' }),
  );
  const running = run(RUNNING);
  await setImmediate();
  waiting.push(due(2));
  await expect.poll(() => confirmed).toEqual(['e2 t2 delivered']);
  answer({ kind: 'delivered' });
  await running;
  expect(confirmed).toHaveLength(2);
});

test('while eight are under way nothing more is taken', async () => {
  const answers: (() => void)[] = [];
  const { run, limits } = stage(
    many(8),
    () => new Promise((resolve) => answers.push(() => resolve({ kind: 'delivered' }))),
    { clock: hasty },
  );
  const running = run(RUNNING);
  await aWhile();
  expect(limits).toEqual([8]);
  for (const answer of answers) answer();
  await running;
});

test('a take that fails ends the run once what is under way has been reported', async () => {
  let answer: (result: SendResult) => void = () => {};
  const { run, database, confirmed } = stage(
    [due(1)],
    () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
    { clock: hasty },
  );
  let ended = false;
  const running = run(RUNNING).finally(() => {
    ended = true;
  });
  const fails = expect(running).rejects.toThrow('no answer');
  database.takes = false;
  await aWhile();
  expect(ended).toBe(false);
  answer({ kind: 'delivered' });
  await fails;
  expect(confirmed).toEqual(['e1 t1 delivered']);
});

test('a stop takes nothing more, and reports what was under way', async () => {
  const stopping = new AbortController();
  const { run, confirmed } = stage(many(30), async () => {
    stopping.abort();
    return { kind: 'delivered' };
  });
  await run(stopping.signal);
  expect(confirmed).toHaveLength(8);
});

test('a confirmation that fails ends the run, so that the next one looks again', async () => {
  const { run, database, log } = stage([due(1)]);
  database.down = true;
  await expect(run(RUNNING)).rejects.toThrow('the database is down');
  expect(log.lines.filter(({ event }) => event === 'webhook')).toEqual([]);
});

test('what came of each attempt is told: delivered, failed or set aside', async () => {
  const one = stage([due(1)]);
  await one.run(RUNNING);
  const two = stage([due(1)], async () => failed, { state: 'waiting' });
  await two.run(RUNNING);
  const three = stage([due(1)], async () => failed, { state: 'set-aside' });
  await three.run(RUNNING);
  expect([one.sent, two.sent, three.sent]).toEqual([
    ['lead.claimed delivered'],
    ['lead.claimed failed'],
    ['lead.claimed set-aside'],
  ]);
});

test.each<[string, SendResult, State, { outcome: string; reason?: string }]>([
  ['delivered', { kind: 'delivered' }, 'delivered', { outcome: 'delivered' }],
  ['failed', failed, 'waiting', { outcome: 'failed', reason: 'HTTP 500' }],
])('logs an attempt that is %s, with how long it took', async (_, result, state, logged) => {
  let at = 5_000;
  const clock: Clock = { ...hasty, now: () => at };
  const send = async () => {
    at += 1_000.4;
    return result;
  };
  const { run, log } = stage([due(1)], send, { state, clock });
  await run(RUNNING);
  expect(log.lines[0]).toEqual({
    level: 'info',
    event: 'webhook',
    alertId: 'a1',
    kind: 'lead.claimed',
    attempt: 1,
    ms: 1_000,
    ...logged,
  });
});

const warnings = ({ lines }: ReturnType<typeof memoryLog>) =>
  lines.filter(({ level }) => level !== 'info');

test('says nothing more about what was delivered', async () => {
  const { run, log } = stage(many(2));
  await run(RUNNING);
  expect(warnings(log)).toEqual([]);
});

test('warns once an hour of a receiver that fails, and again when it fails in another way', async () => {
  const results: SendResult[] = [failed, failed, { ...failed, reason: 'HTTP 502' }];
  const { run, log } = stage(many(3), async () => results.shift() ?? failed, { state: 'waiting' });
  await run(RUNNING);
  expect(warnings(log)).toMatchObject([
    { level: 'warn', event: expect.stringContaining('sent again'), reason: 'HTTP 500' },
    { level: 'warn', event: expect.stringContaining('sent again'), reason: 'HTTP 502' },
  ]);
});

test('says once that the receiver is gone, and what to do', async () => {
  const gone: SendResult = { kind: 'gone', reason: 'HTTP 410', retryAfterMs: null };
  const { run, log } = stage(many(3), async () => gone, { state: 'waiting' });
  await run(RUNNING);
  expect(warnings(log)).toEqual([
    {
      level: 'error',
      event: expect.stringContaining('stopped'),
      advice: expect.stringContaining('OUTCOME_WEBHOOK_URL'),
    },
  ]);
});

test('says of each event that is set aside where to look', async () => {
  const { run, log } = stage(many(2), async () => failed, { state: 'set-aside' });
  await run(RUNNING);
  expect(warnings(log)).toMatchObject(
    ['a1', 'a2'].map((alertId) => ({
      event: 'webhook set aside',
      alertId,
      reason: 'HTTP 500',
      advice: expect.stringContaining('npm run doctor'),
    })),
  );
});

test('says how many were set aside without an attempt', async () => {
  const { run, log } = stage([], undefined, { givenUp: 3 });
  await run(RUNNING);
  expect(log.lines).toEqual([
    {
      level: 'warn',
      event: 'webhooks set aside',
      count: 3,
      advice: expect.stringContaining('npm run doctor'),
    },
  ]);
});

test('leaves no timer behind after an attempt', async () => {
  const pauses: AbortSignal[] = [];
  const clock: Clock = {
    ...systemClock,
    sleep: (_ms, signal) => {
      if (signal !== undefined) pauses.push(signal);
      return new Promise(() => {});
    },
  };
  const { run } = stage([due(1)], undefined, { clock });
  await run(RUNNING);
  expect(pauses.map(({ aborted }) => aborted)).toEqual([true]);
});
