import { expect, test } from 'vitest';
import { z } from 'zod';
import { FINISH_WITHIN_SECONDS, knownSettings, neededMemoryMb, PORT } from './support/promises.ts';
import { readSource } from './support/source-files.ts';

/** The part of TOML that the file uses: tables, and values that are also JSON. */
function tables(toml: string): Record<string, Record<string, unknown>> {
  const found: Record<string, Record<string, unknown>> = {};
  let current: Record<string, unknown> = {};
  found[''] = current;
  for (const line of toml.split('\n').filter((one) => one !== '' && !one.startsWith('#'))) {
    const [, table] = /^\[{1,2}([\w.]+)\]{1,2}$/.exec(line) ?? [];
    const [, key, value] = /^(\w+) = (.+)$/.exec(line) ?? [];
    if (table !== undefined) {
      current = {};
      found[table] = current;
    } else if (key !== undefined) current[key] = JSON.parse(value ?? '');
    else throw new Error(`Not understood: ${line}`);
  }
  return found;
}

const duration = z.string().regex(/^\d+[sm]$/);
const check = z.strictObject({
  type: z.literal('http'),
  port: z.literal(PORT),
  method: z.literal('get'),
  path: z.string(),
  grace_period: duration,
  interval: duration,
  timeout: duration,
});
/** The keys of Fly's reference that the file uses. */
const shape = z.strictObject({
  '': z.strictObject({
    app: z.string(),
    primary_region: z.string().regex(/^[a-z]{3}$/),
    kill_signal: z.literal('SIGTERM'),
    kill_timeout: z.int().max(300),
  }),
  env: z.record(z.string(), z.string()),
  deploy: z.strictObject({
    strategy: z.literal('rolling'),
    max_unavailable: z.literal(1),
    wait_timeout: duration,
  }),
  vm: z.strictObject({ size: z.string(), memory: z.string().regex(/^\d+mb$/) }),
  restart: z.strictObject({ policy: z.enum(['always', 'on-failure']) }),
  'checks.alive': check,
  'checks.ready': check,
  metrics: z.strictObject({ port: z.int(), path: z.literal('/metrics') }),
});
const fly = shape.parse(tables(readSource('docs/fly/fly.toml')));

test('Fly waits for the bot to finish its work', () => {
  expect(fly[''].kill_timeout).toBeGreaterThan(FINISH_WITHIN_SECONDS);
});

test('an update waits until the new bot is ready', () => {
  expect(fly['checks.alive'].path).toBe('/healthz');
  expect(fly['checks.ready'].path).toBe('/readyz');
});

test('a Machine has more memory than was measured', () => {
  expect(Number.parseInt(fly.vm.memory, 10)).toBeGreaterThan(neededMemoryMb().withHealthCheck);
});

test('the file sets only settings that exist, and no secret', () => {
  expect(Object.keys(fly.env).filter((name) => !knownSettings().includes(name))).toEqual([]);
  expect(fly.env).toEqual({ PORT: String(PORT), METRICS_PORT: String(fly.metrics.port) });
});
