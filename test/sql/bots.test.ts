import { expect, test } from 'vitest';
import { supabaseAlerts } from '../../src/adapters/supabase-alerts.ts';
import { connectDatabase } from '../../src/adapters/supabase-client.ts';
import { supabaseOutbox } from '../../src/adapters/supabase-outbox.ts';
import { nameBot } from '../../src/lifecycle/bot-name.ts';
import { botDatabase, CHANNEL } from '../support/bot-database.ts';
import { addLead, rescore } from '../support/leads.ts';
import { LEASE_MS, outboxStage } from '../support/outbox-stage.ts';
import { headersFor } from '../support/supabase.ts';

const db = await botDatabase();
const { takeOne, confirm, shown, later, row, aCard, aPostedCard } = outboxStage(db);

/** The calls of another bot, which names itself. */
function bot(name: string) {
  const database = connectDatabase({
    url: db.url,
    key: db.keyFor('lead_bot'),
    publishableKey: db.publishableKey,
    bot: name,
  });
  return { alerts: supabaseAlerts(database), outbox: supabaseOutbox(database) };
}

const eventBots = async () =>
  (await db.sql('select kind, bot from lead_bot.alert_events order by id')).map(
    (event) => `${event['kind']} ${event['bot']}`,
  );

test('an event has the name of the bot that wrote it, and null of an older one', async () => {
  const id = await aCard();
  await bot('web-1/4f2c').alerts.claim(id, 'U1');
  expect(await eventBots()).toEqual(['opened null', 'claimed web-1/4f2c']);
});

test.each([
  ['a space', 'web 1'],
  ['other letters', 'wëb-1'],
  ['a quote', 'web-1"'],
  ['no letter', '/4f2c'],
  ['too many letters', 'w'.repeat(65)],
  ['nothing', ''],
])('a name with %s is no name', async (_, name) => {
  const id = await aCard();
  const answer = await fetch(`${db.url}/rest/v1/rpc/lead_bot_claim`, {
    method: 'POST',
    headers: {
      ...headersFor(db, 'lead_bot'),
      'content-type': 'application/json',
      'x-lead-alerts-bot': Buffer.from(name).toString('latin1'),
    },
    body: JSON.stringify({ p_alert_id: id, p_user: 'U1' }),
  });
  expect(answer.status).toBe(200);
  expect(await eventBots()).toEqual(['opened null', 'claimed null']);
});

test.each([
  '',
  'not json',
  '[]',
  '"text"',
  'null',
  '{"x-lead-alerts-bot": {"a": 1}}',
  '{'.repeat(90_000),
])('headers that are %.40s name no bot, and fail nothing', async (headers) => {
  const [found] = await db.sql(
    `select set_config('request.headers', $1, true), lead_bot.calling_bot() as bot`,
    [headers],
  );
  expect(found?.['bot']).toBeNull();
});

test('a process names itself by its host and its start, as the database accepts it', async () => {
  const name = nameBot();
  expect(nameBot()).not.toBe(name);
  const id = await aCard();
  await bot(name).alerts.claim(id, 'U1');
  expect(await eventBots()).toEqual(['opened null', `claimed ${name}`]);
});

test('another header can name no bot', async () => {
  const [found] = await db.sql(
    `select set_config('request.headers', $1, true), lead_bot.calling_bot() as bot`,
    [JSON.stringify({ 'user-agent': '","x-lead-alerts-bot":"web-1' })],
  );
  expect(found?.['bot']).toBeNull();
});

test('a crossing has the poll that noticed it', async () => {
  await db.poll();
  const lead = await addLead(db, { score: 62 });
  await rescore(db, lead, 88);
  await db.poll();
  expect(
    await db.sql(
      `select c.bot, c.noted_at >= c.at and c.noted_at <= e.at as noticed
         from lead_bot.crossings c join lead_bot.alert_events e using (alert_id)`,
    ),
  ).toEqual([{ bot: null, noticed: true }]);
});

const CARD = { channel: CHANNEL, ts: '1700000000.000100' };

test('a message has who took it last, and who confirmed what Slack shows', async () => {
  const id = await aCard();
  const { deliveries } = await bot('web-1/aaaa').outbox.take(10, LEASE_MS);
  const [post] = deliveries;
  if (post === undefined) throw new Error('nothing is due');
  expect(await row()).toMatchObject({ taken_by: 'web-1/aaaa', sends: null });
  const drawing = { version: post.version, address: CARD, hash: 'a', sent: true } as const;
  await bot('web-2/bbbb').outbox.confirm(post.messageId, post.token, { kind: 'shown', ...drawing });
  await db.alerts.claim(id, 'U1');
  await shown(await takeOne());
  expect(await row()).toMatchObject({
    taken_by: null,
    lost_leases: 0,
    sends: [
      {
        by: 'web-2/bbbb',
        version: post.version,
        tries: 1,
        at: expect.any(String),
        taken_at: expect.any(String),
      },
      { version: post.version + 1, tries: 1 },
    ],
  });
});

test('what Slack shows already counts as no update', async () => {
  const id = await aPostedCard();
  await db.sql(`select lead_bot.touch_alerts(array[$1]::uuid[], false)`, [id]);
  const update = await takeOne();
  const { version } = update;
  await confirm(update, { kind: 'shown', version, address: CARD, hash: 'h', sent: false });
  expect((await row())['sends']).toHaveLength(1);
});

test('of many updates the first and the newest nineteen are kept', async () => {
  const id = await aPostedCard();
  for (let n = 0; n < 25; n++) {
    await db.sql(`select lead_bot.touch_alerts(array[$1]::uuid[], false)`, [id]);
    await shown(await takeOne());
  }
  const [{ versions } = { versions: null }] = await db.sql(
    `select array(select (s ->> 'version')::int from jsonb_array_elements(m.sends) s) as versions from lead_bot.messages m`,
  );
  const first = Number(versions?.[0]);
  expect(versions).toEqual([first, ...Array.from({ length: 19 }, (_, n) => first + 7 + n)]);
});

test('counts leases that end without a report', async () => {
  await aCard();
  await takeOne();
  await later('2 minutes');
  await takeOne();
  expect(await row()).toMatchObject({ lost_leases: 1 });
});

test('a post that a search found says so', async () => {
  await aCard();
  const post = await takeOne();
  await confirm(post, { kind: 'unclear', settleMs: 0, reason: 'timeout' });
  await later('1 minute');
  await confirm(await takeOne(), { kind: 'found', address: CARD });
  const { sends, posted_at: postedAt } = await row();
  expect(sends).toMatchObject([{ found: true, tries: 2 }]);
  expect(postedAt).toBeInstanceOf(Date);
});
