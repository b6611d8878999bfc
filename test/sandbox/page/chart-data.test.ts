import { expect, test } from 'vitest';
import { readChart, slicePath, ticksFor } from '../../../src/sandbox/page/blocks/chart-data.ts';
import { weeks } from './home-states.ts';

test('orders the points of a series like the categories', () => {
  const [series] = weeks.chart.series;
  const shuffled = {
    ...weeks,
    chart: { ...weeks.chart, series: [{ ...series, data: series?.data.toReversed() }] },
  };
  expect(readChart(shuffled)).toMatchObject({ series: [{ values: [9, 1200, 12] }] });
});

test.for([
  { values: [3, 13], ticks: [0, 5, 10, 15] },
  { values: [1, 2], ticks: [0, 1, 2] },
  { values: [0, 0], ticks: [0, 1] },
  { values: [0.2, 0.5], ticks: [0, 0.2, 0.4, 0.6] },
  { values: [-4, 6], ticks: [-5, 0, 5, 10] },
])('divides the axis of $values at round numbers', ({ values, ticks }) => {
  expect(ticksFor(values, 4).map((tick) => Number(tick.toFixed(6)))).toEqual(ticks);
});

test('draws the only segment of a pie as a whole circle', () => {
  expect(slicePath(0, 1, 10).match(/A/g)).toHaveLength(2);
  expect(slicePath(0.25, 0.5, 10)).toBe('M0 0L10.00 -0.00A10 10 0 0 1 0.00 10.00Z');
});
