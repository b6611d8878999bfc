import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { healthCommand, image, only } from './support/dockerfile.ts';
import { FINISH_WITHIN_SECONDS, knownSettings, neededMemoryMb, PORT } from './support/promises.ts';
import { readSource } from './support/source-files.ts';

const bot = z.object({
  image: z.string(),
  build: z.literal('.'),
  env_file: z.array(z.object({ path: z.literal('.env'), format: z.literal('raw') })),
  environment: z.record(z.string(), z.string()),
  read_only: z.literal(true),
  cap_drop: z.tuple([z.literal('ALL')]),
  security_opt: z.tuple([z.literal('no-new-privileges:true')]),
  restart: z.literal('unless-stopped'),
  stop_grace_period: z.string(),
  healthcheck: z.object({
    test: z.array(z.string()),
    interval: z.string(),
    timeout: z.string(),
    start_period: z.string(),
    retries: z.number(),
  }),
  logging: z.object({ options: z.record(z.string(), z.string()) }),
  deploy: z.object({
    resources: z.object({
      limits: z.object({ cpus: z.string(), memory: z.string(), pids: z.number() }),
      reservations: z.object({ memory: z.string() }),
    }),
    update_config: z.object({ parallelism: z.number(), order: z.string() }),
  }),
});
const compose = z
  .object({ services: z.record(z.string(), bot) })
  .parse(parse(readSource('compose.yaml')));
const bots = Object.entries(compose.services);

test('compose.yaml is valid by the schema of the Compose specification', () => {
  const linter = 'node_modules/dclint/bin/dclint.cjs';
  const args = [linter, '--formatter', 'json', 'compose.yaml'];
  const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const results = z
    .array(z.object({ messages: z.array(z.object({ type: z.string(), message: z.string() })) }))
    .length(1)
    .parse(JSON.parse(stdout));
  const errors = results.flatMap(({ messages }) => messages.filter(({ type }) => type === 'error'));
  expect(errors).toEqual([]);
});

test('two bots run, in containers that are alike', () => {
  expect(bots.map(([name]) => name)).toEqual(['bot-1', 'bot-2']);
  expect(compose.services['bot-1']).toEqual(compose.services['bot-2']);
});

test.each(bots)("%s is checked as the image's own health check does it", (_, { healthcheck }) => {
  expect(healthcheck.test).toEqual(['CMD', ...healthCommand()]);
  const { interval, timeout, start_period, retries } = healthcheck;
  expect(only(image, 'HEALTHCHECK')).toContain(
    `--interval=${interval} --timeout=${timeout} --start-period=${start_period} --retries=${retries}`,
  );
});

test.each(bots)('%s may use more memory than was measured, with its health check', (_, service) => {
  const { limits, reservations } = service.deploy.resources;
  expect(Number.parseInt(limits.memory, 10)).toBeGreaterThan(neededMemoryMb().withHealthCheck);
  expect(Number.parseInt(reservations.memory, 10)).toBeGreaterThan(neededMemoryMb().bot);
  expect([limits.memory, reservations.memory].join()).toMatch(/^\d+M,\d+M$/);
});

test.each(bots)('%s has time to finish its work before it is killed', (_, service) => {
  expect(service.stop_grace_period).toMatch(/^\d+s$/);
  expect(Number.parseInt(service.stop_grace_period, 10)).toBeGreaterThan(FINISH_WITHIN_SECONDS);
});

test.each(bots)('%s gets only settings that exist, and no secret', (_, { environment }) => {
  expect(Object.keys(environment).filter((name) => !knownSettings().includes(name))).toEqual([]);
  expect(environment).toEqual({
    PORT: String(PORT),
    METRICS_PORT: expect.stringMatching(/^\d+$/),
    DATABASE_URL: '',
  });
});

test.each(bots)('%s keeps a bounded log', (_, { logging }) => {
  expect(Object.keys(logging.options).sort()).toEqual(['max-file', 'max-size']);
});

test.each(bots)('%s is updated alone, and the new one starts first', (_, { deploy }) => {
  expect(deploy.update_config).toEqual(
    expect.objectContaining({ parallelism: 1, order: 'start-first' }),
  );
});
