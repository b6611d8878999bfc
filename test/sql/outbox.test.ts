import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { readHealth } from '../../src/adapters/supabase-upkeep.ts';
import type { Delivery } from '../../src/core/message.ts';
import { botDatabase, CHANNEL } from '../support/bot-database.ts';
import { addLead } from '../support/leads.ts';
import { ADDRESS, LEASE_MS, outboxStage } from '../support/outbox-stage.ts';

const db = await botDatabase();
const { outbox } = db;
const { take, takeOne, confirm, shown, aCard, aPostedCard, later, row } = outboxStage(db);

const STALE = '00000000-0000-4000-8000-000000000000';

/** Adds a due message without an alert. */
async function addMessage(channel: string, key = channel): Promise<void> {
  await db.sql(
    `insert into lead_bot.messages (kind, channel, dedupe_key, payload)
     values ('rollup', $1, $2, '{"reason": "storm", "made_at": "2026-03-02T09:00:00Z", "total": 0}')`,
    [channel, key],
  );
}

test('a due card comes with everything needed to draw and post it', async () => {
  const alert = await aCard();
  expect(await takeOne()).toMatchObject({
    action: 'post',
    channel: CHANNEL,
    address: null,
    threadTs: null,
    plain: false,
    attempts: 1,
    attemptedAt: expect.any(Date),
    content: { kind: 'card', picture: { alert: { id: alert }, account: { name: 'Acme' } } },
  });
});

const takeAsOlderBot = () =>
  db.database.call(
    'lead_bot_take',
    { p_limit: 10, p_lease_seconds: 60 },
    z.object({ work: z.array(z.unknown()) }),
  );

test('a bot from before snoozing leaves the card of a snoozed lead to newer ones', async () => {
  const alert = await aCard();
  await db.sql(
    `update lead_bot.alerts
        set hold = 'snoozed', hold_by = 'U1', held_at = now(), hold_until = now() + interval '1 day'
      where id = $1`,
    [alert],
  );
  expect(await takeAsOlderBot()).toEqual({ work: [] });
  expect(await takeOne()).toMatchObject({ content: { kind: 'card' } });
});

test('a bot from before direct messages leaves them, and the card of an offered lead, to newer ones', async () => {
  const alert = await aCard();
  await db.sql(`update lead_bot.alerts set offer_due_at = now() where id = $1`, [alert]);
  const until = new Date(Date.now() + 3_600_000).toISOString();
  const offer = { p_alert_id: alert, p_holder: 'U1', p_source: 'owner', p_until: until };
  expect(await db.database.call('lead_bot_offer', offer, z.boolean())).toBe(true);
  expect(await takeAsOlderBot()).toEqual({ work: [] });
  expect((await take()).map(({ content }) => content.kind)).toEqual(['card', 'dm']);
});

test('a leased message is handed to nobody else', async () => {
  await aCard();
  await takeOne();
  await later('30 seconds');
  expect(await take()).toEqual([]);
});

test.each(['fast', 'slow'])(
  'a bot whose clock is ten minutes %s gets no extra claim to a lease',
  async (clock) => {
    await aCard();
    const before = await takeOne();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + (clock === 'fast' ? 1 : -1) * 600_000 });
    const taken = await take().finally(() => vi.useRealTimers());
    expect(taken).toEqual([]);
    await later('61 seconds');
    expect(await takeOne()).toMatchObject({ messageId: before.messageId, action: 'look' });
  },
);

test('two concurrent deliverers never take the same message', async () => {
  for (let i = 0; i < 12; i++) await addMessage(`C${i}`);
  const taken = (await Promise.all([take(), take(), take(), take()])).flat();
  const ids = taken.map((delivery) => delivery.messageId);
  expect(new Set(ids).size).toBe(ids.length);
  const rest = (await take(20)).map((delivery) => delivery.messageId);
  expect(new Set([...ids, ...rest]).size).toBe(12);
});

test('a confirmation with an old token changes nothing', async () => {
  await aCard();
  const first = await takeOne();
  await later('61 seconds');
  const second = await takeOne();
  const before = await row();
  expect(await shown(first)).toBe(false);
  expect(await confirm({ ...first, token: STALE }, { kind: 'dead', reason: 'x' })).toBe(false);
  expect(await row()).toEqual(before);
  expect(await confirm(second, { kind: 'found', address: ADDRESS })).toBe(true);
});

test('records an outcome once, however often it is confirmed', async () => {
  await aCard();
  const delivery = await takeOne();
  expect(await shown(delivery)).toBe(true);
  const before = await row();
  expect(await shown(delivery)).toBe(false);
  expect(await row()).toEqual(before);
});

test('a shown message is done until it changes', async () => {
  await aPostedCard();
  expect(await row()).toMatchObject({
    state: 'posted',
    slack_ts: ADDRESS.ts,
    attempts: 0,
    attempted_at: null,
    lease_token: null,
  });
  const taken = await outbox.take(10, LEASE_MS);
  expect(taken).toEqual({ deliveries: [], unreadable: [], nextDueMs: null });
});

test('a gesture updates the posted card with the latest state', async () => {
  const alert = await aPostedCard();
  await db.alerts.claim(alert, 'U0ANNA');
  expect(await takeOne()).toMatchObject({
    action: 'update',
    address: ADDRESS,
    content: { kind: 'card', picture: { alert: { status: 'claimed' } } },
  });
});

test('a change during delivery is shown afterwards', async () => {
  const alert = await aCard();
  const delivery = await takeOne();
  await db.alerts.claim(alert, 'U0ANNA');
  await shown(delivery);
  const update = await takeOne();
  expect(update).toMatchObject({ action: 'update', address: ADDRESS });
  await shown(update);
  expect(await row()).toMatchObject({ urgent: false });
  expect(await take()).toEqual([]);
});

test('a channel that was just posted to takes updates, and its next message a second later', async () => {
  const id = await aPostedCard();
  await db.alerts.claim(id, 'U1');
  await addMessage(CHANNEL);
  const actions = async () => (await take()).map(({ action }) => action);
  expect(await actions()).toEqual(['update']);
  await later('1 second');
  expect(await actions()).toEqual(['post']);
});

test('messages that wait until their channel takes another one keep no update from going', async () => {
  await aPostedCard();
  const channels = ['C1', 'C2', 'C3'];
  for (const channel of channels) await addMessage(channel);
  expect(await take()).toHaveLength(channels.length);
  for (const channel of channels) await addMessage(channel, `second of ${channel}`);
  await db.sql('update lead_bot.messages set wanted_version = wanted_version + 1 where kind = $1', [
    'card',
  ]);
  expect((await take(channels.length)).map(({ action }) => action)).toEqual(['update']);
});

test('later: retries a post that certainly failed, after the wait', async () => {
  await aCard();
  const wait = { afterMs: 30_000, wholeChannel: false };
  await confirm(await takeOne(), { kind: 'later', reason: 'busy', ...wait, counts: false });
  expect(await row()).toMatchObject({ attempts: 0, attempted_at: null, last_error: 'busy' });
  expect(await take()).toEqual([]);
  await later('30 seconds');
  const again = await takeOne();
  expect(again).toMatchObject({ action: 'post', attempts: 1 });
  await confirm(again, { kind: 'later', reason: 'own fault', ...wait, counts: true });
  await later('30 seconds');
  expect(await takeOne()).toMatchObject({ action: 'post', attempts: 1, refusals: 1 });
});

test('later for the whole channel delays its other new messages, but not other channels', async () => {
  await addMessage('C1', 'a');
  const first = await takeOne();
  await addMessage('C1', 'b');
  await addMessage('C2');
  const wait = { afterMs: 30_000, wholeChannel: true, counts: false };
  await confirm(first, { kind: 'later', reason: 'ratelimited', ...wait });
  await later('5 seconds');
  expect((await take()).map((delivery) => delivery.channel)).toEqual(['C2']);
});

test('plain: posts it as text; if that is refused too, it is dead', async () => {
  await aCard();
  await confirm(await takeOne(), { kind: 'plain', reason: 'invalid_blocks' });
  await later('1 second');
  const plain = await takeOne();
  expect(plain).toMatchObject({ action: 'post', plain: true });
  await confirm(plain, { kind: 'plain', reason: 'invalid_blocks' });
  await later('1 day');
  expect(await take()).toEqual([]);
  expect(await row()).toMatchObject({ state: 'dead', last_error: 'invalid_blocks' });
});

test('frozen: new figures replace the card at most once an hour, a gesture at once', async () => {
  const id = await aPostedCard();
  const frozen = { kind: 'frozen', reason: 'edit_window_closed' } as const;
  const rows = () =>
    db.sql(
      `select state, dedupe_key = 'card:' || $1::text as stands, replaces_ts from lead_bot.messages
             order by created_at`,
      [id],
    );
  const touch = () => db.sql('select lead_bot.touch_alerts(array[$1::uuid], false)', [id]);
  await touch();
  await confirm(await takeOne(), frozen);
  expect(await rows()).toEqual([{ state: 'posted', stands: true, replaces_ts: null }]);
  expect(await take()).toEqual([]);

  await db.sql(`update lead_bot.messages set posted_at = posted_at - interval '61 minutes'`);
  await touch();
  await confirm(await takeOne(), frozen);
  const replaced = [
    { state: 'gone', stands: false, replaces_ts: null },
    { state: 'pending', stands: true, replaces_ts: ADDRESS.ts },
  ];
  expect(await rows()).toEqual(replaced);
  await later('2 seconds');
  const fresh = await takeOne();
  expect(fresh).toMatchObject({ action: 'post', content: { replaces: ADDRESS } });
  await shown(fresh, '1700000900.000100');

  await db.alerts.claim(id, 'U0ANNA');
  await confirm(await takeOne(), frozen);
  expect(await rows()).toMatchObject([
    ...replaced.slice(0, 1),
    { state: 'gone' },
    { state: 'pending', stands: true },
  ]);
});

test('frozen: replies wait under a card that stands, and go below the one that replaces it', async () => {
  const id = await aPostedCard();
  await addLead(db, { name: 'Grace' });
  await db.poll();
  const replies = () =>
    db.sql(
      `select m.state, p.replaces_ts as card_replaces
         from lead_bot.messages m join lead_bot.messages p on p.id = m.parent_id where m.kind = 'notice'`,
    );
  const freeze = async () =>
    confirm(await takeOne(), { kind: 'frozen', reason: 'edit_window_closed' });
  await freeze();
  expect(await replies()).toEqual([{ state: 'pending', card_replaces: null }]);
  await db.sql(`update lead_bot.messages set posted_at = posted_at - interval '61 minutes'`);
  await db.sql('select lead_bot.touch_alerts(array[$1::uuid], false)', [id]);
  await freeze();
  expect(await replies()).toEqual([{ state: 'pending', card_replaces: ADDRESS.ts }]);
});

test('frozen: leaves the card of a closed alert alone', async () => {
  const id = await aPostedCard();
  await db.sql(`update lead_bot.alerts set closed_at = now(), status = 'cooled' where id = $1`, [
    id,
  ]);
  await db.sql('select lead_bot.touch_alerts(array[$1::uuid], true)', [id]);
  await confirm(await takeOne(), { kind: 'frozen', reason: 'edit_window_closed' });
  expect(await take()).toEqual([]);
  expect(await db.sql('select state from lead_bot.messages')).toEqual([{ state: 'gone' }]);
});

test('gone: never retries the message', async () => {
  const alert = await aPostedCard();
  await db.alerts.claim(alert, 'U0ANNA');
  await confirm(await takeOne(), { kind: 'gone', reason: 'message_not_found' });
  await db.alerts.release(alert, 'U0ANNA');
  await later('1 day');
  expect(await outbox.take(10, LEASE_MS)).toMatchObject({ deliveries: [], nextDueMs: null });
  expect(await row()).toMatchObject({ state: 'gone' });
});

test('dead: never retries a message that was never posted', async () => {
  await aCard();
  await confirm(await takeOne(), { kind: 'dead', reason: 'no_text' });
  await later('1 day');
  expect(await outbox.take(10, LEASE_MS)).toMatchObject({ deliveries: [], nextDueMs: null });
  expect(await row()).toMatchObject({ state: 'dead' });
});

test('dead: leaves a failed update alone until the next change', async () => {
  const alert = await aPostedCard();
  await db.alerts.claim(alert, 'U0ANNA');
  await confirm(await takeOne(), { kind: 'dead', reason: 'some_new_code' });
  await later('1 day');
  expect(await take()).toEqual([]);
  await db.alerts.contact(alert, 'U0ANNA', 'call', '');
  expect(await takeOne()).toMatchObject({ action: 'update', attempts: 1 });
});

test('retries refused blocks at the next gesture', async () => {
  const alert = await aPostedCard();
  await db.sql('update lead_bot.messages set plain = true');
  await db.alerts.claim(alert, 'U0ANNA');
  expect(await takeOne()).toMatchObject({ action: 'update', plain: false });
});

test('an unknown outcome is an error and keeps the lease', async () => {
  await aCard();
  const { messageId, token } = await takeOne();
  const odd = db.sql(`select public.lead_bot_confirm($1, $2, '{"outcome": "odd"}')`, [
    messageId,
    token,
  ]);
  await expect(odd).rejects.toMatchObject({ code: '22023' });
  expect(await row()).toMatchObject({ lease_token: token });
});

test('health counts waiting, unclear and dead messages, with reasons', async () => {
  for (const channel of ['C1', 'C2', 'C3', 'C4']) await addMessage(channel);
  await addLead(db);
  await db.poll();
  const byChannel = new Map((await take()).map((delivery) => [delivery.channel, delivery]));
  const of = (channel: string): Delivery => {
    const delivery = byChannel.get(channel);
    if (delivery === undefined) throw new Error(`nothing was taken for ${channel}`);
    return delivery;
  };
  await shown(of('C1'));
  await confirm(of('C2'), { kind: 'unclear', reason: 'timeout', settleMs: 5_000 });
  await confirm(of('C3'), { kind: 'dead', reason: 'msg_too_long' });
  await confirm(of('C4'), { kind: 'pause', reason: 'not_in_channel', everything: false });
  await later('90 seconds');
  expect(await readHealth(db.database)).toEqual({
    openAlerts: 1,
    waiting: 2,
    unclear: 1,
    dead: 1,
    replaced: 0,
    oldestWaitingSeconds: expect.any(Number),
    deadReasons: [{ kind: 'rollup', channel: 'C3', reason: 'msg_too_long', count: 1 }],
    paused: [{ channel: 'C4', reason: 'not_in_channel', until: expect.any(Date) }],
  });
  expect((await readHealth(db.database)).oldestWaitingSeconds).toBeGreaterThanOrEqual(90);
});

test('a card that shows all, and is only looked after, does not count as waiting', async () => {
  await aPostedCard();
  await db.sql(
    `update lead_bot.messages set redraw_at = now(), recheck_at = now() + interval '1 minute'`,
  );
  expect(await readHealth(db.database)).toMatchObject({ waiting: 0, oldestWaitingSeconds: 0 });
  expect(await takeOne()).toMatchObject({ action: 'update' });
});

test('health of an empty database is all zeros', async () => {
  expect(await readHealth(db.database)).toEqual({
    openAlerts: 0,
    waiting: 0,
    unclear: 0,
    dead: 0,
    replaced: 0,
    oldestWaitingSeconds: 0,
    deadReasons: [],
    paused: [],
  });
});
