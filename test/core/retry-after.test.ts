import { expect, test } from 'vitest';
import { DatabaseError } from '../../src/adapters/supabase-client.ts';
import { retryAfterMs } from '../../src/core/retry-after.ts';

test.each([
  ['as long as it says', new DatabaseError('x', null, 503, 7_000), 7_000],
  ['30 s at most', new DatabaseError('x', null, 503, 86_400_000), 30_000],
  ['not at all when it says nothing', new DatabaseError('x', null, 503), 0],
  ['not at all for a time that has passed', new DatabaseError('x', null, 503, -1), 0],
  ['not at all for other errors', new TypeError('fetch failed'), 0],
])('a server that failed is left alone %s', (_, error, expected) => {
  expect(retryAfterMs(error)).toBe(expected);
});
