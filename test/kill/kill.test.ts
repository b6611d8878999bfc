import { expect, test } from 'vitest';
import { killRound } from './round.ts';

const TIMES = 50;
/** The same in every run, so that a failure is of the change that it comes with; `npm run kill` takes others. */
const SEED = 2026;

test(`bots, PostgREST and Postgres killed ${TIMES} times under load: nothing is lost, nothing is doubled`, async () => {
  const { figures, broken } = await killRound(SEED, TIMES);
  expect(broken, `npm run kill -- --times ${TIMES} --seed ${SEED}`).toEqual([]);
  // Enough went on for that to mean something.
  expect(figures.messages).toBeGreaterThan(10);
  expect(figures.gestures).toBeGreaterThan(50);
  expect(figures.steps).toBeGreaterThan(5);
  expect(figures.faults).toBeGreaterThan(5);
}, 600_000);
