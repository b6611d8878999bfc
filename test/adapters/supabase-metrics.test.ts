import { expect, test } from 'vitest';
import { readNumbers } from '../../src/adapters/supabase-metrics.ts';
import { answering, type Json } from '../support/database-answers.ts';
import { memoryMeter } from '../support/memory-meter.ts';

/** A distinct number everywhere. */
const numbers = (part: Json = {}): Json => ({
  limit_ms: 8_000,
  alerts: { open: 1, claimed: 2, contacted: 3, snoozed: 4, not_a_fit: 5, cooling: 6 },
  steps: { due: 7, late_seconds: 8 },
  offers: { running: 9, due: 10, late_seconds: 11 },
  marks: { count: 12, oldest_seconds: 13 },
  swept_at: 14,
  queue: [{ kind: 'card', action: 'post', count: 15 }],
  oldest: [{ kind: 'card', seconds: 16 }],
  gesture_waiting_seconds: 17,
  dead: [{ kind: 'home', count: 18 }],
  webhooks: { waiting: 19, oldest_seconds: 20, set_aside: 21 },
  paused: { channels: 22, everything: 23 },
  ...part,
});

async function reported(part: Json = {}): Promise<string[]> {
  const database = answering(numbers(part));
  const report = await readNumbers(database);
  expect(database.calls).toEqual([['lead_bot_metrics', {}]]);
  const meter = memoryMeter();
  report(meter);
  return meter.lines;
}

test('reports each number of the database by its own name', async () => {
  expect(await reported()).toEqual([
    'database_call_limit_seconds 8',
    'alerts open 1',
    'alerts claimed 2',
    'alerts contacted 3',
    'alerts snoozed 4',
    'alerts not-a-fit 5',
    'alerts cooling 6',
    'steps_due 7',
    'steps_late_seconds 8',
    'offers running 9',
    'offers due 10',
    'offers_late_seconds 11',
    'marks 12',
    'marks_oldest_seconds 13',
    'sweep_timestamp_seconds 14',
    'queue_messages card post 15',
    'queue_oldest_seconds card 16',
    'gesture_waiting_seconds 17',
    'messages_dead home 18',
    'webhooks_waiting 19',
    'webhooks_oldest_seconds 20',
    'webhooks_set_aside 21',
    'channels_paused channels 22',
    'channels_paused everything 23',
  ]);
});

test('reports no sweep before the first, and no webhooks while nobody takes them', async () => {
  const lines = (await reported({ swept_at: null, webhooks: null })).join('\n');
  expect(lines).not.toMatch(/sweep_timestamp|webhooks/);
});

test.each([
  [0, 10],
  [60_000, 10],
  [10_000, 10],
  [3_000, 3],
])(
  'with a statement timeout of %i ms, a call is given up after %i s',
  async (limit_ms, seconds) => {
    expect(await reported({ limit_ms })).toContain(`database_call_limit_seconds ${seconds}`);
  },
);
