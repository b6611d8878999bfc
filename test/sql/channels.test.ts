import { expect, test } from 'vitest';
import { readHealth, resume } from '../../src/adapters/supabase-upkeep.ts';
import type { Delivery } from '../../src/core/message.ts';
import { botDatabase, CHANNEL } from '../support/bot-database.ts';
import { addLead } from '../support/leads.ts';
import { LEASE_MS, outboxStage } from '../support/outbox-stage.ts';

const db = await botDatabase();
const { take, nextDueMs, confirm, shown, later } = outboxStage(db);

const channels = (deliveries: readonly Delivery[]) => deliveries.map((d) => d.channel).sort();

async function showAll(deliveries: readonly Delivery[]): Promise<void> {
  for (const delivery of deliveries) {
    await shown(delivery, delivery.address?.ts ?? delivery.messageId);
  }
}

async function addMessages(channel: string, count: number): Promise<void> {
  await db.sql(
    `insert into lead_bot.messages (kind, channel, dedupe_key, payload)
     select 'rollup', $1, $1 || ':' || gen_random_uuid(),
            '{"reason": "storm", "made_at": "2026-03-02T09:00:00Z", "total": 0}'
       from generate_series(1, $2)`,
    [channel, count],
  );
}

const pause = (delivery: Delivery, everything = false) =>
  confirm(delivery, { kind: 'pause', reason: 'not_in_channel', everything });

/** Two alerts with posted cards. */
async function twoPostedCards(): Promise<void> {
  await addLead(db, { domain: 'a.example' });
  await addLead(db, { domain: 'b.example' });
  await db.poll();
  await showAll(await take());
  await later('1 second');
  await showAll(await take());
}

const only = (deliveries: readonly Delivery[]): Delivery => {
  const [first, ...others] = deliveries;
  if (first === undefined || others.length > 0) throw new Error(`took ${deliveries.length}`);
  return first;
};

test('posts at most one new message a second per channel, across deliverers', async () => {
  await addMessages('C1', 3);
  const both = (await Promise.all([take(), take()])).flat();
  expect(both).toHaveLength(1);
  expect(await take()).toEqual([]);
  const due = await nextDueMs();
  expect(due).toBeGreaterThan(0);
  expect(due).toBeLessThanOrEqual(1_000);
  await later('1 second');
  expect(await take()).toHaveLength(1);
});

test('channels are paced independently', async () => {
  await addMessages('C1', 2);
  await addMessages('C2', 2);
  expect(channels(await take())).toEqual(['C1', 'C2']);
});

test('a busy channel does not starve another', async () => {
  await addMessages('C1', 50);
  await addMessages('C2', 1);
  expect(channels(await take(2))).toEqual(['C1', 'C2']);
});

test('the pace of new messages does not delay updates', async () => {
  await twoPostedCards();
  await addMessages(CHANNEL, 1);
  for (const id of await db.alertIds()) await db.alerts.claim(id, 'U0ANNA');
  const taken = await take();
  expect(taken.map((delivery) => delivery.action)).toEqual(['update', 'update']);
});

test('updates that a user waits for go first', async () => {
  await addLead(db);
  await db.poll();
  await showAll(await take());
  for (let i = 0; i < 5; i++) await addMessages(`C${i}`, 3);
  await db.alerts.claim(await db.onlyAlert(), 'U0ANNA');
  expect(only(await take(1))).toMatchObject({ action: 'update', content: { kind: 'card' } });
});

test('posts first a card that a user waits for', async () => {
  await addMessages(CHANNEL, 3);
  await addLead(db);
  await db.poll();
  await db.alerts.claim(await db.onlyAlert(), 'U0ANNA');
  expect(only(await take())).toMatchObject({ action: 'post', content: { kind: 'card' } });
});

test('leaves a paused channel alone for 15 seconds while others continue', async () => {
  await addMessages('C1', 3);
  await pause(only(await take()));
  await addMessages('C2', 1);
  await later('10 seconds');
  expect(channels(await take())).toEqual(['C2']);
  const due = await nextDueMs();
  expect(due).toBeGreaterThan(3_000);
  expect(due).toBeLessThanOrEqual(5_000);
});

test('probes a channel after the pause with one message, by one deliverer', async () => {
  await addMessages('C1', 3);
  await db.sql(
    `update lead_bot.messages set state = 'posted', slack_channel = 'C1', slack_ts = id::text`,
  );
  const [first, ...rest] = await take();
  if (first === undefined) throw new Error('nothing was due');
  await pause(first);
  for (const delivery of rest) await pause(delivery);
  await later('10 minutes');
  const both = (await Promise.all([take(), take()])).flat();
  expect(both).toHaveLength(1);
  expect(await take()).toEqual([]);
});

test('channels whose pauses end together are probed together', async () => {
  await addMessages('C1', 1);
  await addMessages('C2', 1);
  for (const delivery of await take()) await pause(delivery);
  await later('15 seconds');
  expect(channels(await take())).toEqual(['C1', 'C2']);
});

test('a successful probe reopens the channel', async () => {
  await addMessages('C1', 3);
  await pause(only(await take()));
  await later('15 seconds');
  await showAll(await take());
  expect((await readHealth(db.database)).paused).toEqual([]);
  await later('1 second');
  expect(await take()).toHaveLength(1);
});

test('a failed probe doubles the pause, up to five minutes', async () => {
  await addMessages('C1', 1);
  const pauses: number[] = [];
  for (let i = 0; i < 8; i++) {
    await pause(only(await take()));
    const [row] = await db.sql<{ seconds: number }>(
      'select extract(epoch from paused_until - now())::float as seconds from lead_bot.channels',
    );
    pauses.push(Math.round(row?.seconds ?? 0));
    await later('5 minutes');
  }
  expect(pauses).toEqual([15, 30, 60, 120, 240, 300, 300, 300]);
});

test('a pause is not charged to the message', async () => {
  await addMessages('C1', 1);
  for (let i = 0; i < 6; i++) {
    await pause(only(await take()));
    await later('5 minutes');
  }
  expect(only(await take())).toMatchObject({ action: 'post', attempts: 1 });
});

test('retries a probe that was never confirmed', async () => {
  await addMessages('C1', 1);
  await pause(only(await take()));
  await later('15 seconds');
  await take();
  expect(await take()).toEqual([]);
  await later('61 seconds');
  expect(only(await take())).toMatchObject({ action: 'look' });
});

test('a global pause holds all channels, then one message probes for all', async () => {
  await addMessages('C1', 2);
  await addMessages('C2', 2);
  const [first, second] = await take();
  if (first === undefined || second === undefined) throw new Error('two should have been due');
  await confirm(first, { kind: 'pause', reason: 'invalid_auth', everything: true });
  await confirm(second, { kind: 'pause', reason: 'invalid_auth', everything: true });
  await later('20 seconds');
  expect(await take()).toEqual([]);
  expect((await readHealth(db.database)).paused).toMatchObject([
    { channel: '*', reason: 'invalid_auth' },
  ]);
  await later('20 seconds');
  const trial = await take();
  expect(trial).toHaveLength(1);
  await showAll(trial);
  await later('1 second');
  expect(channels(await take())).toEqual(['C1', 'C2']);
});

test("resume ends a global pause at once, but no channel's pause", async () => {
  await addMessages('C1', 1);
  await addMessages('C2', 1);
  const [first, second] = await take();
  if (first === undefined || second === undefined) throw new Error('expected two');
  await pause(first);
  await pause(second, true);
  await resume(db.database, 'C1', 'C2');
  expect((await readHealth(db.database)).paused).toMatchObject([{ channel: first.channel }]);
});

test('an unsent update does not end a pause', async () => {
  await addLead(db);
  await db.poll();
  await showAll(await take());
  await db.alerts.claim(await db.onlyAlert(), 'U0ANNA');
  const card = only(await take());
  await db.sql(
    `insert into lead_bot.channels (channel, pauses, paused_until)
     values ('C0HOTLEADS', 3, now()) on conflict (channel) do update set pauses = 3`,
  );
  const outcome = { kind: 'shown', version: card.version, hash: 'h', sent: false } as const;
  await confirm(card, { ...outcome, address: { channel: CHANNEL, ts: '7.7' } });
  expect((await readHealth(db.database)).paused).toMatchObject([{ channel: CHANNEL }]);
  await addMessages(CHANNEL, 1);
  await later('1 second');
  expect(only(await take())).toMatchObject({ action: 'post' });
});

test('a rate limit on an update delays all updates, but no posts', async () => {
  await twoPostedCards();
  for (const id of await db.alertIds()) await db.alerts.claim(id, 'U0ANNA');
  const [limited, other] = await take();
  if (limited === undefined || other === undefined) throw new Error('expected two updates');
  const wait = { afterMs: 30_000, wholeChannel: true, counts: false };
  await confirm(limited, { kind: 'later', reason: 'ratelimited', ...wait });
  await confirm(other, { kind: 'unclear', reason: 'timeout', settleMs: 0 });
  await addMessages(CHANNEL, 1);
  await later('2 seconds');
  expect((await take()).map(({ action }) => action)).toEqual(['post']);
  expect(await nextDueMs()).toBeGreaterThan(20_000);
  await later('30 seconds');
  expect((await take()).map(({ action }) => action)).toEqual(['update', 'update']);
});

test('a rate limit on updates delays a resend, but no search', async () => {
  await twoPostedCards();
  await addMessages('C2', 1);
  await confirm(only(await take()), { kind: 'unclear', reason: 'timeout', settleMs: 0 });
  const [resent, searched] = await db.alertIds();
  await db.sql('update lead_bot.messages set redraw_at = now() where alert_id = $1', [resent]);
  await db.sql(
    `update lead_bot.messages set recheck_at = now(), redraw_at = now() + interval '1 minute' where alert_id = $1`,
    [searched],
  );
  await db.sql(`select lead_bot.note_rate_limit('C1', true, now() + interval '30 seconds')`);
  expect((await take()).map(({ action }) => action).sort()).toEqual(['look', 'recheck']);
  expect(await nextDueMs()).toBeGreaterThan(20_000);
  await later('30 seconds');
  expect(only(await take())).toMatchObject({ action: 'update' });
});

/** A due card with a notice for a colleague who joined. */
async function cardAndNotice(): Promise<void> {
  await db.poll();
  await addLead(db);
  await db.poll();
  await addLead(db, { name: 'Grace' });
  await db.poll();
}

test("a notice waits for its card, then goes into the card's thread", async () => {
  await cardAndNotice();
  const card = only(await take());
  expect(card.content.kind).toBe('card');
  expect(await nextDueMs()).toBeGreaterThan(1_000);
  await shown(card, '7.7');
  await later('1 second');
  expect(only(await take())).toMatchObject({
    action: 'post',
    threadTs: '7.7',
    content: { kind: 'notice', notice: { kind: 'joined', who: 'Grace', score: 85 } },
  });
});

test('a notice waits until it is clear which copy of its card stays', async () => {
  await cardAndNotice();
  await confirm(only(await take()), { kind: 'unclear', reason: 'timeout', settleMs: 0 });
  await confirm(only(await take()), { kind: 'missing', settleMs: 0 });
  await confirm(only(await take()), { kind: 'missing', settleMs: 0 });
  await later('1 second');
  await shown(only(await take()), '8.8');
  await later('1 second');
  expect(await take()).toEqual([]);
  expect(await nextDueMs()).toBeGreaterThan(20_000);

  await later('61 seconds');
  const recheck = only(await take());
  await confirm(recheck, { kind: 'rechecked', keep: { channel: CHANNEL, ts: '7.7' } });
  const due = await take();
  expect(due.find(({ action }) => action === 'post')).toMatchObject({
    threadTs: '7.7',
    content: { kind: 'notice' },
  });
});

test.each(['gone', 'dead'] as const)('a notice under a %s card stops waiting', async (kind) => {
  await cardAndNotice();
  await confirm(only(await take()), { kind, reason: 'is_archived' });
  expect(await nextDueMs()).toBeNull();
  expect(await readHealth(db.database)).toMatchObject({ waiting: 0, oldestWaitingSeconds: 0 });
});

test('tidying drops a notice that was created while its card was given up', async () => {
  await cardAndNotice();
  await db.sql(`update lead_bot.messages set state = 'gone' where kind = 'card'`);
  await db.tidy(365);
  expect(await readHealth(db.database)).toMatchObject({ waiting: 0 });
});

test("a message whose data doesn't parse is returned with the problem, without values", async () => {
  await addMessages('C1', 1);
  await db.sql(`update lead_bot.messages set payload = '{"reason": "secret-value"}'`);
  const { deliveries, unreadable } = await db.outbox.take(10, LEASE_MS);
  expect(deliveries).toEqual([]);
  expect(unreadable).toMatchObject([{ refusals: 0, problem: expect.stringContaining('reason') }]);
  expect(JSON.stringify(unreadable)).not.toContain('secret-value');
});
