import { expect, test } from 'vitest';
import type { ScoreComponents } from '../../src/core/lead.ts';
import { exactTotal, explainedTotal, gapToHot, TIER_FLOOR, WEIGHTS } from '../../src/core/score.ts';

const all = (score: number): ScoreComponents => ({
  company: score,
  usage: score,
  expansion: score,
  champion: score,
  timing: score,
});

test('the weights add up to 100 percent and name each component once', () => {
  expect(WEIGHTS.reduce((sum, { percent }) => sum + percent, 0)).toBe(100);
  expect(WEIGHTS.map(({ key }) => key).sort()).toEqual(Object.keys(all(0)).sort());
});

test('the total keeps its decimals', () => {
  const velocityPay = { company: 85, usage: 92, expansion: 88, champion: 90, timing: 80 };
  expect(exactTotal(velocityPay)).toBe(87.95);
});

test.each([0, 1, 33, 50, 99, 100])('five components of %i make a total of the same', (score) => {
  expect(exactTotal(all(score))).toBe(score);
});

test.each([
  [{ company: 80, usage: 80, expansion: 80, champion: 80, timing: 76 }, 79.6],
  [{ company: 79, usage: 80, expansion: 80, champion: 80, timing: 80 }, 79.75],
  [{ company: 0, usage: 0, expansion: 0, champion: 1, timing: 0 }, 0.15],
  [{ company: 1, usage: 1, expansion: 1, champion: 1, timing: 0 }, 0.9],
])('the total of %o is exactly %d', (components, total) => {
  expect(exactTotal(components)).toBe(total);
});

test('every total is a whole number of hundredths, without float errors', () => {
  for (let usage = 0; usage <= 100; usage++) {
    for (let champion = 0; champion <= 100; champion++) {
      const total = exactTotal({ ...all(70), usage, champion });
      expect(total).toBe(Math.round(total * 100) / 100);
    }
  }
});

test('the tiers start where the schema says, highest first', () => {
  expect(TIER_FLOOR).toEqual([
    { tier: 'hot', points: 80 },
    { tier: 'warm', points: 60 },
    { tier: 'nurture', points: 40 },
  ]);
});

test('the gap counts the points to 80 and names the largest lever first', () => {
  const gap = gapToHot({ company: 60, usage: 50, expansion: 100, champion: 0, timing: 0 });
  expect(gap.points).toBe(30);
  expect(gap.levers).toEqual([
    { label: 'Usage', score: 50, couldAdd: 15 },
    { label: 'Champion', score: 0, couldAdd: 15 },
    { label: 'Company', score: 60, couldAdd: 10 },
    { label: 'Timing', score: 0, couldAdd: 10 },
    { label: 'Expansion', score: 100, couldAdd: 0 },
  ]);
});

test('a hot lead has no gap', () => {
  expect(gapToHot(all(80)).points).toBe(0);
  expect(gapToHot(all(100)).points).toBe(-20);
});

test('the levers add up to what is missing to 100', () => {
  const components = { company: 12, usage: 34, expansion: 56, champion: 78, timing: 90 };
  const sum = gapToHot(components).levers.reduce((total, { couldAdd }) => total + couldAdd, 0);
  expect(sum).toBeCloseTo(100 - exactTotal(components), 10);
});

test.each([
  ['as given', 88, 'hot', 87.95],
  ['with an unknown total', null, null, 87.95],
  ['under other weights', 85, 'hot', null],
  ['under other floors', 88, 'warm', null],
] as const)('explains the total of a score %s, or not', (_, totalScore, tier, total) => {
  const components = { company: 85, usage: 92, expansion: 88, champion: 90, timing: 80 };
  expect(explainedTotal({ components, totalScore, tier })).toBe(total);
});

test('explains nothing without components', () => {
  expect(explainedTotal({ components: null, totalScore: 88, tier: 'hot' })).toBeNull();
});
