import { expect, test } from 'vitest';
import { bestScores } from '../../src/core/why.ts';

const on = (day: number, score: number, of = 'ada', hour = 12) => ({
  of,
  at: new Date(Date.UTC(2026, 2, day, hour)),
  score,
});
const scores = (known: Parameters<typeof bestScores>[0]) =>
  bestScores(known).map(({ score }) => score);

test('the best score of a company is that of whoever is best at the time', () => {
  expect(scores([on(1, 60), on(2, 70, 'bob'), on(3, 90), on(4, 50), on(5, 40, 'bob')])).toEqual([
    60, 70, 90, 70, 50,
  ]);
});

test('only the last score of a day counts, and only changes', () => {
  expect(scores([on(1, 60), on(2, 60), on(3, 99, 'ada', 1), on(3, 70, 'ada', 2)])).toEqual([
    60, 70,
  ]);
});

test('takes scores in any order, and keeps the newest twenty', () => {
  const days = Array.from({ length: 28 }, (_, n) => on(n + 1, 40 + n));
  expect(scores(days.toReversed())).toEqual(Array.from({ length: 20 }, (_, n) => 48 + n));
});
