import { expect, test } from 'vitest';
import { DatabaseError } from '../../src/adapters/supabase-client.ts';
import { retryAfterMs } from '../../src/core/retry-after.ts';

test.each([
  ['for as long as it asks', new DatabaseError('x', null, 503, 7_000), 7_000],
  ['for 30 s at most', new DatabaseError('x', null, 503, 86_400_000), 30_000],
  ['not at all if it asks for nothing', new DatabaseError('x', null, 503), 0],
  ['not at all for a negative time', new DatabaseError('x', null, 503, -1), 0],
  ['not at all for other errors', new TypeError('fetch failed'), 0],
])('leaves a failed server alone %s', (_, error, expected) => {
  expect(retryAfterMs(error)).toBe(expected);
});
