import { expect, test } from 'vitest';
import { TIER_FLOOR, WEIGHTS } from '../../src/core/score.ts';
import { isTuned, readTuning, type Tuning, tuningSql } from '../../src/core/tune.ts';

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
])('%j can’t be read', (words) => {
  expect(readTuning(words)).toMatchObject({ kind: 'unreadable' });
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
