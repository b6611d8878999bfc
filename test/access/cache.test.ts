import { expect, test } from 'vitest';
import { createCache } from '../../src/access/cache.ts';

test('evicts the value, or the failure, loaded longest ago', async () => {
  const loaded: string[] = [];
  const cache = createCache({
    load: async (key) => {
      loaded.push(key);
      if (key.startsWith('bad')) throw new Error(key);
      return key.toUpperCase();
    },
    freshMs: 1_000,
    keepMs: 1_000,
    backOffMs: () => 1_000,
    maxKeys: 2,
    now: () => 0,
  });
  for (const key of ['a', 'b', 'c', 'c', 'b']) await cache.get(key);
  expect(loaded).toEqual(['a', 'b', 'c']);
  expect(cache.known('a')).toBeNull();
  expect(cache.known('c')).toEqual({ value: 'C' });
  for (const key of ['bad1', 'bad2', 'bad3', 'bad3']) {
    await expect(cache.get(key)).rejects.toThrow(key);
  }
  expect(loaded.slice(3)).toEqual(['bad1', 'bad2', 'bad3']);
  await expect(cache.get('bad1')).rejects.toThrow('bad1');
  expect(loaded.slice(6)).toEqual(['bad1']);
});
