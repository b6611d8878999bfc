import { expect, test } from 'vitest';
import { createOnceAnHour } from '../../src/jobs/once-an-hour.ts';

const HOUR_MS = 3_600_000;

function stage() {
  let at = 0;
  const isNews = createOnceAnHour({ now: () => at, wall: () => at, sleep: async () => {} });
  const pass = (ms: number): void => {
    at += ms;
  };
  return { isNews, pass };
}

test('the same is news once an hour, and at once for another reason', () => {
  const { isNews, pass } = stage();
  expect(isNews('lead', 'tier')).toBe(true);
  pass(HOUR_MS - 1);
  expect(isNews('lead', 'tier')).toBe(false);
  pass(1);
  expect(isNews('lead', 'tier')).toBe(true);
  expect(isNews('lead', 'score')).toBe(true);
  expect(isNews('other', 'score')).toBe(true);
});

test('remembers 10,000 things, and forgets what it has not reported for longest', () => {
  const { isNews } = stage();
  for (let n = 0; n < 10_000; n++) isNews(`lead ${n}`, 'tier');
  // Reported again, so no longer the oldest.
  expect(isNews('lead 0', 'score')).toBe(true);
  expect(isNews('one more', 'tier')).toBe(true);
  expect(isNews('lead 0', 'score')).toBe(false);
  expect(isNews('lead 2', 'tier')).toBe(false);
  expect(isNews('lead 1', 'tier')).toBe(true);
});
