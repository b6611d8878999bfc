import { expect, test } from 'vitest';
import { supabaseOutcomes } from '../../src/adapters/supabase-outcomes.ts';
import type { SendResult } from '../../src/core/outcome-event.ts';
import { answering, type Json } from '../support/database-answers.ts';

const RECEIVER = { fingerprint: 'f0', people: false };

test('takes events of its receiver, each with the body that is signed', async () => {
  const data = { alert_id: 'a1', sequence: 2 };
  const row = {
    id: '22222222-2222-2222-2222-222222222222',
    token: '33333333-3333-3333-3333-333333333333',
    attempt: 3,
    event: { type: 'lead.claimed', timestamp: '2026-03-02T10:00:00+01:00', data },
  };
  const database = answering({ work: [row], given_up: 4 });
  expect(await supabaseOutcomes(database, RECEIVER).take(5, 60_000, true)).toEqual({
    work: [
      {
        token: row.token,
        attempt: 3,
        event: {
          id: row.id,
          alertId: 'a1',
          type: 'lead.claimed',
          body: JSON.stringify({
            type: 'lead.claimed',
            timestamp: '2026-03-02T09:00:00.000Z',
            data,
          }),
        },
      },
    ],
    givenUp: 4,
  });
  expect(database.calls).toEqual([
    [
      'lead_bot_take_outcomes',
      {
        p_endpoint: 'f0',
        p_limit: 5,
        p_lease_seconds: 60,
        p_people: false,
        p_begins: true,
      },
    ],
  ]);
});

test.each<[SendResult, Json]>([
  [{ kind: 'delivered' }, { outcome: 'delivered' }],
  [
    { kind: 'failed', reason: 'HTTP 500', retryAfterMs: null },
    { outcome: 'failed', reason: 'HTTP 500' },
  ],
  [
    { kind: 'failed', reason: 'HTTP 429', retryAfterMs: 1_500 },
    { outcome: 'failed', reason: 'HTTP 429', retry_after_seconds: 1.5 },
  ],
  [
    { kind: 'gone', reason: 'HTTP 410', retryAfterMs: null },
    { outcome: 'gone', reason: 'HTTP 410' },
  ],
])('records %o under the lease as %o', async (result, p_result) => {
  const database = answering('waiting');
  expect(await supabaseOutcomes(database, RECEIVER).confirm('e1', 't1', result)).toBe('waiting');
  expect(database.calls).toEqual([
    ['lead_bot_confirm_outcome', { p_id: 'e1', p_token: 't1', p_endpoint: 'f0', p_result }],
  ]);
});
