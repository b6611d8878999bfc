import { expect, test } from 'vitest';
import type { Delivery } from '../../src/core/message.ts';
import { botDatabase, CHANNEL } from '../support/bot-database.ts';
import { ADDRESS, LEASE_MS, outboxStage } from '../support/outbox-stage.ts';

const db = await botDatabase();
const { outbox } = db;
const { take, nextDueMs, takeOne, confirm, shown, aCard, aPostedCard, later, row } =
  outboxStage(db);

test('looks for a post whose lease ran out instead of posting it again', async () => {
  await aCard();
  await takeOne();
  await later('61 seconds');
  expect(await takeOne()).toMatchObject({ action: 'look', attempts: 2 });
  expect(await row()).toMatchObject({ state: 'unclear' });
});

test('repeats an update whose lease ran out', async () => {
  await db.alerts.claim(await aPostedCard(), 'U0ANNA');
  await takeOne();
  await later('61 seconds');
  expect(await takeOne()).toMatchObject({ action: 'update' });
});

test('resends what an unclear update may overwrite, a minute later', async () => {
  const alert = await aPostedCard();
  await db.alerts.claim(alert, 'U0ANNA');
  await confirm(await takeOne(), { kind: 'unclear', reason: 'timeout', settleMs: 0 });
  await shown(await takeOne());
  expect(await nextDueMs()).toBeGreaterThan(50_000);

  await db.alerts.contact(alert, 'U0ANNA', 'call', '');
  const clicked = await takeOne();
  expect(clicked.content).toMatchObject({ picture: { alert: { status: 'contacted' } } });
  await shown(clicked);

  await later('61 seconds');
  const again = await takeOne();
  expect(again).toMatchObject({ action: 'update', shownHash: null, address: ADDRESS });
  await shown(again);
  expect(await outbox.take(10, LEASE_MS)).toMatchObject({ deliveries: [], nextDueMs: null });
  expect(await row()).toMatchObject({ shown_hash: 'h', redraw_at: null });
});

test('a failed search for a second copy is no unclear update, so the next update is sent once', async () => {
  const recheck = await takeRecheck();
  const refused = { afterMs: 0, wholeChannel: false, counts: true };
  await confirm(recheck, { kind: 'later', reason: 'search: missing_scope', ...refused });
  await db.alerts.claim(await db.onlyAlert(), 'U0ANNA');
  await shown(await takeOne());
  expect(await row()).toMatchObject({ redraw_at: null, shown_hash: 'h' });
  expect(await takeOne()).toMatchObject({ action: 'recheck' });
});

test('leaves a resend that is refused even as text', async () => {
  await aPostedCard();
  await db.sql('update lead_bot.messages set redraw_at = now()');
  for (const plain of [false, true]) {
    const redraw = await takeOne();
    expect(redraw).toMatchObject({ action: 'update', plain });
    await confirm(redraw, { kind: 'plain', reason: 'invalid_blocks' });
  }
  expect(await outbox.take(10, LEASE_MS)).toMatchObject({ deliveries: [], nextDueMs: null });
});

test('resends what was shown under an expired lease once the old call is over', async () => {
  const alert = await aPostedCard();
  await db.alerts.claim(alert, 'U0ANNA');
  const frozen = await takeOne();
  await db.alerts.contact(alert, 'U0ANNA', 'call', '');
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

test('a late old drawing of the same version is overwritten again', async () => {
  await db.alerts.claim(await aPostedCard(), 'U0ANNA');
  const frozen = await takeOne();
  await later('61 seconds');
  const update = await takeOne();
  const { version } = update;
  const newer = { kind: 'shown', version, address: ADDRESS, hash: 'newer', sent: true } as const;
  await confirm(update, newer);
  await later('61 seconds');
  await confirm(await takeOne(), newer);
  expect(await nextDueMs()).toBeNull();

  expect(await shown(frozen)).toBe(false);
  await later('61 seconds');
  expect(await takeOne()).toMatchObject({ action: 'update', shownHash: null });
});

/** A frozen bot's card, posted by another bot, with its recheck due. Returns what the frozen bot has taken. */
async function postedByThePeerOfAFrozenBot() {
  await aCard();
  const frozen = await takeOne();
  await later('61 seconds');
  await confirm(await takeOne(), { kind: 'missing', settleMs: 0 });
  await confirm(await takeOne(), { kind: 'missing', settleMs: 0 });
  await shown(await takeOne());
  await later('61 seconds');
  return frozen;
}

test('also resends what may have been sent under an expired lease', async () => {
  const frozen = await postedByThePeerOfAFrozenBot();
  await confirm(await takeOne(), { kind: 'rechecked', keep: ADDRESS });
  expect(await nextDueMs()).toBeNull();

  expect(await confirm(frozen, { kind: 'unclear', reason: 'timeout', settleMs: 0 })).toBe(false);
  await later('61 seconds');
  const redraw = await takeOne();
  expect(redraw).toMatchObject({ action: 'update', shownHash: null });
  await shown(redraw);
  expect(await takeOne()).toMatchObject({ action: 'recheck', address: ADDRESS });
});

test('found: adopts the post, and updates it if it changed since', async () => {
  const alert = await aCard();
  await takeOne();
  await db.alerts.claim(alert, 'U0ANNA');
  await later('61 seconds');
  const look = await takeOne();
  await confirm(look, { kind: 'found', address: ADDRESS });
  expect(await takeOne()).toMatchObject({ action: 'update', address: ADDRESS });
});

test('unclear: looks for the post after the settling time', async () => {
  await aCard();
  await confirm(await takeOne(), { kind: 'unclear', reason: 'timeout', settleMs: 5_000 });
  expect(await take()).toEqual([]);
  expect(await nextDueMs()).toBeGreaterThan(3_000);
  await later('5 seconds');
  expect(await takeOne()).toMatchObject({ action: 'look' });
});

test('unclear update: repeats it after the wait', async () => {
  await db.alerts.claim(await aPostedCard(), 'U0ANNA');
  await confirm(await takeOne(), { kind: 'unclear', reason: 'timeout', settleMs: 5_000 });
  expect(await take()).toEqual([]);
  await later('5 seconds');
  expect(await takeOne()).toMatchObject({ action: 'update' });
});

test('missing twice: posts again, and looks for a late second copy', async () => {
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
  expect((await nextDueMs()) ?? 0).toBeGreaterThan(50_000);
  await later('61 seconds');
  const recheck = await takeOne();
  expect(recheck).toMatchObject({ action: 'recheck', address: ADDRESS });
  await confirm(recheck, { kind: 'rechecked', keep: ADDRESS });
  expect(await outbox.take(10, LEASE_MS)).toMatchObject({ deliveries: [], nextDueMs: null });
});

test('looks for a second unclear post as well', async () => {
  await aCard();
  await confirm(await takeOne(), { kind: 'unclear', reason: 'timeout', settleMs: 0 });
  await confirm(await takeOne(), { kind: 'missing', settleMs: 0 });
  await confirm(await takeOne(), { kind: 'missing', settleMs: 0 });
  await later('2 seconds');
  expect(await takeOne()).toMatchObject({ action: 'post' });
  await later('61 seconds');
  expect(await takeOne()).toMatchObject({ action: 'look' });
});

test.each(['shown', 'found'] as const)(
  'looks for a second copy a minute after the second post was %s, however late in its lease',
  async (what) => {
    await aCard();
    await confirm(await takeOne(), { kind: 'unclear', reason: 'timeout', settleMs: 0 });
    await confirm(await takeOne(), { kind: 'missing', settleMs: 0 });
    await confirm(await takeOne(), { kind: 'missing', settleMs: 0 });
    await later('2 seconds');
    const again = await takeOne();
    await later('45 seconds');
    if (what === 'shown') await shown(again);
    else {
      await confirm(again, { kind: 'unclear', reason: 'timeout', settleMs: 0 });
      await confirm(await takeOne(), { kind: 'found', address: ADDRESS });
      await shown(await takeOne());
    }
    await later('45 seconds');
    expect(await take()).toEqual([]);
    await later('16 seconds');
    expect(await takeOne()).toMatchObject({ action: 'recheck' });
  },
);

/** A card that was reposted after two failed searches and is due for its recheck. */
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

test('rechecked: redraws the older copy if it stays, since it may be stale', async () => {
  const older = { channel: CHANNEL, ts: '1600000000.000100' };
  await confirm(await takeRecheck(), { kind: 'rechecked', keep: older });
  expect(await takeOne()).toMatchObject({ action: 'update', address: older });
});

test('searches again for a post that is confirmed during the search', async () => {
  const frozen = await postedByThePeerOfAFrozenBot();
  const recheck = await takeOne();
  expect(await shown(frozen, '1800000000.000100')).toBe(false);
  await confirm(recheck, { kind: 'rechecked', keep: ADDRESS });
  await later('61 seconds');
  await shown(await takeOne());
  expect(await takeOne()).toMatchObject({ action: 'recheck', address: ADDRESS });
});

test('rechecked: finding no copy changes nothing', async () => {
  await confirm(await takeRecheck(), { kind: 'rechecked', keep: null });
  expect(await row()).toMatchObject({ state: 'posted', slack_ts: ADDRESS.ts, recheck_at: null });
  expect(await take()).toEqual([]);
});

test('a failed search for a second copy waits like any retry', async () => {
  const recheck = await takeRecheck();
  const wait = { afterMs: 30_000, wholeChannel: false, counts: false };
  await confirm(recheck, { kind: 'later', reason: 'search: ratelimited', ...wait });
  expect(await nextDueMs()).toBeGreaterThan(20_000);
  await later('30 seconds');
  expect(await takeOne()).toMatchObject({ action: 'recheck' });
});

test("treats Slack's state as unknown during an update and after an unclear one", async () => {
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

test('found after a second post: redraws it, since it may be either copy', async () => {
  await aCard();
  await confirm(await takeOne(), { kind: 'unclear', reason: 'timeout', settleMs: 0 });
  await confirm(await takeOne(), { kind: 'missing', settleMs: 0 });
  await confirm(await takeOne(), { kind: 'missing', settleMs: 0 });
  await later('1 second');
  await confirm(await takeOne(), { kind: 'unclear', reason: 'timeout', settleMs: 0 });
  await confirm(await takeOne(), { kind: 'found', address: ADDRESS });
  expect(await takeOne()).toMatchObject({ action: 'update' });
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

test("a copy deleted in an unconfirmed search doesn't take the other one with it", async () => {
  const alert = await aPostedCard();
  await db.sql(`update lead_bot.messages set recheck_at = now() + interval '1 minute'`);
  await db.alerts.claim(alert, 'U0ANNA');
  await confirm(await takeOne(), { kind: 'gone', reason: 'message_not_found' });
  const recheck = await takeOne();
  expect(recheck.action).toBe('recheck');
  const older = { ...ADDRESS, ts: '1.000001' };
  await confirm(recheck, { kind: 'rechecked', keep: older });
  expect(await takeOne()).toMatchObject({ action: 'update', address: older });
});

test('a card deleted by a user is gone once the search finds no second copy', async () => {
  const alert = await aPostedCard();
  await db.sql(`update lead_bot.messages set recheck_at = now()`);
  await db.alerts.claim(alert, 'U0ANNA');
  await confirm(await takeOne(), { kind: 'gone', reason: 'message_not_found' });
  await confirm(await takeOne(), { kind: 'rechecked', keep: null });
  expect(await take()).toEqual([]);
  await db.alerts.release(alert, 'U0ANNA');
  await confirm(await takeOne(), { kind: 'gone', reason: 'message_not_found' });
  expect(await row()).toMatchObject({ state: 'gone' });
});

test('gives up searching for a second copy that keeps failing', async () => {
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
