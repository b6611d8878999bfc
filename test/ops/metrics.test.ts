import { register } from 'prom-client';
import { expect, test } from 'vitest';
import { METRICS, type MetricDefinition } from '../../src/core/metrics.ts';
import type { Meter } from '../../src/core/ports.ts';
import { createMetrics, type MetricsSettings } from '../../src/ops/metrics.ts';
import { parseMetrics, valueIn } from '../support/metrics-text.ts';
import { promtool, promtoolIsHere } from '../support/promtool.ts';

const nothing = async () => () => {};

function metricsWith(settings: Partial<MetricsSettings> = {}) {
  const { meter, render } = createMetrics({ readDatabase: nothing, ...settings });
  return { meter, render, samples: async () => parseMetrics(await render()) };
}

test('counts, observes and sets', async () => {
  const { meter, samples } = metricsWith();
  meter.add('deliveries_total', { kind: 'card', outcome: 'shown' });
  meter.add('deliveries_total', { kind: 'card', outcome: 'shown' }, 2);
  meter.observe('gesture_card_seconds', {}, 0.25);
  meter.set('slack_connected', {}, 1);
  const all = await samples();
  expect(valueIn(all, 'deliveries_total', { kind: 'card', outcome: 'shown' })).toBe(3);
  expect(valueIn(all, 'gesture_card_seconds_bucket', { le: '0.2' })).toBe(0);
  expect(valueIn(all, 'gesture_card_seconds_bucket', { le: '0.3' })).toBe(1);
  expect(valueIn(all, 'slack_connected')).toBe(1);
});

test('a first failure is an increase, because its counter has been 0 before', async () => {
  const { meter, samples } = metricsWith();
  const failed = { kind: 'press', outcome: 'failed' } as const;
  expect(valueIn(await samples(), 'payloads_total', failed)).toBe(0);
  meter.add('payloads_total', failed);
  expect(valueIn(await samples(), 'payloads_total', failed)).toBe(1);
});

test.each([
  ['slack_errors_total', 'zoe.canary@leak.example'],
  ['slack_errors_total', 'Canary Aviaries'],
  ['slack_errors_total', `x${'y'.repeat(100)}`],
  ['database_errors_total', 'canary'],
] as const)('a value that label may not have becomes other: %s, %s', async (name, code) => {
  const { meter, render } = metricsWith();
  meter.add(name, { code });
  const text = await render();
  expect(text).not.toContain(code);
  expect(valueIn(parseMetrics(text), name, { code: 'other' })).toBe(1);
});

test('a label has a bounded number of values, however many come', async () => {
  const { meter, samples } = metricsWith();
  for (let n = 0; n < 500; n++) meter.add('slack_errors_total', { code: `code_${n}` });
  const codes = (await samples()).filter(({ name }) => name.endsWith('slack_errors_total'));
  expect(codes).toHaveLength(METRICS.slack_errors_total.labels.code.most + 1);
  expect(valueIn(codes, 'slack_errors_total', { code: 'code_0' })).toBe(1);
  expect(codes.reduce((sum, { value }) => sum + value, 0)).toBe(500);
});

test('asks the database once for many scrapes, and again after a while', async () => {
  let asked = 0;
  const readDatabase = async () => {
    asked += 1;
    return (meter: Meter) => meter.set('steps_due', {}, asked);
  };
  const { samples } = metricsWith({ readDatabase });
  const [one] = await Promise.all([samples(), samples(), samples()]);
  expect(valueIn(one ?? [], 'steps_due')).toBe(1);
  expect(asked).toBe(1);
  const impatient = metricsWith({ readDatabase, cachedMs: 0 });
  await impatient.samples();
  expect(valueIn(await impatient.samples(), 'steps_due')).toBe(3);
});

test("leaves out the database's numbers while it doesn't answer, and doesn't show the last ones", async () => {
  let answers: 'now' | 'never' | 'error' = 'now';
  const { samples } = metricsWith({
    cachedMs: 0,
    answerWithinMs: 20,
    readDatabase: async () => {
      if (answers === 'error') throw new Error('down');
      if (answers === 'never') await new Promise(() => {});
      return (meter) => {
        meter.set('steps_due', {}, 5);
        meter.set('alerts', { state: 'open' }, 7);
      };
    },
  });
  const seen = async () => {
    const all = await samples();
    return ['database_up', 'steps_due', 'alerts'].map((name) => valueIn(all, name));
  };
  expect(await seen()).toEqual([1, 5, 7]);
  answers = 'never';
  expect(await seen()).toEqual([0, undefined, undefined]);
  answers = 'error';
  expect(await seen()).toEqual([0, undefined, undefined]);
  answers = 'now';
  expect(await seen()).toEqual([1, 5, 7]);
});

test('shows CPU time as it grows', async () => {
  const { samples } = metricsWith();
  const first = valueIn(await samples(), 'process_cpu_seconds_total') ?? 0;
  const until = process.cpuUsage().user + 20_000;
  while (process.cpuUsage().user < until);
  const second = valueIn(await samples(), 'process_cpu_seconds_total') ?? 0;
  expect(first).toBeGreaterThan(0);
  expect(second - first).toBeGreaterThan(0.015);
  expect(second).toBeLessThanOrEqual(
    process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6,
  );
});

test("stays out of prom-client's global registry", async () => {
  metricsWith();
  expect(await register.metrics()).toBe('\n');
});

test('no label has a name that Prometheus gives to targets', () => {
  const definitions: Readonly<Record<string, MetricDefinition>> = METRICS;
  const labels = Object.values(definitions).flatMap((one) => Object.keys(one.labels));
  expect(labels.filter((label) => ['job', 'instance', 'le', 'quantile'].includes(label))).toEqual(
    [],
  );
});

test.runIf(promtoolIsHere)('promtool has nothing to say about names and help', async () => {
  const { render } = metricsWith();
  expect(promtool(['check', 'metrics'], await render())).toBe('');
});
