import { expect, test } from 'vitest';
import { readHealth, resume } from '../../src/adapters/supabase-outbox.ts';
import type { Delivery, Outcome } from '../../src/core/message.ts';
import { botDatabase, CHANNEL } from '../support/bot-database.ts';
import { addLead } from '../support/leads.ts';

const db = await botDatabase();
const { outbox } = db;

const LEASE_MS = 60_000;
const ADDRESS = { channel: CHANNEL, ts: '1700000000.000100' };
const STALE = '00000000-0000-4000-8000-000000000000';

const take = async (limit = 10) => (await outbox.take(limit, LEASE_MS)).deliveries;
const nextDueMs = async () => (await outbox.take(10, LEASE_MS)).nextDueMs;

/** The one message that is due. */
async function takeOne(): Promise<Delivery> {
  const [only, ...others] = await take();
  if (only === undefined || others.length > 0) throw new Error('expected one due message');
  return only;
}

const confirm = ({ messageId, token }: Delivery, outcome: Outcome) =>
  outbox.confirm(messageId, token, outcome);

const shown = (delivery: Delivery, ts = ADDRESS.ts): Promise<boolean> =>
  confirm(delivery, {
    kind: 'shown',
    version: delivery.version,
    address: { channel: delivery.channel, ts },
    hash: 'h',
    sent: true,
  });

/** A message without an alert, due now. */
async function addMessage(channel: string, key = channel): Promise<void> {
  await db.sql(
    `insert into lead_bot.messages (kind, channel, dedupe_key, payload)
     values ('rollup', $1, $2, '{"reason": "storm", "made_at": "2026-03-02T09:00:00Z", "total": 0}')`,
    [channel, key],
  );
}

/** One alert whose card is due: the alert's id. */
async function aCard(): Promise<string> {
  await addLead(db);
  await db.poll();
  return db.onlyAlert();
}

/** One alert whose card stands in Slack: the alert's id. */
async function aPostedCard(): Promise<string> {
  const id = await aCard();
  await shown(await takeOne());
  return id;
}

/** Lets time pass for messages, leases and channels. */
async function later(interval: string): Promise<void> {
  await db.sql(
    `update lead_bot.messages
        set created_at = created_at - $1::interval, next_try_at = next_try_at - $1::interval,
            attempted_at = attempted_at - $1::interval, lease_until = lease_until - $1::interval,
            recheck_at = recheck_at - $1::interval, redraw_at = redraw_at - $1::interval`,
    [interval],
  );
  await db.sql(
    `update lead_bot.channels
        set next_post_at = next_post_at - $1::interval, paused_until = paused_until - $1::interval`,
    [interval],
  );
}

async function row(): Promise<Record<string, unknown>> {
  const [only] = await db.sql('select * from lead_bot.messages');
  return only ?? {};
}

test('a due card is handed out with all that is needed to draw and post it', async () => {
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

test('a message under lease is handed to nobody else', async () => {
  await aCard();
  await takeOne();
  await later('30 seconds');
  expect(await take()).toEqual([]);
});

test('of two deliverers that take at once, each message goes to one', async () => {
  for (let i = 0; i < 12; i++) await addMessage(`C${i}`);
  const taken = (await Promise.all([take(), take(), take(), take()])).flat();
  const ids = taken.map((delivery) => delivery.messageId);
  expect(new Set(ids).size).toBe(ids.length);
  const rest = (await take(20)).map((delivery) => delivery.messageId);
  expect(new Set([...ids, ...rest]).size).toBe(12);
});

test('a post whose lease ran out may have happened: it is looked for and not posted again', async () => {
  await aCard();
  await takeOne();
  await later('61 seconds');
  expect(await takeOne()).toMatchObject({ action: 'look', attempts: 2 });
  expect(await row()).toMatchObject({ state: 'unclear' });
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

test('an outcome is recorded once, however often it is confirmed', async () => {
  await aCard();
  const delivery = await takeOne();
  expect(await shown(delivery)).toBe(true);
  const before = await row();
  expect(await shown(delivery)).toBe(false);
  expect(await row()).toEqual(before);
});

test('a shown message is done until it is wanted otherwise', async () => {
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

test('a gesture has the card updated where it stands, with the newest state', async () => {
  const alert = await aPostedCard();
  await db.alerts.claim(alert, 'U0ANNA');
  expect(await takeOne()).toMatchObject({
    action: 'update',
    address: ADDRESS,
    content: { kind: 'card', picture: { alert: { status: 'claimed' } } },
  });
});

test('a change while the message is under way is shown afterwards', async () => {
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

test('an update whose lease ran out is repeated, because that does no harm', async () => {
  await db.alerts.claim(await aPostedCard(), 'U0ANNA');
  await takeOne();
  await later('61 seconds');
  expect(await takeOne()).toMatchObject({ action: 'update' });
});

test('what an update of unclear outcome may still cover is sent once more a minute later', async () => {
  const alert = await aPostedCard();
  await db.alerts.claim(alert, 'U0ANNA');
  await confirm(await takeOne(), { kind: 'unclear', reason: 'timeout', settleMs: 0 });
  await shown(await takeOne());
  expect(await nextDueMs()).toBeGreaterThan(50_000);

  await db.alerts.release(alert, 'U0ANNA');
  const clicked = await takeOne();
  expect(clicked.content).toMatchObject({ picture: { alert: { status: 'open' } } });
  await shown(clicked);

  await later('61 seconds');
  const again = await takeOne();
  expect(again).toMatchObject({ action: 'update', shownHash: null, address: ADDRESS });
  await shown(again);
  expect(await outbox.take(10, LEASE_MS)).toMatchObject({ deliveries: [], nextDueMs: null });
  expect(await row()).toMatchObject({ shown_hash: 'h', redraw_at: null });
});

test('a failed search for a second copy is no unclear update: what follows it is sent once', async () => {
  const recheck = await takeRecheck();
  const refused = { afterMs: 0, wholeChannel: false, counts: true };
  await confirm(recheck, { kind: 'later', reason: 'search: missing_scope', ...refused });
  await db.alerts.claim(await db.onlyAlert(), 'U0ANNA');
  await shown(await takeOne());
  expect(await row()).toMatchObject({ redraw_at: null, shown_hash: 'h' });
  expect(await takeOne()).toMatchObject({ action: 'recheck' });
});

test('what is to be sent once more and is refused even as text is left as it stands', async () => {
  await aPostedCard();
  await db.sql('update lead_bot.messages set redraw_at = now()');
  for (const plain of [false, true]) {
    const redraw = await takeOne();
    expect(redraw).toMatchObject({ action: 'update', plain });
    await confirm(redraw, { kind: 'plain', reason: 'invalid_blocks' });
  }
  expect(await outbox.take(10, LEASE_MS)).toMatchObject({ deliveries: [], nextDueMs: null });
});

test('what was shown under a lease that has passed on is looked after when it can come no more', async () => {
  const alert = await aPostedCard();
  await db.alerts.claim(alert, 'U0ANNA');
  const frozen = await takeOne();
  await db.alerts.release(alert, 'U0ANNA');
  await later('61 seconds');
  await shown(await takeOne());
  await later('61 seconds');
  await shown(await takeOne());
  expect(await take()).toEqual([]);

  expect(await shown(frozen)).toBe(false);
  await later('61 seconds');
  const redraw = await takeOne();
  expect(redraw).toMatchObject({ action: 'update', shownHash: null });
  await shown(redraw);
  expect(await takeOne()).toMatchObject({ action: 'recheck', address: ADDRESS });
});

test('found: the post is adopted, and what has changed since is an update', async () => {
  const alert = await aCard();
  await takeOne();
  await db.alerts.claim(alert, 'U0ANNA');
  await later('61 seconds');
  const look = await takeOne();
  await confirm(look, { kind: 'found', address: ADDRESS });
  expect(await takeOne()).toMatchObject({ action: 'update', address: ADDRESS });
});

test('unclear: it is looked for after the settling time', async () => {
  await aCard();
  await confirm(await takeOne(), { kind: 'unclear', reason: 'timeout', settleMs: 5_000 });
  expect(await take()).toEqual([]);
  expect(await nextDueMs()).toBeGreaterThan(3_000);
  await later('5 seconds');
  expect(await takeOne()).toMatchObject({ action: 'look' });
});

test('unclear about an update: it is made again after the wait', async () => {
  await db.alerts.claim(await aPostedCard(), 'U0ANNA');
  await confirm(await takeOne(), { kind: 'unclear', reason: 'timeout', settleMs: 5_000 });
  expect(await take()).toEqual([]);
  await later('5 seconds');
  expect(await takeOne()).toMatchObject({ action: 'update' });
});

test('missing twice: it is posted again, and a late second copy is looked for', async () => {
  await aCard();
  await confirm(await takeOne(), { kind: 'unclear', reason: 'timeout', settleMs: 0 });
  const firstAttempt = (await row())['attempted_at'];
  await confirm(await takeOne(), { kind: 'missing', settleMs: 30_000 });
  expect(await take()).toEqual([]);
  await later('31 seconds');
  const look = await takeOne();
  expect(look.action).toBe('look');
  await confirm(look, { kind: 'missing', settleMs: 30_000 });

  const post = await takeOne();
  expect(post.action).toBe('post');
  expect(post.attemptedAt?.getTime()).toBeLessThanOrEqual(Number(firstAttempt));
  await shown(post);
  expect(await nextDueMs()).toBeGreaterThan(50_000);
  await later('61 seconds');
  const recheck = await takeOne();
  expect(recheck).toMatchObject({ action: 'recheck', address: ADDRESS });
  await confirm(recheck, { kind: 'rechecked', keep: ADDRESS });
  expect(await outbox.take(10, LEASE_MS)).toMatchObject({ deliveries: [], nextDueMs: null });
});

test('a second post of unclear outcome is looked for as well', async () => {
  await aCard();
  await confirm(await takeOne(), { kind: 'unclear', reason: 'timeout', settleMs: 0 });
  await confirm(await takeOne(), { kind: 'missing', settleMs: 0 });
  await confirm(await takeOne(), { kind: 'missing', settleMs: 0 });
  await later('2 seconds');
  expect(await takeOne()).toMatchObject({ action: 'post' });
  await later('61 seconds');
  expect(await takeOne()).toMatchObject({ action: 'look' });
});

/** A card that was posted again after two vain searches, and is due for the search of a copy. */
async function takeRecheck(): Promise<Delivery> {
  await aCard();
  await confirm(await takeOne(), { kind: 'unclear', reason: 'timeout', settleMs: 0 });
  await confirm(await takeOne(), { kind: 'missing', settleMs: 0 });
  await confirm(await takeOne(), { kind: 'missing', settleMs: 0 });
  await later('2 seconds');
  await shown(await takeOne());
  await later('61 seconds');
  return takeOne();
}

test('rechecked: when the older copy stays, it is drawn again, since it may show an old state', async () => {
  const older = { channel: CHANNEL, ts: '1600000000.000100' };
  await confirm(await takeRecheck(), { kind: 'rechecked', keep: older });
  expect(await takeOne()).toMatchObject({ action: 'update', address: older });
});

test('rechecked without any copy left changes nothing', async () => {
  await confirm(await takeRecheck(), { kind: 'rechecked', keep: null });
  expect(await row()).toMatchObject({ state: 'posted', slack_ts: ADDRESS.ts, recheck_at: null });
  expect(await take()).toEqual([]);
});

test('a search for a second copy that failed waits like everything else', async () => {
  const recheck = await takeRecheck();
  const wait = { afterMs: 30_000, wholeChannel: false, counts: false };
  await confirm(recheck, { kind: 'later', reason: 'search: ratelimited', ...wait });
  expect(await nextDueMs()).toBeGreaterThan(20_000);
  await later('30 seconds');
  expect(await takeOne()).toMatchObject({ action: 'recheck' });
});

test('later: it was certainly not posted, so it is posted after the wait', async () => {
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

test('later for the whole channel holds back its other new messages, not other channels', async () => {
  await addMessage('C1', 'a');
  const first = await takeOne();
  await addMessage('C1', 'b');
  await addMessage('C2');
  const wait = { afterMs: 30_000, wholeChannel: true, counts: false };
  await confirm(first, { kind: 'later', reason: 'ratelimited', ...wait });
  await later('5 seconds');
  expect((await take()).map((delivery) => delivery.channel)).toEqual(['C2']);
});

test('plain: it is posted as text; refused as text too, it is dead', async () => {
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

test('gone: the message is never tried again', async () => {
  const alert = await aPostedCard();
  await db.alerts.claim(alert, 'U0ANNA');
  await confirm(await takeOne(), { kind: 'gone', reason: 'message_not_found' });
  await db.alerts.release(alert, 'U0ANNA');
  await later('1 day');
  expect(await outbox.take(10, LEASE_MS)).toMatchObject({ deliveries: [], nextDueMs: null });
  expect(await row()).toMatchObject({ state: 'gone' });
});

test('dead: a message that never stood in Slack is never tried again', async () => {
  await aCard();
  await confirm(await takeOne(), { kind: 'dead', reason: 'no_text' });
  await later('1 day');
  expect(await outbox.take(10, LEASE_MS)).toMatchObject({ deliveries: [], nextDueMs: null });
  expect(await row()).toMatchObject({ state: 'dead' });
});

test('dead: an update that failed for good is left alone until the next change', async () => {
  const alert = await aPostedCard();
  await db.alerts.claim(alert, 'U0ANNA');
  await confirm(await takeOne(), { kind: 'dead', reason: 'some_new_code' });
  await later('1 day');
  expect(await take()).toEqual([]);
  await db.alerts.release(alert, 'U0ANNA');
  expect(await takeOne()).toMatchObject({ action: 'update', attempts: 1 });
});

test('a message that the last bot could not draw gets another chance from the next one', async () => {
  await aCard();
  await confirm(await takeOne(), { kind: 'dead', reason: 'cannot be drawn' });
  await later('1 minute');
  expect(await take()).toEqual([]);
  await resume(db.database, CHANNEL, CHANNEL);
  expect(await takeOne()).toMatchObject({ action: 'post', attempts: 1 });
});

test('what was never posted follows a channel that is set anew, with its pause behind it', async () => {
  await aCard();
  const wrong = { kind: 'pause', reason: 'not_in_channel', everything: false } as const;
  await confirm(await takeOne(), wrong);
  await db.digests.request(CHANNEL, '2026-03-02', new Date('2100-01-01T09:00:00Z'));
  await resume(db.database, 'C0RIGHT', 'C0RIGHT');
  expect((await readHealth(db.database)).paused).toEqual([]);
  expect(await takeOne()).toMatchObject({ action: 'post', channel: 'C0RIGHT' });
});

test('a digest that the last bot could not draw does not go to the channel of before', async () => {
  await db.poll();
  await db.digests.request('C0OLD', '2026-03-02', new Date('2100-01-01T09:00:00Z'));
  await confirm(await takeOne(), { kind: 'dead', reason: 'cannot be drawn' });
  await resume(db.database, CHANNEL, CHANNEL);
  await later('1 minute');
  expect(await take()).toEqual([]);
});

test('a reply whose card may stand in Slack already stays with it', async () => {
  await aCard();
  await takeOne();
  await addLead(db, { name: 'Grace' });
  await db.poll();
  await resume(db.database, 'C0RIGHT', 'C0RIGHT');
  const rows = await db.sql('select distinct channel from lead_bot.messages');
  expect(rows).toEqual([{ channel: CHANNEL }]);
});

test('what stands in a channel stays there, whatever is set anew', async () => {
  await db.alerts.claim(await aPostedCard(), 'U0ANNA');
  await resume(db.database, 'C0RIGHT', 'C0RIGHT');
  expect(await takeOne()).toMatchObject({ action: 'update', channel: CHANNEL });
});

test('what is no news any more gets no other chance: a card whose alert is over, all digests but the last', async () => {
  await aCard();
  await confirm(await takeOne(), { kind: 'dead', reason: 'cannot be drawn' });
  for (const date of ['2026-03-02', '2026-03-03']) {
    await later('1 second');
    await db.digests.request(CHANNEL, date, new Date('2100-01-01T09:00:00Z'));
    await confirm(await takeOne(), { kind: 'dead', reason: 'cannot be drawn' });
  }
  await db.sql(`update lead_bot.alerts set status = 'cooled', closed_at = now()`);
  await resume(db.database, CHANNEL, CHANNEL);
  await later('1 second');
  const again = await takeOne();
  expect(again.content).toMatchObject({ kind: 'digest', digest: { localDate: '2026-03-03' } });
});

test('what Slack shows is not known while an update is under way, nor after its outcome was unclear', async () => {
  const alert = await aPostedCard();
  await db.alerts.claim(alert, 'U0ANNA');
  await shown(await takeOne());
  await db.poll();
  await db.sql('update lead_bot.messages set wanted_version = wanted_version + 1');
  const update = await takeOne();
  expect(update.shownHash).toBe('h');
  await confirm(update, { kind: 'unclear', reason: 'timeout', settleMs: 0 });
  expect(await takeOne()).toMatchObject({ action: 'update', shownHash: null });
});

test('found after a second post: nobody knows which copy it is, so it is drawn again', async () => {
  await aCard();
  await confirm(await takeOne(), { kind: 'unclear', reason: 'timeout', settleMs: 0 });
  await confirm(await takeOne(), { kind: 'missing', settleMs: 0 });
  await confirm(await takeOne(), { kind: 'missing', settleMs: 0 });
  await later('1 second');
  await confirm(await takeOne(), { kind: 'unclear', reason: 'timeout', settleMs: 0 });
  await confirm(await takeOne(), { kind: 'found', address: ADDRESS });
  expect(await takeOne()).toMatchObject({ action: 'update' });
});

test('a card with blocks that were refused once is tried with blocks again at the next gesture', async () => {
  const alert = await aPostedCard();
  await db.sql('update lead_bot.messages set plain = true');
  await db.alerts.claim(alert, 'U0ANNA');
  expect(await takeOne()).toMatchObject({ action: 'update', plain: false });
});

test('an update goes before the search for a second copy', async () => {
  const alert = await aPostedCard();
  await db.sql(`update lead_bot.messages set recheck_at = now()`);
  await db.alerts.claim(alert, 'U0ANNA');
  const update = await takeOne();
  expect(update.action).toBe('update');
  await shown(update);
  expect(await takeOne()).toMatchObject({ action: 'recheck' });
});

test('a search for a second copy that keeps failing is given up', async () => {
  await aPostedCard();
  await db.sql(`update lead_bot.messages set recheck_at = now()`);
  for (let n = 0; n < 5; n++) {
    await confirm(await takeOne(), {
      kind: 'later',
      reason: 'search: missing_scope',
      afterMs: 0,
      wholeChannel: false,
      counts: true,
    });
  }
  expect(await outbox.take(10, LEASE_MS)).toMatchObject({ deliveries: [], nextDueMs: null });
});

test('an outcome that nobody knows is an error and keeps the lease', async () => {
  await aCard();
  const { messageId, token } = await takeOne();
  const odd = db.sql(`select public.lead_bot_confirm($1, $2, '{"outcome": "odd"}')`, [
    messageId,
    token,
  ]);
  await expect(odd).rejects.toMatchObject({ code: '22023' });
  expect(await row()).toMatchObject({ lease_token: token });
});

test('health counts what waits, is unclear and was refused for good, with the reasons', async () => {
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
    oldestWaitingSeconds: expect.any(Number),
    deadReasons: [{ kind: 'rollup', channel: 'C3', reason: 'msg_too_long', count: 1 }],
    paused: [{ channel: 'C4', reason: 'not_in_channel', until: expect.any(Date) }],
  });
  expect((await readHealth(db.database)).oldestWaitingSeconds).toBeGreaterThanOrEqual(90);
});

test('health of an empty database is all zero', async () => {
  expect(await readHealth(db.database)).toEqual({
    openAlerts: 0,
    waiting: 0,
    unclear: 0,
    dead: 0,
    oldestWaitingSeconds: 0,
    deadReasons: [],
    paused: [],
  });
});
