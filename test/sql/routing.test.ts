import { expect, test } from 'vitest';
import { botDatabase, CHANNEL } from '../support/bot-database.ts';
import { addLead } from '../support/leads.ts';
import { OTHER, ownerColumns } from '../support/owner-columns.ts';

const db = await botDatabase();
const { append, openAlertWith, cards, take } = await ownerColumns(db);

test('the lead that opens an alert decides its channel until it closes', async () => {
  await db.poll();
  await append({
    alert_channel: `case when v.champion_name = 'Ada' then '${OTHER}' when v.champion_name = 'Grace' then 'C0THIRD' end`,
  });
  await addLead(db, { name: 'Ada' });
  await addLead(db, { name: 'Linus', domain: 'beta.example', company: 'Beta' });
  await db.poll();
  await addLead(db, { name: 'Grace', score: 95 });
  await db.poll();
  expect(await cards()).toEqual([
    { channel: OTHER, key: 'acme.example' },
    { channel: CHANNEL, key: 'beta.example' },
  ]);
});

test('overflow of a poll goes into one roll-up per channel', async () => {
  await db.poll();
  await append({ alert_channel: `case when v.company_domain < 'm' then '${OTHER}' end` });
  for (let n = 0; n < 16; n++) {
    await addLead(db, { domain: `${n % 2 === 0 ? 'a' : 'z'}${n}.example`, score: 99 - n });
  }
  await db.poll();
  expect(
    await db.sql(
      `select m.channel, count(*)::int from lead_bot.messages m
         join lead_bot.message_alerts s on s.message_id = m.id
        where m.kind = 'rollup' group by 1 order by 1`,
    ),
  ).toEqual([
    { channel: OTHER, count: 3 },
    { channel: CHANNEL, count: 3 },
  ]);
});

test.each(["'#sales'", "' '", "'hot-leads'", "repeat('C', 100000)", "'C0A; drop table x'"])(
  'an invalid channel (%s) leaves the card in ALERT_CHANNEL',
  async (value) => {
    await openAlertWith({ alert_channel: value });
    expect(await cards()).toEqual([{ channel: CHANNEL, key: 'acme.example' }]);
  },
);

test('uses at most 50 channels, and frees one after 90 days without a lead', async () => {
  await db.poll();
  await db.sql(
    `insert into lead_bot.card_channels (channel) select 'C0CHANNEL' || n from generate_series(1, 50) n`,
  );
  await append({ alert_channel: `'${OTHER}'` });
  await addLead(db);
  await db.poll();
  await db.sql(
    `update lead_bot.card_channels set used_at = now() - interval '91 days' where channel = 'C0CHANNEL7'`,
  );
  await addLead(db, { domain: 'beta.example' });
  await db.poll();
  expect((await cards()).map(({ channel }) => channel)).toEqual([CHANNEL, OTHER]);
  expect((await take())[0]?.content).toMatchObject({
    detour: { meantFor: OTHER, reason: 'too_many_channels' },
  });
});

test('the columns may come and go while the bot runs', async () => {
  await openAlertWith({ alert_channel: `'${OTHER}'`, crm_url: "'https://crm.example/1'" });
  await append({});
  await addLead(db, { domain: 'beta.example' });
  await db.poll();
  expect((await cards()).map(({ channel }) => channel)).toEqual([OTHER, CHANNEL]);
});

test('the newest row decides the channel of a lead that the view shows twice', async () => {
  await db.poll();
  await append({
    alert_channel: `case when v.total_score = 91 then '${OTHER}' else 'C0OLD' end`,
  });
  const id = await addLead(db, { score: 85 });
  await db.sql(`update public.lead_scores set scored_at = now() - interval '1 day'`);
  // The view shows the highest score first.
  for (const score of [90, 91, 96]) {
    await db.sql(
      `insert into public.lead_scores (developer_id, company_score, usage_score, expansion_score,
         champion_score, timing_score, scored_at)
       select $1, $2::int, $2::int, $2::int, $2::int, $2::int,
              now() - case when $2::int = 91 then interval '1 hour' else interval '2 hours' end`,
      [id, score],
    );
  }
  await db.poll();
  expect((await cards()).map(({ channel }) => channel)).toEqual([OTHER]);
});

test.each([
  ['1 / (v.total_score - 85) || v.email'],
  [`case when v.company_domain = 'acme.example' then (v.email::int)::text else '${OTHER}' end`],
])('a lead whose alert_channel fails (%s) gets its card in ALERT_CHANNEL', async (value) => {
  await openAlertWith({ alert_channel: value });
  expect(await cards()).toEqual([{ channel: CHANNEL, key: 'acme.example' }]);
});
