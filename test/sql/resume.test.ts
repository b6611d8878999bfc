import { expect, test } from 'vitest';
import { readHealth, resume } from '../../src/adapters/supabase-upkeep.ts';
import { botDatabase, CHANNEL } from '../support/bot-database.ts';
import { addLead } from '../support/leads.ts';
import { inOtherTransaction, untilBlocked } from '../support/other-transaction.ts';
import { outboxStage } from '../support/outbox-stage.ts';

const db = await botDatabase();
const { take, takeOne, confirm, aCard, aPostedCard, later, row } = outboxStage(db);

test('the next bot retries a message that the last one could not draw', async () => {
  await aCard();
  await confirm(await takeOne(), { kind: 'dead', reason: 'cannot be drawn' });
  await later('1 minute');
  expect(await take()).toEqual([]);
  await resume(db.database, CHANNEL, CHANNEL);
  expect(await takeOne()).toMatchObject({ action: 'post', attempts: 1 });
});

test('unposted messages follow a changed channel, free of the old pause', async () => {
  await aCard();
  const wrong = { kind: 'pause', reason: 'not_in_channel', everything: false } as const;
  await confirm(await takeOne(), wrong);
  await db.digests.request(CHANNEL, '2026-03-02', new Date('2100-01-01T09:00:00Z'));
  await resume(db.database, 'C0RIGHT', 'C0RIGHT');
  expect((await readHealth(db.database)).paused).toEqual([]);
  expect(await takeOne()).toMatchObject({ action: 'post', channel: 'C0RIGHT' });
});

test("a digest that the last bot could not draw doesn't go to the old channel", async () => {
  await db.poll();
  await db.digests.request('C0OLD', '2026-03-02', new Date('2100-01-01T09:00:00Z'));
  await confirm(await takeOne(), { kind: 'dead', reason: 'cannot be drawn' });
  await resume(db.database, CHANNEL, CHANNEL);
  await later('1 minute');
  expect(await take()).toEqual([]);
});

test('a reply stays with a card that may already be posted', async () => {
  await aCard();
  await takeOne();
  await addLead(db, { name: 'Grace' });
  await db.poll();
  await resume(db.database, 'C0RIGHT', 'C0RIGHT');
  const rows = await db.sql('select distinct channel from lead_bot.messages');
  expect(rows).toEqual([{ channel: CHANNEL }]);
});

test.each(['card', 'digest'])(
  'a %s that another bot takes at this moment stays in its channel',
  async (kind) => {
    if (kind === 'card') {
      await aCard();
    } else {
      await db.poll();
      await db.digests.request(CHANNEL, '2026-03-02', new Date('2100-01-01T09:00:00Z'));
    }
    await inOtherTransaction(db, async (other) => {
      await other.query('select public.lead_bot_take(10, 60)');
      const resumed = resume(db.database, 'C0RIGHT', 'C0RIGHT');
      await untilBlocked(db);
      await other.query('commit');
      await resumed;
    });
    expect(await row()).toMatchObject({ kind, channel: CHANNEL, state: 'pending' });
  },
);

test('posted messages stay in their channel when the setting changes', async () => {
  await db.alerts.claim(await aPostedCard(), 'U0ANNA');
  await resume(db.database, 'C0RIGHT', 'C0RIGHT');
  expect(await takeOne()).toMatchObject({ action: 'update', channel: CHANNEL });
});

test("doesn't retry stale messages: cards of closed alerts, all digests but the last", async () => {
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

test('everything waiting for a wrong channel moves, each reply with its card', async () => {
  await db.sql(
    `with waiting as (
       insert into lead_bot.alerts (account_key)
       select 'c' || n || '.example' from generate_series(1, 450) n returning id
     ), cards as (
       insert into lead_bot.messages (kind, alert_id, channel, dedupe_key)
       select 'card', id, 'C0WRONG', 'card:' || id from waiting returning id, alert_id
     )
     insert into lead_bot.messages (kind, alert_id, parent_id, channel, dedupe_key)
     select 'notice', alert_id, id, 'C0WRONG', 'joined:' || alert_id from cards`,
  );
  await db.sql(`insert into lead_bot.channels (channel, pauses) values ('C0WRONG', 3)`);
  const first = await db.sql(`select public.lead_bot_resume('${CHANNEL}', '${CHANNEL}') as answer`);
  expect(first).toEqual([{ answer: { more: true } }]);
  const parted = await db.sql(
    `select from lead_bot.messages m join lead_bot.messages p on p.id = m.parent_id
      where p.channel <> m.channel`,
  );
  expect(parted).toEqual([]);
  expect((await readHealth(db.database)).paused).toHaveLength(1);

  await resume(db.database, CHANNEL, CHANNEL);
  expect(await db.sql('select channel, count(*)::int from lead_bot.messages group by 1')).toEqual([
    { channel: CHANNEL, count: 900 },
  ]);
  expect((await readHealth(db.database)).paused).toEqual([]);
});

test('a start retries only what was refused within a week', async () => {
  await aCard();
  await confirm(await takeOne(), { kind: 'dead', reason: 'cannot be drawn' });
  await later('8 days');
  await resume(db.database, CHANNEL, CHANNEL);
  expect(await take()).toEqual([]);
});
