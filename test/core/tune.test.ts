import { expect, test } from 'vitest';
import { TIER_FLOOR, WEIGHTS } from '../../src/core/score.ts';
import { isSameFormula, isTuned, readTuning, type Tuning, tuningSql } from '../../src/core/tune.ts';

test.each<[string, Tuning]>([
  ['', { threshold: null, weights: {} }],
  ['85', { threshold: 85, weights: {} }],
  ['82.5', { threshold: 82.5, weights: {} }],
  ['score 85', { threshold: 85, weights: {} }],
  ['threshold=85', { threshold: 85, weights: {} }],
  ['>= 85 points', { threshold: 85, weights: {} }],
  ['usage=35 company=20', { threshold: null, weights: { usage: 35, company: 20 } }],
  ['Usage 35%, Company: 20 %', { threshold: null, weights: { usage: 35, company: 20 } }],
  ['85 usage=35 company=20', { threshold: 85, weights: { usage: 35, company: 20 } }],
  ['usage=35 85 company=20', { threshold: 85, weights: { usage: 35, company: 20 } }],
  ['timing=0 champion=25', { threshold: null, weights: { timing: 0, champion: 25 } }],
  ['usage=100', { threshold: null, weights: { usage: 100 } }],
  ['100', { threshold: 100, weights: {} }],
  [',  ; 85 ;', { threshold: 85, weights: {} }],
])('%j is read as %j', (words, tuning) => {
  expect(readTuning(words)).toEqual({ kind: 'tuning', tuning });
});

test.each([
  '0',
  '101',
  '-5',
  '85 90',
  'hotter',
  'usage',
  'usage=',
  'usage=abc',
  'usage=101',
  'usage=-5',
  'usage=1e2',
  'growth=20',
  '8'.repeat(5_000),
  "85'; drop table x",
  // Without the name in between, no number.
  '8usage=355',
])('%j can’t be read', (words) => {
  expect(readTuning(words)).toMatchObject({ kind: 'unreadable' });
});

test('shows the part back that can’t be read', () => {
  expect(readTuning('usage=101 85')).toEqual({ kind: 'unreadable', part: 'usage=101' });
  expect(readTuning('usage=20  much,  hotter')).toEqual({
    kind: 'unreadable',
    part: 'much hotter',
  });
  expect(readTuning('x'.repeat(500))).toEqual({ kind: 'unreadable', part: 'x'.repeat(200) });
});

test('two formulas are the same with the same threshold and weights', () => {
  const weights = { company: 25, usage: 30, expansion: 20, champion: 15, timing: 10 };
  const formula = { threshold: 80, weights };
  expect(isSameFormula(formula, { threshold: 80, weights: { ...weights } })).toBe(true);
  expect(isSameFormula(formula, { threshold: 81, weights })).toBe(false);
  for (const { key } of WEIGHTS) {
    const other = { ...formula, weights: { ...weights, [key]: weights[key] + 1 } };
    expect(isSameFormula(formula, other), key).toBe(false);
  }
});

test('a tuning changes something', () => {
  expect(isTuned({ threshold: null, weights: {} })).toBe(false);
  expect(isTuned({ threshold: 80, weights: {} })).toBe(true);
  expect(isTuned({ threshold: null, weights: { usage: 0 } })).toBe(true);
});

test('the SQL keeps the lower tiers where the bot has them', () => {
  const percent = (key: string) => WEIGHTS.find((one) => one.key === key)?.percent ?? 0;
  const sql = tuningSql({
    threshold: 80,
    weights: {
      company: percent('company'),
      usage: percent('usage'),
      expansion: percent('expansion'),
      champion: percent('champion'),
      timing: percent('timing'),
    },
  });
  const floors = [...sql.matchAll(/>= (\S+) then '(\w+)'/g)].map(([, points, tier]) => ({
    tier,
    points: Number(points),
  }));
  expect(floors).toEqual(TIER_FLOOR);
});
