import { expect, test } from 'vitest';
import { killRound } from './round.ts';

const TIMES = 50;
/** Fixed, so that a failure comes from the change under test. `npm run kill` uses random seeds. */
const SEED = 2026;

test(`kills bots, PostgREST and Postgres ${TIMES} times under load: nothing lost, nothing duplicated`, async () => {
  const { figures, problems } = await killRound(SEED, TIMES);
  expect(problems, `npm run kill -- --times ${TIMES} --seed ${SEED}`).toEqual([]);
  // Enough happened for the result to mean something.
  expect(figures.messages).toBeGreaterThan(10);
  expect(figures.gestures).toBeGreaterThan(50);
  expect(figures.steps).toBeGreaterThan(5);
  expect(figures.faults).toBeGreaterThan(5);
}, 600_000);
