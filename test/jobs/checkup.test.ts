import { expect, test } from 'vitest';
import type { Checkup, SlowCall } from '../../src/core/checkup.ts';
import { createCheckup } from '../../src/jobs/checkup.ts';
import { memoryLog } from '../support/memory-log.ts';

const IN_ORDER: Checkup = {
  unreadable: null,
  owner: 'postgres',
  swapped: [],
  scores: 'table',
  triggers: [],
  missingIndexes: [],
  strangers: [],
  lacking: [],
  sweep: null,
  slowest: null,
  limitMs: 8_000,
  marks: { count: 0, oldestSeconds: 0 },
};
const SWAPPED = { swapped: [{ table: 'lead_scores', reads: 'public.lead_scores_old' }] };
const NO_INDEX = { missingIndexes: ['lead_scores_hot'] };

function checking() {
  const log = memoryLog();
  const noted: SlowCall[] = [];
  let state: Partial<Checkup> | Error = {};
  let worst: SlowCall | null = null;
  let at = 0;
  const answer = <T>(value: T): T => {
    if (state instanceof Error) throw state;
    return value;
  };
  const checkUp = createCheckup({
    checkups: {
      read: async () => answer({ ...IN_ORDER, ...state }),
      async noteSlowest(call) {
        answer(null);
        noted.push(call);
      },
    },
    slowest: {
      worst: () => worst,
      forget() {
        worst = null;
      },
    },
    log,
    clock: { now: () => at, wall: () => at, sleep: async () => {} },
  });
  return {
    noted,
    logged: () => log.lines.splice(0).map(({ level, kind, advice }) => [level, kind, advice]),
    slow(call: SlowCall) {
      worst = call;
    },
    /** Checks the database in this state, `minutes` after the last time. */
    async look(now: Partial<Checkup> | Error, minutes = 1) {
      state = now;
      at += minutes * 60_000;
      await checkUp();
    },
  };
}

const swapped = ['warn', 'problem', expect.stringContaining('reads the old table lead_scores_old')];
const noIndex = ['warn', 'note', expect.stringContaining('lead_scores_hot')];

test('logs nothing while the database is in order', async () => {
  const { look, logged } = checking();
  await look({});
  expect(logged()).toEqual([]);
});

test('reports a problem at once, then hourly while it lasts', async () => {
  const { look, logged } = checking();
  await look(SWAPPED);
  expect(logged()).toEqual([swapped]);
  for (let minute = 1; minute < 60; minute++) await look(SWAPPED);
  expect(logged()).toEqual([]);
  await look(SWAPPED);
  expect(logged()).toEqual([swapped]);
});

test('reports a new problem while the first one lasts', async () => {
  const { look, logged } = checking();
  await look(SWAPPED);
  await look({ ...SWAPPED, ...NO_INDEX });
  expect(logged()).toEqual([swapped, noIndex]);
});

test('reports a problem again when it comes back', async () => {
  const { look, logged } = checking();
  await look(SWAPPED);
  await look({});
  await look(SWAPPED);
  expect(logged()).toEqual([swapped, swapped]);
});

test("records this bot's slowest call once", async () => {
  const { look, slow, noted } = checking();
  await look({});
  slow({ name: 'lead_bot_sweep', ms: 120 });
  await look({});
  await look({});
  expect(noted).toEqual([{ name: 'lead_bot_sweep', ms: 120 }]);
});

test('records the slowest call once the database is back', async () => {
  const { look, slow, noted, logged } = checking();
  slow({ name: 'lead_bot_sweep', ms: 8_001 });
  await expect(look(new Error('away'))).rejects.toThrow('away');
  await look({});
  expect(noted).toEqual([{ name: 'lead_bot_sweep', ms: 8_001 }]);
  expect(logged()).toEqual([]);
});
