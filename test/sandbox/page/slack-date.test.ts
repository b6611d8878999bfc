import { expect, test } from 'vitest';
import { formatSlackDate } from '../../../src/sandbox/page/blocks/slack-date.ts';

const now = new Date(2026, 2, 12, 15, 0, 0);

test.for([
  ['{date_num}', new Date(2026, 2, 2), '2026-03-02'],
  ['{date_short}', new Date(2026, 2, 2), 'Mar 2, 2026'],
  ['{date_long}', new Date(2026, 2, 2), 'Monday, March 2, 2026'],
  ['{date_short_pretty} at {time}', new Date(2026, 2, 12, 9, 5), 'Today at 9:05 AM'],
  ['since {date_pretty}', new Date(2026, 2, 11, 23, 59), 'since yesterday'],
  ['{date_pretty}', new Date(2026, 2, 10), 'March 10, 2026'],
  ['{ago}', new Date(2026, 2, 12, 14, 58, 50), '1 minute ago'],
  ['{nonsense}', now, '{nonsense}'],
] as const)('formats %s as Slack does', ([format, date, expected]) => {
  expect(formatSlackDate(format, date, now)).toBe(expected);
});
