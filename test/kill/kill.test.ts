import { expect, test } from 'vitest';
import { killRound } from './round.ts';

const TIMES = 50;
const seed = 1 + Math.floor(Math.random() * 1e8);

test(`bots, PostgREST and Postgres killed ${TIMES} times under load: nothing is lost, nothing is doubled`, async () => {
  const { figures, broken } = await killRound(seed, TIMES);
  expect(broken, `npm run kill -- --times ${TIMES} --seed ${seed}`).toEqual([]);
  // Enough went on for that to mean something.
  expect(figures.messages).toBeGreaterThan(10);
  expect(figures.gestures).toBeGreaterThan(50);
  expect(figures.steps).toBeGreaterThan(5);
  expect(figures.faults).toBeGreaterThan(5);
}, 600_000);
