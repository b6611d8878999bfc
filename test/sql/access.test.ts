import { expect, test } from 'vitest';
import { supabaseAudit, supabaseSeenRequests } from '../../src/adapters/supabase-access.ts';
import type { RefusedGesture } from '../../src/core/access.ts';
import { seenEventsAmong } from '../../src/intake/seen-events.ts';
import { botDatabase } from '../support/bot-database.ts';

const db = await botDatabase();
const audit = supabaseAudit(db.database);
const seen = supabaseSeenRequests(db.database);

const gesture: RefusedGesture = {
  user: 'U0GUS',
  team: 'T0THEIRS',
  channel: 'C0HOTLEADS',
  action: 'alert.claim',
  why: 'guest',
  alertId: '0b5f2c1e-7f5d-4c0e-9a51-2f6a3f0f9a10',
};
const rows = () => db.sql('select * from lead_bot.access_refusals order by id');
const ago = (interval: string) =>
  db.sql(
    `set session_replication_role = replica;
   update lead_bot.access_refusals set at = at - interval '${interval}';
   update lead_bot.seen_requests set seen_at = seen_at - interval '${interval}';
   set session_replication_role = origin;`,
  );

test('records who was refused what, where and why', async () => {
  await audit.refused(gesture);
  expect(await rows()).toEqual([
    {
      id: expect.anything(),
      at: expect.any(Date),
      actor: 'U0GUS',
      team: 'T0THEIRS',
      channel: 'C0HOTLEADS',
      action: 'alert.claim',
      why: 'guest',
      alert_id: gesture.alertId,
    },
  ]);
});

test('records one row a minute per user, action and reason, even with two bots writing', async () => {
  await Promise.all(Array.from({ length: 10 }, () => audit.refused(gesture)));
  expect(await rows()).toHaveLength(1);
  await audit.refused({ ...gesture, why: 'not-in-channel' });
  await audit.refused({ ...gesture, action: 'alert.details' });
  await audit.refused({ ...gesture, user: 'U0DANA' });
  expect(await rows()).toHaveLength(4);
  await ago('61 seconds');
  await audit.refused(gesture);
  expect(await rows()).toHaveLength(5);
});

test('truncates overlong values, and allows a refusal without channel, team or alert', async () => {
  await audit.refused({
    user: 'U'.repeat(500),
    team: null,
    channel: null,
    action: 'x'.repeat(5_000),
    why: 'unchecked',
    alertId: null,
  });
  const [row] = await rows();
  expect(row).toMatchObject({ actor: 'U'.repeat(40), action: 'x'.repeat(100), team: null });
});

test.each([
  'update lead_bot.access_refusals set why = $$bot$$',
  'delete from lead_bot.access_refusals',
  'truncate lead_bot.access_refusals',
])('nobody can run this, not even the owner of the tables: %s', async (statement) => {
  await audit.refused(gesture);
  await ago('364 days');
  await expect(db.sql(statement)).rejects.toMatchObject({ code: '42501' });
  expect(await rows()).toHaveLength(1);
});

test('tidying deletes refusals after a year and requests after ten minutes', async () => {
  await audit.refused(gesture);
  await seen.isFirst('a'.repeat(64));
  await ago('9 minutes');
  await db.tidy(365);
  expect(await seen.isFirst('a'.repeat(64))).toBe(false);
  await ago('2 minutes');
  await db.tidy(365);
  expect(await db.sql('select * from lead_bot.seen_requests')).toEqual([]);
  expect(await rows()).toHaveLength(1);
  await ago('366 days');
  await db.tidy(365);
  expect(await rows()).toEqual([]);
});

test('only one of many concurrent callers sees a request first', async () => {
  const answers = await Promise.all(Array.from({ length: 10 }, () => seen.isFirst('b'.repeat(64))));
  expect(answers.filter(Boolean)).toHaveLength(1);
  expect(await seen.isFirst('c'.repeat(64))).toBe(true);
});

test('stores only the fingerprint of a request', async () => {
  await expect(seen.isFirst('v0=the signature itself')).rejects.toThrow('seen_requests');
});

test('only the first to ask about an event sees it first', async () => {
  const events = seenEventsAmong(seen);
  const asked = ['Ev0A', 'Ev0B', 'Ev0A'].map((id) => events.isFirst(id));
  expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(2);
  await ago('9 minutes');
  await db.tidy(365);
  expect(await events.isFirst('Ev0A')).toBe(false);
});
