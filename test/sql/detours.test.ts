import { expect, test } from 'vitest';
import { botDatabase, CHANNEL } from '../support/bot-database.ts';
import { addLead } from '../support/leads.ts';
import { inOtherTransaction } from '../support/other-transaction.ts';
import { outboxStage } from '../support/outbox-stage.ts';
import { OTHER, ownerColumns } from '../support/owner-columns.ts';

const db = await botDatabase();
const { append, openAlertWith, cards, take, takeFirst } = await ownerColumns(db);
const { confirm, shown, later, takeOne } = outboxStage(db);

test.each(['not_in_channel', 'channel_not_found', 'is_archived', 'is_ext_shared'])(
  'a card refused by its channel (%s) goes to ALERT_CHANNEL once, and says so',
  async (reason) => {
    await db.poll();
    await append({ alert_channel: `'${OTHER}'` });
    await addLead(db);
    await addLead(db, { domain: 'beta.example' });
    await db.poll();
    const first = await takeFirst();
    expect(first).toMatchObject({ action: 'post', channel: OTHER });
    await confirm(first, { kind: 'pause', reason, everything: false });
    expect((await cards()).map(({ channel }) => channel)).toEqual([CHANNEL, CHANNEL]);
    expect(await take()).toMatchObject([
      {
        action: 'post',
        channel: CHANNEL,
        content: { kind: 'card', detour: { meantFor: OTHER, reason } },
      },
    ]);
  },
);

test('a card goes to ALERT_CHANNEL even if its channel refused the update of another card', async () => {
  await openAlertWith({ alert_channel: `'${OTHER}'` });
  const posted = await takeFirst();
  await shown(posted, '1.1');
  await db.alerts.claim(await db.onlyAlert(), 'U0ANNA');
  await addLead(db, { domain: 'beta.example' });
  await db.poll();
  // A paused channel is probed with one message, and updates that a user waits for go first.
  const {
    deliveries: [update],
  } = await db.outbox.take(1, 60_000);
  expect(update).toMatchObject({ action: 'update' });
  if (update === undefined) throw new Error('nothing to update');
  await confirm(update, { kind: 'pause', reason: 'not_in_channel', everything: false });
  expect(await cards()).toEqual([
    { channel: OTHER, key: 'acme.example' },
    { channel: CHANNEL, key: 'beta.example' },
  ]);
});

test('a posted card that waits to be redrawn stays in a channel that refuses a new one', async () => {
  await openAlertWith({ alert_channel: `'${OTHER}'` });
  const id = await db.onlyAlert();
  await shown(await takeFirst(), '1.1');
  await addLead(db, { domain: 'beta.example' });
  await db.poll();
  const post = await takeFirst();
  await db.alerts.claim(id, 'U0ANNA');
  await confirm(post, { kind: 'pause', reason: 'not_in_channel', everything: false });
  expect(await cards()).toEqual([
    { channel: OTHER, key: 'acme.example' },
    { channel: CHANNEL, key: 'beta.example' },
  ]);
});

test('a card refused for good in its channel is tried in ALERT_CHANNEL', async () => {
  await openAlertWith({ alert_channel: `'${OTHER}'` });
  const post = await takeFirst();
  await confirm(post, { kind: 'dead', reason: 'external_channel_migrating' });
  const again = await takeFirst();
  expect(again).toMatchObject({ action: 'post', channel: CHANNEL });
  await confirm(again, { kind: 'dead', reason: 'external_channel_migrating' });
  expect(await take()).toEqual([]);
});

test('looks in the channel for a card whose post may have arrived there', async () => {
  await openAlertWith({ alert_channel: `'${OTHER}'` });
  const post = await takeFirst();
  await confirm(post, { kind: 'unclear', reason: 'timeout', settleMs: 0 });
  expect(await take()).toMatchObject([{ action: 'look', channel: OTHER }]);
});

const blind = { kind: 'blind', reason: 'search: not_in_channel', afterMs: 30_000 } as const;

test('an unclear post in a channel the bot has left goes to ALERT_CHANNEL after ten minutes of looking', async () => {
  await openAlertWith({ alert_channel: `'${OTHER}'` });
  await confirm(await takeOne(), { kind: 'unclear', reason: 'timeout', settleMs: 0 });
  for (let n = 0; n < 3; n++) {
    const look = await takeOne();
    expect(look).toMatchObject({ action: 'look', channel: OTHER });
    await confirm(look, blind);
    await later('1 minute');
  }
  await later('8 minutes');
  await confirm(await takeOne(), blind);
  const post = await takeOne();
  expect(post).toMatchObject({
    action: 'post',
    channel: CHANNEL,
    attempts: 1,
    content: { kind: 'card', detour: { meantFor: OTHER, reason: 'not_in_channel' } },
  });
  await shown(post);
  expect((await db.outbox.take(10, 60_000)).nextDueMs).toBeNull();
});

test("keeps looking for an unclear post while the bot can't read ALERT_CHANNEL", async () => {
  await db.poll();
  await addLead(db);
  await db.poll();
  await confirm(await takeOne(), { kind: 'unclear', reason: 'timeout', settleMs: 0 });
  await later('1 hour');
  await confirm(await takeOne(), blind);
  await later('1 hour');
  expect(await takeOne()).toMatchObject({ action: 'look', channel: CHANNEL });
});

test('gives up an unclear reply in a channel the bot has left', async () => {
  await openAlertWith({ alert_channel: `'${OTHER}'` });
  await shown(await takeOne());
  await addLead(db, { name: 'Grace' });
  await db.poll();
  await db.sql(`update lead_bot.channels set next_post_at = now()`);
  const reply = (await take()).find(({ action }) => action === 'post');
  if (reply === undefined) throw new Error('no reply');
  await confirm(reply, { kind: 'unclear', reason: 'timeout', settleMs: 0 });
  await later('11 minutes');
  const look = (await take()).find(({ action }) => action === 'look');
  if (look === undefined) throw new Error('no look');
  await confirm(look, blind);
  const states = await db.sql(`select state from lead_bot.messages where kind = 'notice'`);
  expect(states).toEqual([{ state: 'gone' }]);
});

test("a detour doesn't wait for a lock on the card's reply, and the reply follows the card", async () => {
  await openAlertWith({ alert_channel: `'${OTHER}'` });
  const post = await takeOne();
  await addLead(db, { name: 'Grace' });
  await db.poll();
  await inOtherTransaction(db, async (other) => {
    await other.query(`select id from lead_bot.messages where kind = 'notice' for update`);
    await confirm(post, { kind: 'pause', reason: 'not_in_channel', everything: false });
  });
  await db.sql(`update lead_bot.channels set next_post_at = now()`);
  const card = await takeOne();
  expect(card).toMatchObject({ action: 'post', channel: CHANNEL });
  await shown(card);
  await db.sql(`update lead_bot.channels set next_post_at = now()`);
  const rest = await take();
  expect(rest.filter(({ action }) => action === 'post')).toMatchObject([
    { channel: CHANNEL, threadTs: '1700000000.000100', content: { kind: 'notice' } },
  ]);
});

const rateLimited = {
  kind: 'later',
  reason: 'ratelimited',
  afterMs: 0,
  wholeChannel: false,
  counts: false,
} as const;

/** A posted card in the other channel, with a reply that waits, and a second card that is being posted there. */
async function cardWithReply() {
  await openAlertWith({ alert_channel: `'${OTHER}'` });
  await shown(await takeFirst(), '1.1');
  await addLead(db, { name: 'Grace' });
  await addLead(db, { domain: 'beta.example' });
  await db.poll();
  // One new message at a time.
  const due = [...(await take()), ...(await take())].filter(({ action }) => action === 'post');
  const reply = due.find(({ content }) => content.kind === 'notice');
  const card = due.find(({ content }) => content.kind === 'card');
  if (reply === undefined || card === undefined) throw new Error('nothing to post');
  return { reply, card };
}

test('a reply stays with its card in a channel that refuses another card', async () => {
  const { reply, card } = await cardWithReply();
  await confirm(reply, rateLimited);
  await confirm(card, { kind: 'pause', reason: 'not_in_channel', everything: false });
  expect(await db.sql(`select channel from lead_bot.messages where kind = 'notice'`)).toEqual([
    { channel: OTHER },
  ]);
});

test('a reply that Slack refuses for good moves no card', async () => {
  const { reply, card } = await cardWithReply();
  await confirm(card, rateLimited);
  await confirm(reply, { kind: 'dead', reason: 'msg_too_long' });
  expect((await cards()).map(({ channel }) => channel)).toEqual([OTHER, OTHER]);
});

test('only a new message shows that a channel takes cards again', async () => {
  await openAlertWith({ alert_channel: `'${OTHER}'` });
  const posted = await takeFirst();
  await shown(posted, '1.1');
  const refused = () => db.sql('select refused from lead_bot.card_channels');
  await db.sql(
    `update lead_bot.card_channels set refused = 'restricted_action', refused_at = now()`,
  );
  await db.alerts.claim(await db.onlyAlert(), 'U0ANNA');
  await shown(await takeFirst(), '1.1');
  expect(await refused()).toEqual([{ refused: 'restricted_action' }]);
  await addLead(db, { name: 'Grace' });
  await db.poll();
  await db.alerts.release(await db.onlyAlert(), 'U0ANNA');
  for (const delivery of await take()) await shown(delivery, '1.2');
  expect(await refused()).toEqual([{ refused: null }]);
});

test('a refused roll-up goes to ALERT_CHANNEL, says so, and continues there', async () => {
  await db.poll();
  await append({ alert_channel: `'${OTHER}'` });
  await addLead(db, { domain: 'a.example', score: 99 });
  await addLead(db, { domain: 'b.example', score: 90 });
  await db.poll({ maxCardsPerPoll: 1 });
  await shown(await takeOne());
  await db.sql(`update lead_bot.channels set next_post_at = now()`);
  await confirm(await takeOne(), { kind: 'pause', reason: 'is_archived', everything: false });
  await addLead(db, { domain: 'c.example', score: 89 });
  await db.poll({ maxCardsPerPoll: 1 });
  expect((await take()).find(({ content }) => content.kind === 'rollup')).toMatchObject({
    channel: CHANNEL,
    content: { rollup: { total: 2 }, detour: { meantFor: OTHER, reason: 'is_archived' } },
  });
});
