import { expect, test } from 'vitest';
import { statsDaysIn } from '../../src/core/stats.ts';

test.each([
  ['', 30],
  ['  ', 30],
  ['7', 7],
  ['30', 30],
  ['90d', 90],
  ['90 d', 90],
  ['7 day', 7],
  ['7 days', 7],
  ['LAST 90 Days', 90],
  ['last  7d', 7],
  ['last week', 7],
  ['week', 7],
  ['month', 30],
  ['last quarter', 90],
  ['last', 30],
])('stats of %j cover %i days', (words, days) => {
  expect(statsDaysIn(words)).toBe(days);
});

test.each([
  '8',
  '31 days',
  '900',
  '9000',
  '90 weeks',
  '90 dx',
  'x90',
  '90xd',
  '90  d',
  'days',
  'year',
  'at last 90',
  'lastweek',
  'constructor',
])('stats of %j can’t be read', (words) => {
  expect(statsDaysIn(words)).toBeNull();
});
