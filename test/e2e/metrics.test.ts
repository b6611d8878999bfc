import { expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import { METRIC_PREFIX, METRICS, type MetricDefinition } from '../../src/core/metrics.ts';
import type { Misbehavior } from '../../src/sandbox/slack/faults.ts';
import { alertOf } from '../support/leads.ts';
import { freePort } from '../support/listen.ts';
import { parseMetrics, type Sample, valueIn } from '../support/metrics-text.ts';
import { expressions } from '../support/monitoring.ts';
import { namesIn } from '../support/promql.ts';
import { promtool, promtoolIsHere } from '../support/promtool.ts';
import { readSource } from '../support/source-files.ts';
import { webhookReceiver } from '../support/webhook-receiver.ts';
import { ALICE, BEN, HOT_LEADS, message, onMessage, startWorld } from '../support/world.ts';

const port = await freePort();
const webhooks = await webhookReceiver();
const { slack, db } = await startWorld({
  env: {
    METRICS_PORT: String(port),
    OUTCOME_WEBHOOK_URL: webhooks.url,
    OUTCOME_WEBHOOK_SECRET: webhooks.secret,
  },
});

/** Of all scrapes, for the last tests. */
const seen: Sample[] = [];
let lastText = '';

async function scrape() {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  lastText = await response.text();
  const samples = parseMetrics(lastText);
  seen.push(...samples);
  return samples;
}

/** Scrapes until the number is there. The database's are at most ten seconds old. */
const eventually = (name: string, labels: Record<string, string> = {}) =>
  expect.poll(async () => valueIn(await scrape(), name, labels), { timeout: 15_000 });

test('shows a lead from the poll that found it to the card and the claim', async () => {
  const card = await message(slack, HOT_LEADS, 'VelocityPay', '[Claim lead]');
  await slack.press(ALICE, onMessage(card), { actionId: ids.claim });
  await message(slack, HOT_LEADS, 'VelocityPay', 'Claimed by');
  // On a card that was not redrawn yet.
  await slack.pressWith(BEN, onMessage(card), {
    type: 'button',
    action_id: ids.claim,
    block_id: 'x',
    value: await alertOf(db, 'velocitypay.io'),
  });

  await eventually('gesture_card_seconds_count').toBe(1);
  await eventually('gestures_total', { kind: 'claim', outcome: 'claimed-by-other' }).toBe(1);
  await eventually('payloads_total', { kind: 'press', outcome: 'handled' }).toBe(2);
  const samples = await scrape();
  const value = (name: string, labels: Record<string, string> = {}) =>
    valueIn(samples, name, labels);
  expect(value('gestures_total', { kind: 'claim', outcome: 'done' })).toBe(1);
  expect(value('payload_ack_seconds_count', { kind: 'press' })).toBe(2);
  expect(value('entries_total', { entry: 'opened' })).toBeGreaterThan(1);
  expect(value('poll_rows_total', { rows: 'hot' })).toBeGreaterThan(1);
  expect(value('deliveries_total', { kind: 'card', outcome: 'shown' })).toBeGreaterThan(1);
  expect(value('job_duration_seconds_count', { name: 'poll' })).toBeGreaterThan(0);
  const polledAt = value('job_last_success_timestamp_seconds', { name: 'poll' }) ?? 0;
  expect(Math.abs(Date.now() / 1000 - polledAt)).toBeLessThan(30);
  expect(
    value('database_call_duration_seconds_count', { function: 'lead_bot_claim' }),
  ).toBeGreaterThan(0);
  expect(value('database_call_limit_seconds')).toBe(8);
  expect(value('slack_connected')).toBe(1);
  expect(value('process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
  await eventually('alerts', { state: 'claimed' }).toBe(1);
});

test('counts what Slack refuses by its code', async () => {
  const card = await message(slack, HOT_LEADS, 'HomeFront', '[Claim lead]');
  const faults: Misbehavior[] = [
    { kind: 'rate-limit', retryAfterSeconds: 1 },
    { kind: 'error', error: 'channel_not_found' },
  ];
  for (const how of faults) {
    // The card of the test above may still be redrawn.
    slack.misbehave({ method: 'chat.update', times: 1, when: ({ ts }) => ts === card.ts, how });
  }
  await slack.press(ALICE, onMessage(card), { actionId: ids.claim });
  await eventually('slack_errors_total', { code: 'channel_not_found' }).toBe(1);
  await eventually('deliveries_total', { kind: 'card', outcome: 'pause' }).toBe(1);
  await eventually('channels_paused', { what: 'channels' }).toBe(1);
  await eventually('gesture_waiting_seconds').toBeGreaterThan(0);
});

test('counts webhooks', async () => {
  await eventually('webhooks_total', { type: 'lead.claimed', result: 'delivered' }).toBeGreaterThan(
    0,
  );
  await eventually('webhooks_waiting').toBe(0);
});

test('counts a lost socket', async () => {
  slack.dropSockets();
  await eventually('slack_reconnects_total', { reason: 'other' }).toBe(1);
  await eventually('slack_connections_total').toBe(2);
});

test('still shows what the bot itself knows when the database is gone', async () => {
  await eventually('database_up').toBe(1);
  await db.stop();
  await eventually('database_up').toBe(0);
  const samples = await scrape();
  expect(valueIn(samples, 'alerts')).toBeUndefined();
  expect(valueIn(samples, 'slack_connected')).toBe(1);
  await eventually('job_failures_total', { name: 'poll' }).toBeGreaterThan(0);
  expect(valueIn(await scrape(), 'database_errors_total', { code: 'none' })).toBeGreaterThan(0);
});

const definitions: Readonly<Record<string, MetricDefinition>> = METRICS;

/** The metric that a name is of, with its labels as they were shown. */
function shownAs(name: string) {
  const plain = `${name}`.replace(METRIC_PREFIX, '');
  const base = plain.replace(/_(?:bucket|sum|count)$/, '');
  const key = definitions[base]?.type === 'histogram' && base !== plain ? base : plain;
  const samples = seen.filter((sample) => sample.name === name);
  const isShown =
    lastText.includes(`# TYPE ${METRIC_PREFIX}${key} `) && (key === plain || samples.length > 0);
  return { isShown, samples };
}

test.each(expressions)('$where asks for metrics and labels that a bot shows', ({ expr }) => {
  const { selectors, grouping } = namesIn(expr);
  const labels = new Set(['instance']);
  for (const { metric, matchers } of selectors) {
    const { isShown, samples } = shownAs(metric);
    expect(isShown, metric).toBe(true);
    for (const sample of samples) for (const label of Object.keys(sample.labels)) labels.add(label);
    for (const { label, value } of matchers) {
      const values = samples.map((sample) => sample.labels[label]);
      expect(values, `${metric}{${label}}`).toEqual(
        value === null
          ? expect.arrayContaining([expect.any(String)])
          : expect.arrayContaining([value]),
      );
    }
  }
  expect(selectors.length).toBeGreaterThan(0);
  expect(grouping.filter((label) => !labels.has(label))).toEqual([]);
});

test('every value of a label is one that it may have', () => {
  const wrong = seen.flatMap(({ name, labels }) => {
    const plain = name.replace(METRIC_PREFIX, '');
    const known = definitions[plain] ?? definitions[plain.replace(/_(?:bucket|sum|count)$/, '')];
    return Object.entries(labels).filter(([label, value]) => {
      const values = known?.labels[label];
      if (label === 'le') return known?.type !== 'histogram';
      if (values === undefined) return true;
      return (
        value !== 'other' && !('like' in values ? values.like.test(value) : values.includes(value))
      );
    });
  });
  expect(wrong).toEqual([]);
});

test('docs/operations.md lists the metrics that a bot shows, with their labels', () => {
  const rows = [
    ...readSource('docs/operations.md').matchAll(/^\| `(lead_alerts_\w+)` \| (.*?) \|/gm),
  ];
  const documented = rows.map(([, name, labels = '']) => [name, labels.match(/\w+/g) ?? []]);
  const shown = [...lastText.matchAll(/^# TYPE (\w+) /gm)].map(([, name = '']) => [
    name,
    Object.keys(definitions[name.replace(METRIC_PREFIX, '')]?.labels ?? {}),
  ]);
  expect(documented).toEqual(shown);
});

test.runIf(promtoolIsHere)('promtool takes what the bot shows', () => {
  expect(promtool(['check', 'metrics'], lastText)).toBe('');
});
