import { expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import { freePort } from '../support/listen.ts';
import { parseMetrics, valueIn } from '../support/metrics-text.ts';
import {
  ALICE,
  alertOf,
  BEN,
  HOT_LEADS,
  message,
  onMessage,
  startWorld,
} from '../support/world.ts';

const port = await freePort();
const { slack, db } = await startWorld({ env: { METRICS_PORT: String(port) } });

async function scrape() {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  return parseMetrics(await response.text());
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
  expect(value('job_duration_seconds_count', { job: 'poll' })).toBeGreaterThan(0);
  const polledAt = value('job_last_success_timestamp_seconds', { job: 'poll' }) ?? 0;
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
  slack.misbehave({
    method: 'chat.update',
    times: 1,
    how: { kind: 'rate-limit', retryAfterSeconds: 1 },
  });
  slack.misbehave({
    method: 'chat.update',
    times: 1,
    how: { kind: 'error', error: 'channel_not_found' },
  });
  const card = await message(slack, HOT_LEADS, 'HomeFront', '[Claim lead]');
  await slack.press(ALICE, onMessage(card), { actionId: ids.claim });
  await eventually('slack_errors_total', { code: 'channel_not_found' }).toBe(1);
  await eventually('deliveries_total', { kind: 'card', outcome: 'pause' }).toBe(1);
  await eventually('channels_paused', { what: 'channels' }).toBe(1);
  await eventually('gesture_waiting_seconds').toBeGreaterThan(0);
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
  await eventually('job_failures_total', { job: 'poll' }).toBeGreaterThan(0);
  expect(valueIn(await scrape(), 'database_errors_total', { code: 'none' })).toBeGreaterThan(0);
});
