import { expect, test } from 'vitest';
import { supabaseOffers } from '../../src/adapters/supabase-offers.ts';
import { readHealth, resume } from '../../src/adapters/supabase-upkeep.ts';
import type { Delivery } from '../../src/core/message.ts';
import { botDatabase, CHANNEL } from '../support/bot-database.ts';
import { erase, erasuresLeft } from '../support/erasure.ts';
import { addLead } from '../support/leads.ts';
import { inOtherTransaction, untilBlocked } from '../support/other-transaction.ts';
import { outboxStage } from '../support/outbox-stage.ts';

const db = await botDatabase();
const { take, confirm, shown, later, aPostedCard } = outboxStage(db);
const offers = supabaseOffers(db.database);

const ANNA = 'U0ANNA';
const BEN = 'U0BEN';
const DIRECT = { channel: 'D0ANNA', ts: '1700000001.000100' };
const REFUSED = { kind: 'pause', reason: 'user_disabled', everything: false } as const;
const UNCLEAR = { kind: 'unclear', reason: 'timeout', settleMs: 0 } as const;
const BLIND = { kind: 'blind', reason: 'search: missing_scope', afterMs: 30_000 } as const;
const inAnHour = () => new Date(Date.now() + 3_600_000);

async function offer(alert: string, holder = ANNA): Promise<void> {
  await db.sql('update lead_bot.alerts set offer_due_at = now() where id = $1', [alert]);
  expect(await offers.make(alert, holder, 'owner', inAnHour())).toBe(true);
}

/** Shows what is due but the direct message, and returns that one. */
async function takeDirect(): Promise<Delivery> {
  const due = await take();
  for (const other of due.filter(({ channel }) => channel !== ANNA)) await shown(other);
  const [direct, ...others] = due.filter(({ channel }) => channel === ANNA);
  if (direct === undefined || others.length > 0) throw new Error('expected one direct message');
  return direct;
}

/** Offers a lead to Anna. Returns the alert's id and the direct message to post. */
async function anOffer(): Promise<{ alert: string; direct: Delivery }> {
  const alert = await aPostedCard();
  await offer(alert);
  return { alert, direct: await takeDirect() };
}

/** The same, with the direct message posted. */
async function aPostedOffer(): Promise<string> {
  const { alert, direct } = await anOffer();
  await posted(direct);
  return alert;
}

/** Hands a lead over to Anna. Neither the card nor the direct message is posted yet. */
async function aWaitingHandOver(): Promise<{ id: string }> {
  await db.poll();
  await addLead(db);
  await db.poll();
  const id = await db.onlyAlert();
  await db.alerts.claim(id, BEN);
  await db.alerts.handOver(id, BEN, ANNA, '');
  expect(await direct()).toMatchObject({ state: 'pending' });
  return { id };
}

const posted = ({ version, ...delivery }: Delivery) =>
  confirm(
    { version, ...delivery },
    { kind: 'shown', version, address: DIRECT, hash: 'h', sent: true },
  );

const direct = async () => {
  const [row] = await db.sql(
    `select state, removal, last_error from lead_bot.messages where kind = 'dm'`,
  );
  return row;
};
const replies = () =>
  db.sql(`select payload from lead_bot.messages where kind = 'notice' order by created_at`);

test('an offer is sent to its holder with the card', async () => {
  const { alert, direct } = await anOffer();
  expect(direct).toMatchObject({
    action: 'post',
    channel: ANNA,
    threadTs: null,
    content: { kind: 'dm', reason: { kind: 'offer', to: ANNA }, picture: { alert: { id: alert } } },
  });
});

test('cards are posted before direct messages', async () => {
  await offer(await aPostedCard());
  for (const domain of ['a.example', 'b.example']) await addLead(db, { domain });
  await db.poll();
  await later('1 second');
  const due = await take();
  expect(due.map(({ action, channel }) => [action, channel])).toEqual([
    ['post', CHANNEL],
    ['post', ANNA],
    ['update', CHANNEL],
  ]);
});

test('a claim redraws the direct message where it was posted', async () => {
  await db.alerts.claim(await aPostedOffer(), ANNA);
  expect(await takeDirect()).toMatchObject({
    action: 'update',
    address: DIRECT,
    content: { picture: { alert: { status: 'claimed' } } },
  });
});

test('what Slack refuses to one reader is given up, mentions them in the thread and pauses nothing', async () => {
  const { direct: message } = await anOffer();
  await confirm(message, REFUSED);
  expect(await direct()).toMatchObject({ state: 'gone', last_error: 'user_disabled' });
  await later('1 second');
  expect(await take()).toMatchObject([
    {
      action: 'post',
      channel: CHANNEL,
      threadTs: expect.any(String),
      content: { kind: 'notice', notice: { kind: 'offered', to: ANNA, until: expect.any(Date) } },
    },
  ]);
  expect(await readHealth(db.database)).toMatchObject({ paused: [], deadReasons: [] });
});

test('a token that Slack refuses pauses everything and gives up no direct message', async () => {
  const { direct: message } = await anOffer();
  await confirm(message, { kind: 'pause', reason: 'token_revoked', everything: true });
  expect(await direct()).toMatchObject({ state: 'pending' });
  expect((await readHealth(db.database)).paused).toMatchObject([{ channel: '*' }]);
  expect(await replies()).toEqual([]);
});

test('an offer that reaches nobody is mentioned in the thread of its lead, and in no other', async () => {
  const { alert, direct: message } = await anOffer();
  await addLead(db, { domain: 'beta.example' });
  await db.poll();
  const [other = ''] = (await db.alertIds()).filter((id) => id !== alert);
  await offer(other);
  await confirm(message, REFUSED);
  const mentions = await db.sql(`select alert_id from lead_bot.messages where kind = 'notice'`);
  expect(mentions).toEqual([{ alert_id: alert }]);
});

test("one that can't be drawn mentions its reader too, and is reported", async () => {
  const { direct: message } = await anOffer();
  await confirm(message, { kind: 'dead', reason: 'cannot be drawn' });
  expect(await replies()).toHaveLength(1);
  expect((await readHealth(db.database)).deadReasons).toMatchObject([{ kind: 'dm', count: 1 }]);
  await resume(db.database, CHANNEL, CHANNEL);
  expect(await direct()).toMatchObject({ state: 'dead' });
});

test('one refused even as plain text mentions its reader', async () => {
  const { direct: message } = await anOffer();
  await confirm(message, { kind: 'plain', reason: 'invalid_blocks' });
  await later('1 second');
  const again = await takeDirect();
  expect(again).toMatchObject({ action: 'post', plain: true });
  await confirm(again, { kind: 'plain', reason: 'invalid_blocks' });
  expect(await direct()).toMatchObject({ state: 'dead' });
  expect(await replies()).toHaveLength(1);
});

test.each(['claimed', 'passed on', 'over'])(
  'mentions nobody in the thread once the offer is %s',
  async (how) => {
    const { alert, direct: message } = await anOffer();
    if (how === 'claimed') await db.alerts.claim(alert, ANNA);
    if (how === 'passed on') {
      await db.alerts.pass(alert, ANNA);
      await offer(alert, BEN);
    }
    if (how === 'over') await db.age('2 hours');
    await confirm(message, REFUSED);
    expect(await replies()).toEqual([]);
  },
);

test('a hand-over that reaches nobody is in the thread already', async () => {
  const alert = await aPostedCard();
  await db.alerts.claim(alert, BEN);
  await db.alerts.handOver(alert, BEN, ANNA, '');
  await confirm(await takeDirect(), REFUSED);
  expect(await direct()).toMatchObject({ state: 'gone' });
  expect(await replies()).toMatchObject([{ payload: { kind: 'handed-over', to: ANNA } }]);
});

test('one that waits when its alert closes is given up', async () => {
  const { id } = await aWaitingHandOver();
  await db.sql('update public.lead_scores set usage_score = 0');
  await db.poll();
  await db.alerts.release(id, ANNA);
  await db.age('30 hours');
  await db.poll();
  expect(await direct()).toMatchObject({ state: 'gone' });
});

test('one that waits when a company that was not a fit returns is given up, with the old card', async () => {
  const { id } = await aWaitingHandOver();
  await db.alerts.notAFit(id, ANNA, 'competitor', '', 90 * 24 * 3_600_000);
  await addLead(db, { name: 'Grace Example' });
  await db.poll();
  expect(await direct()).toMatchObject({ state: 'gone' });
  const cards = await db.sql(
    `select m.alert_id = $1 as old, m.state from lead_bot.messages m where m.kind = 'card' order by m.created_at`,
    [id],
  );
  expect(cards).toEqual([
    { old: true, state: 'gone' },
    { old: false, state: 'pending' },
  ]);
});

test('an unclear post in a conversation that cannot be searched is given up after ten minutes', async () => {
  const { direct: message } = await anOffer();
  await confirm(message, UNCLEAR);
  const look = await takeDirect();
  expect(look).toMatchObject({ action: 'look', channel: ANNA });
  await confirm(look, BLIND);
  await later('9 minutes');
  await confirm(await takeDirect(), BLIND);
  expect(await direct()).toMatchObject({ state: 'unclear' });
  expect(await replies()).toEqual([]);
  await later('2 minutes');
  await confirm(await takeDirect(), BLIND);
  expect(await direct()).toMatchObject({ state: 'gone' });
  expect(await replies()).toMatchObject([{ payload: { kind: 'offered', to: ANNA } }]);
});

test('an unclear post that was withdrawn is given up too, but not an erased one', async () => {
  const { direct: message } = await anOffer();
  await confirm(message, UNCLEAR);
  await later('11 minutes');
  const unwant = (why: string) =>
    db.sql(
      `select lead_bot.unwant_messages(array(select id from lead_bot.messages where kind = 'dm'), $1)`,
      [why],
    );
  await unwant('erased');
  await confirm(await takeDirect(), BLIND);
  expect(await direct()).toMatchObject({ state: 'unclear' });
  await unwant('undone');
  await later('1 minute');
  await confirm(await takeDirect(), BLIND);
  expect(await direct()).toMatchObject({ state: 'gone' });
  expect(await replies()).toEqual([]);
});

test('an update that is refused waits for the next change', async () => {
  const alert = await aPostedOffer();
  await db.alerts.claim(alert, ANNA);
  await confirm(await takeDirect(), REFUSED);
  expect(await direct()).toMatchObject({ state: 'posted' });
  expect(await take()).toEqual([]);
  expect(await replies()).toEqual([]);
  await db.alerts.release(alert, ANNA);
  expect(await takeDirect()).toMatchObject({ action: 'update' });
});

test('a rate limit on a direct message holds back posts to its reader, or all updates', async () => {
  const { alert, direct: message } = await anOffer();
  const wait = {
    kind: 'later',
    reason: 'ratelimited',
    afterMs: 30_000,
    wholeChannel: true,
    counts: false,
  } as const;
  await confirm(message, wait);
  await addLead(db, { domain: 'beta.example' });
  await db.poll();
  await later('5 seconds');
  const [card, ...others] = await take();
  if (card === undefined) throw new Error('expected a card');
  expect([card.channel, others]).toEqual([CHANNEL, []]);
  await shown(card, '1700000002.000100');
  await later('30 seconds');
  await posted(await takeDirect());
  await db.alerts.claim(alert, ANNA);
  const due = await take();
  expect(due.map(({ action }) => action)).toEqual(['update', 'update']);
  for (const update of due) {
    await confirm(update, update.channel === ANNA ? wait : { ...UNCLEAR });
  }
  expect(await take()).toEqual([]);
  await later('30 seconds');
  expect((await take()).map(({ action }) => action)).toEqual(['update', 'update']);
});

test('undoing a hand-over takes the direct message back', async () => {
  const alert = await aPostedCard();
  await db.alerts.claim(alert, BEN);
  await db.alerts.handOver(alert, BEN, ANNA, '');
  await posted(await takeDirect());
  const [undo] = await db.sql<{ id: string }>('select id from lead_bot.undos');
  expect((await db.alerts.undo(alert, BEN, undo?.id ?? '')).ok).toBe(true);
  await later('1 minute');
  expect(await takeDirect()).toMatchObject({ action: 'remove', address: DIRECT });
});

test('a refused direct message waits for a gesture on its alert, and then mentions nobody', async () => {
  const { alert, direct: message } = await anOffer();
  await inOtherTransaction(db, async (gesture) => {
    // A gesture locks the alert first, and its messages last.
    await gesture.query('select from lead_bot.alerts where id = $1 for no key update', [alert]);
    const confirmed = confirm(message, REFUSED);
    await untilBlocked(db);
    await gesture.query('select public.lead_bot_claim($1, $2)', [alert, ANNA]);
    await gesture.query('commit');
    expect(await confirmed).toBe(true);
  });
  expect(await replies()).toEqual([]);
});

test('a bot with other channels leaves direct messages where they are', async () => {
  await offer(await aPostedCard());
  await resume(db.database, 'C0RIGHT', 'C0RIGHT');
  expect((await take()).map(({ channel }) => channel)).toContain(ANNA);
});

test('erasing the only lead removes its direct message', async () => {
  await aPostedOffer();
  await erase(db, 'acme.example');
  const due = await take();
  expect(due.map(({ action, address }) => [action, address?.channel]).sort()).toEqual([
    ['remove', CHANNEL],
    ['remove', DIRECT.channel],
  ]);
  expect((await erasuresLeft(db)).map(({ kind }) => kind)).toEqual(['card', 'dm']);
  for (const removal of due) await confirm(removal, { kind: 'removed' });
  expect(await erasuresLeft(db)).toEqual([]);
});

test('erasing one of two leads redraws the direct message, or deletes it if it cannot be edited', async () => {
  await addLead(db, { name: 'Zoe Canary', email: 'zoe@acme.example' });
  await aPostedOffer();
  await erase(db, 'zoe@acme.example');
  const update = await takeDirect();
  expect(update.action).toBe('update');
  expect(JSON.stringify(update)).not.toContain('Canary');
  await confirm(update, { kind: 'frozen', reason: 'edit_window_closed' });
  expect(await takeDirect()).toMatchObject({ action: 'remove', address: DIRECT });
});

test('one that could not be edited earlier is deleted when a lead is erased', async () => {
  await addLead(db, { name: 'Zoe Canary', email: 'zoe@acme.example' });
  await db.alerts.claim(await aPostedOffer(), ANNA);
  await confirm(await takeDirect(), { kind: 'frozen', reason: 'edit_window_closed' });
  expect(await direct()).toMatchObject({ state: 'gone' });
  await erase(db, 'zoe@acme.example');
  expect(await takeDirect()).toMatchObject({ action: 'remove', address: DIRECT });
});

/** An offer whose alert was closed 366 days ago and is scrubbed now. */
async function aScrubbedOffer(frozen: boolean): Promise<void> {
  await aPostedOffer();
  await db.sql(`update lead_bot.offers set ended_at = now(), ended = 'withdrawn'`);
  if (frozen) {
    await db.alerts.snooze(await db.onlyAlert(), ANNA, inAnHour());
    await confirm(await takeDirect(), { kind: 'frozen', reason: 'edit_window_closed' });
    await db.sql('update lead_bot.alerts set hold = null');
  }
  await db.sql('update lead_bot.messages set shown_version = wanted_version, urgent = false');
  await db.sql(`update lead_bot.alerts set status = 'cooled', closed_at = now()`);
  await db.age('366 days');
  await db.tidy(365);
}

test('retention redraws a direct message without people, and deletes one that cannot be edited', async () => {
  await aScrubbedOffer(false);
  expect(await takeDirect()).toMatchObject({ action: 'update', address: DIRECT });
  await db.clear();
  await aScrubbedOffer(true);
  expect(await takeDirect()).toMatchObject({ action: 'remove', address: DIRECT });
});

test('with its alert, the history forgets a direct message', async () => {
  await aScrubbedOffer(false);
  await posted(await takeDirect());
  await db.age('400 days');
  await db.tidy(365, 730);
  expect(await db.sql('select from lead_bot.messages')).toEqual([]);
});
