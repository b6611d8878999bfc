import pg from 'pg';
import { beforeEach, expect, test } from 'vitest';
import { supabaseCardChannels } from '../../src/adapters/supabase-access.ts';
import { readColumns } from '../../src/adapters/supabase-checkup.ts';
import { parseCommand } from '../../src/core/command.ts';
import { botDatabase, CHANNEL } from '../support/bot-database.ts';
import { addLead } from '../support/leads.ts';
import { outboxStage } from '../support/outbox-stage.ts';

const db = await botDatabase();
const OTHER = 'C0ENTERPRISE';
const { confirm, shown, later, takeOne } = outboxStage(db);

const GIVEN = (
  await db.sql<{ text: string }>(`select pg_get_viewdef('public.lead_dashboard') as text`)
)[0]?.text.replace(/;\s*$/, '');

/** Appends columns to the view, as its owner does; each is an expression over the given row `v`. */
async function append(columns: Record<string, string>): Promise<void> {
  const more = Object.entries(columns).map(([name, value]) => `, ${value} as ${name}`);
  await db.sql('drop view public.lead_dashboard');
  await db.sql(`create view public.lead_dashboard as select v.*${more.join('')} from (${GIVEN}) v`);
}

beforeEach(() => append({}));

const cards = () =>
  db.sql<{ channel: string; key: string }>(
    `select m.channel, a.account_key as key
       from lead_bot.messages m join lead_bot.alerts a on a.id = m.alert_id
      where m.kind = 'card' order by 2`,
  );

async function take() {
  await db.sql(`update lead_bot.channels set next_post_at = now()`);
  return (await db.outbox.take(20, 60_000)).deliveries;
}

test('the lead that opens an alert decides its channel, for the whole episode', async () => {
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

test('the lead that opens an alert decides whose account it is, the link and the lines, for the whole episode', async () => {
  await db.poll();
  await append({
    owner_email: `lower(v.champion_name) || '@ours.example'`,
    crm_url: `'https://crm.example/' || v.champion_name`,
    card_fields: `jsonb_build_object('Known by', v.champion_name)`,
  });
  await addLead(db, { name: 'Ada', score: 82 });
  await db.poll();
  await addLead(db, { name: 'Grace', score: 95 });
  await db.poll();
  const [best, other] = (await db.alerts.find(await db.onlyAlert()))?.account.leads ?? [];
  expect([best?.championName, other?.championName]).toEqual(['Grace', 'Ada']);
  expect(best).toMatchObject({
    ownerEmail: 'ada@ours.example',
    crmUrl: 'https://crm.example/Ada',
    cardFields: [{ label: 'Known by', text: 'Ada' }],
  });
});

test('what is too much for a poll goes into one roll-up a channel', async () => {
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

test.each(['not_in_channel', 'channel_not_found', 'is_archived', 'is_ext_shared'])(
  'a card refused in its channel (%s) goes to ALERT_CHANNEL, once, and says so',
  async (reason) => {
    await db.poll();
    await append({ alert_channel: `'${OTHER}'` });
    await addLead(db);
    await addLead(db, { domain: 'beta.example' });
    await db.poll();
    const [first] = await take();
    if (first === undefined) throw new Error('nothing to post');
    expect(first).toMatchObject({ action: 'post', channel: OTHER });
    await db.outbox.confirm(first.messageId, first.token, {
      kind: 'pause',
      reason,
      everything: false,
    });
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

test('a card goes to ALERT_CHANNEL also when an update of another is what Slack refuses in its channel', async () => {
  await db.poll();
  await append({ alert_channel: `'${OTHER}'` });
  await addLead(db);
  await db.poll();
  const [standing] = await take();
  if (standing === undefined) throw new Error('nothing to post');
  await shown(standing, '1.1');
  await db.alerts.claim(await db.onlyAlert(), 'U0ANNA');
  await addLead(db, { domain: 'beta.example' });
  await db.poll();
  // A paused channel is tried with one message at a time, and what a person waits for goes first.
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

test('a card that Slack refuses for good in its channel is tried in ALERT_CHANNEL', async () => {
  await db.poll();
  await append({ alert_channel: `'${OTHER}'` });
  await addLead(db);
  await db.poll();
  const [post] = await take();
  if (post === undefined) throw new Error('nothing to post');
  await confirm(post, { kind: 'dead', reason: 'external_channel_migrating' });
  const [again] = await take();
  expect(again).toMatchObject({ action: 'post', channel: CHANNEL });
  if (again === undefined) throw new Error('nothing to post');
  await confirm(again, { kind: 'dead', reason: 'external_channel_migrating' });
  expect(await take()).toEqual([]);
});

test('a card whose post may have arrived in its channel is looked for there', async () => {
  await db.poll();
  await append({ alert_channel: `'${OTHER}'` });
  await addLead(db);
  await db.poll();
  const [post] = await take();
  if (post === undefined) throw new Error('nothing to post');
  await db.outbox.confirm(post.messageId, post.token, {
    kind: 'unclear',
    reason: 'timeout',
    settleMs: 0,
  });
  expect(await take()).toMatchObject([{ action: 'look', channel: OTHER }]);
});

test.each(["'#sales'", "' '", "'hot-leads'", "repeat('C', 100000)", "'C0A; drop table x'"])(
  'a channel that is none (%s) leaves the card in ALERT_CHANNEL',
  async (value) => {
    await db.poll();
    await append({ alert_channel: value });
    await addLead(db);
    await db.poll();
    expect(await cards()).toEqual([{ channel: CHANNEL, key: 'acme.example' }]);
  },
);

test('no more than 50 channels are used, and one that was not named for 90 days makes room', async () => {
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

test.each([
  ['[1, 2]', 0],
  ['7', 0],
  ['"text"', 0],
  ['null', 0],
  ['{"Plan": "Pro", "Seats": 40, "Nested": {"a": 1}, "List": [1], "Empty": "", "None": null}', 2],
  ['{"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6}', 5],
])('of card_fields %s what is a label and a text is read', async (json, expected) => {
  await db.poll();
  await append({
    owner_email: "'jo@ours.example'",
    crm_url: "'https://crm.example/a?b=c'",
    card_fields: `'${json}'::jsonb`,
  });
  await addLead(db);
  await db.poll();
  const lead = (await db.alerts.find(await db.onlyAlert()))?.account.leads[0];
  expect(lead).toMatchObject({
    ownerEmail: 'jo@ours.example',
    crmUrl: 'https://crm.example/a?b=c',
  });
  expect(lead?.cardFields).toHaveLength(expected);
});

test.each([
  "'javascript:alert(1)'",
  "'ftp://crm.example'",
  "'https://crm.example/ x'",
  "'https://crm.example/' || repeat('x', 3000)",
  "'crm.example'",
])('a crm_url that is no link Slack takes (%s) is left out', async (value) => {
  await db.poll();
  await append({
    crm_url: value,
    card_fields: `jsonb_build_object('big', repeat(md5(random()::text), 40000))`,
  });
  await addLead(db);
  await db.poll();
  const lead = (await db.alerts.find(await db.onlyAlert()))?.account.leads[0];
  expect(lead?.crmUrl).toBeNull();
});

test('the columns may appear and disappear while the bot runs', async () => {
  await db.poll();
  await append({ alert_channel: `'${OTHER}'`, crm_url: "'https://crm.example/1'" });
  await addLead(db);
  await db.poll();
  await append({});
  await addLead(db, { domain: 'beta.example' });
  await db.poll();
  expect((await cards()).map(({ channel }) => channel)).toEqual([OTHER, CHANNEL]);
});

const channels = supabaseCardChannels(db.database);

/** What `/lead …` asks the database for. */
function query(text: string) {
  const command = parseCommand(text);
  if (command.kind !== 'lookup') throw new Error(`${text} is no lookup`);
  return command.query;
}

/** Acme and Acme Labs in the other channel, Acme Works and Beta in ALERT_CHANNEL. */
async function twoChannels() {
  await db.poll();
  await append({ alert_channel: `case when v.company_domain ~ 'acme|labs' then '${OTHER}' end` });
  await addLead(db, { name: 'Ada Own' });
  await addLead(db, { domain: 'labs.example', company: 'Acme Labs' });
  await addLead(db, { domain: 'works.example', company: 'Acme Works', score: 95 });
  await addLead(db, { domain: 'beta.example', company: 'Beta', name: 'Bo Elsewhere' });
  await db.poll();
}

const within = (text: string, ...ids: string[]) => db.alerts.lookup(query(text), ids);

test('members of the channel of its card find a company, and others get an answer as if there were none', async () => {
  await twoChannels();
  for (const text of ['acme.example', 'Ada Own', 'labs.example', 'Acme Labs']) {
    expect([text, (await within(text, OTHER)).kind]).toEqual([text, 'found']);
    expect([text, await within(text, 'C0THIRD')]).toEqual([text, { kind: 'none' }]);
  }
  for (const text of [
    'beta.example',
    'Bo Elsewhere',
    'Beta',
    'bet',
    'works.example',
    'none.example',
  ]) {
    expect([text, await within(text, OTHER)]).toEqual([text, { kind: 'none' }]);
    expect([text, await within(text)]).toEqual([text, { kind: 'none' }]);
  }
});

test('of two alerts that were joined, the one that goes on says who may see the company', async () => {
  await db.poll();
  await append({
    alert_channel: `case when v.champion_name = 'Ada' then '${OTHER}' else 'C0THIRD' end`,
  });
  const ada = await addLead(db, { name: 'Ada', domain: null, email: 'ada@newco-mail.example' });
  await db.poll();
  await addLead(db, { name: 'Ben', domain: 'newco.example', company: 'NewCo' });
  await db.poll();
  for (const delivery of await take()) await shown(delivery, `1.${delivery.channel.length}`);
  await db.sql(
    `update public.developer_signups set company_domain = 'newco.example' where id = $1`,
    [ada],
  );
  await db.sweep();
  await db.poll();
  await db.sql(
    `update lead_bot.alerts set status = 'cooled', closed_at = now() where closed_at is null`,
  );
  expect((await within('newco.example', OTHER)).kind).toBe('found');
  expect(await within('newco.example', 'C0THIRD')).toEqual({ kind: 'none' });
});

test('of several that fit only those of the channel are offered', async () => {
  await twoChannels();
  const all = await db.alerts.lookup(query('Acm'));
  expect(all).toMatchObject({ kind: 'near', fitting: 3 });
  const own = await within('Acm', OTHER, 'C0THIRD');
  expect(own).toMatchObject({ kind: 'near', fitting: 2 });
  expect(JSON.stringify(own)).not.toContain('works.example');
});

test('lists hold what stands in the channel, and count that alone', async () => {
  await twoChannels();
  const keys = async (list: ReturnType<typeof db.alerts.hot>) => {
    const { alerts, total } = await list;
    return [total, ...alerts.map(({ account }) => account.key).sort()];
  };
  expect(await keys(db.alerts.hot(15, 0, [OTHER]))).toEqual([2, 'acme.example', 'labs.example']);
  expect(await keys(db.alerts.hot(1, 1, [OTHER]))).toMatchObject([2, expect.anything()]);
  expect(await keys(db.alerts.hot(15, 0, ['C0THIRD']))).toEqual([0]);
  expect((await db.alerts.hot(15)).total).toBe(4);
  for (const id of await db.alertIds()) await db.alerts.claim(id, 'U0ADA');
  expect(await keys(db.alerts.mine('U0ADA', 15, 0, [OTHER]))).toMatchObject([
    2,
    ...Array(2).fill(expect.anything()),
  ]);
  expect(await keys(db.alerts.openOnes('claimed', null, 15, 0, [OTHER]))).toMatchObject([
    2,
    ...Array(2).fill(expect.anything()),
  ]);
});

test('an alert stands where its card or its roll-up belongs, and nowhere once that was erased', async () => {
  await twoChannels();
  const [id = ''] = (
    await db.sql<{ id: string }>(
      `select id from lead_bot.alerts where account_key = 'acme.example'`,
    )
  ).map((row) => row.id);
  expect(await channels.holds([OTHER], id)).toBe(true);
  expect(await channels.holds([CHANNEL, 'C0THIRD'], id)).toBe(false);
  expect(await channels.holds([], id)).toBe(false);
  await db.sql(`update lead_bot.messages set kind = 'rollup' where alert_id = $1`, [id]);
  expect(await channels.holds([OTHER], id)).toBe(true);
  await db.sql(`update lead_bot.messages set removal = 'erased' where alert_id = $1`, [id]);
  expect(await channels.holds([OTHER], id)).toBe(false);
});

test('channels that no lead has named for 90 days are none of the bot any more', async () => {
  await twoChannels();
  expect(await channels.list()).toEqual([OTHER]);
  await db.sql(`update lead_bot.card_channels set used_at = now() - interval '91 days'`);
  expect(await channels.list()).toEqual([]);
});

const blind = { kind: 'blind', reason: 'search: not_in_channel', afterMs: 30_000 } as const;

test('a post of unclear outcome in a channel that the bot has left is looked for, and after ten minutes posted in ALERT_CHANNEL', async () => {
  await db.poll();
  await append({ alert_channel: `'${OTHER}'` });
  await addLead(db);
  await db.poll();
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

test('a post of unclear outcome in ALERT_CHANNEL is looked for as long as the bot can not read it', async () => {
  await db.poll();
  await addLead(db);
  await db.poll();
  await confirm(await takeOne(), { kind: 'unclear', reason: 'timeout', settleMs: 0 });
  await later('1 hour');
  await confirm(await takeOne(), blind);
  await later('1 hour');
  expect(await takeOne()).toMatchObject({ action: 'look', channel: CHANNEL });
});

test('a reply of unclear outcome in a channel that the bot has left does not stay unclear for ever', async () => {
  await db.poll();
  await append({ alert_channel: `'${OTHER}'` });
  await addLead(db);
  await db.poll();
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

test('a card that falls back waits for nobody who has its reply, and the reply goes where the card stands', async () => {
  await db.poll();
  await append({ alert_channel: `'${OTHER}'` });
  await addLead(db);
  await db.poll();
  const post = await takeOne();
  await addLead(db, { name: 'Grace' });
  await db.poll();
  const other = new pg.Client({ connectionString: db.adminUrl });
  await other.connect();
  try {
    await other.query('begin');
    await other.query(`select id from lead_bot.messages where kind = 'notice' for update`);
    const refusal = { kind: 'pause', reason: 'not_in_channel', everything: false } as const;
    await confirm(post, refusal);
    await other.query('commit');
  } finally {
    await other.end();
  }
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

test('a roll-up that is refused goes to ALERT_CHANNEL, says so, and goes on there', async () => {
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

test('where the view shows a lead twice, its newest row says the channel', async () => {
  await db.poll();
  await append({
    alert_channel: `case when v.total_score >= 95 then '${OTHER}' else 'C0OLD' end`,
  });
  const id = await addLead(db, { score: 85 });
  await db.sql(`update public.lead_scores set scored_at = now() - interval '1 day'`);
  for (const score of [90, 96, 91]) {
    await db.sql(
      `insert into public.lead_scores (developer_id, company_score, usage_score, expansion_score,
         champion_score, timing_score, scored_at)
       select $1, $2::int, $2::int, $2::int, $2::int, $2::int,
              now() - case when $2::int = 96 then interval '1 hour' else interval '2 hours' end`,
      [id, score],
    );
  }
  await db.poll();
  expect((await cards()).map(({ channel }) => channel)).toEqual([OTHER]);
});

test.each([
  ['1 / (v.total_score - 85) || v.email'],
  [`case when v.company_domain = 'acme.example' then (v.email::int)::text else '${OTHER}' end`],
])('a lead for which alert_channel fails (%s) has its card in ALERT_CHANNEL', async (value) => {
  await db.poll();
  await append({ alert_channel: value });
  await addLead(db);
  await db.poll();
  expect(await cards()).toEqual([{ channel: CHANNEL, key: 'acme.example' }]);
});

test('which columns there are, and how many of their values can not be used, is told', async () => {
  expect(await readColumns(db.database)).toEqual({
    found: [],
    wrong: null,
    channels: [],
    unfit: [],
  });
  await db.poll();
  await append({
    card_fields: `case when v.company_domain = 'd.example' then '[1]' else '{"a": 1}' end::jsonb`,
    alert_channel: `case v.company_domain when 'a.example' then '#sales' when 'b.example' then '${OTHER}' end`,
    owner_email: `case v.company_domain when 'b.example' then 'Jo' when 'a.example' then '' else 'jo@ours.example' end`,
    crm_url: `case v.company_domain when 'c.example' then 'crm/1' else 'https://crm.example/1' end`,
  });
  for (const letter of ['a', 'b', 'c', 'd', 'e']) {
    await addLead(db, { domain: `${letter}.example` });
  }
  await db.poll();
  await db.sql(`update lead_bot.card_channels set refused = 'is_archived'`);
  expect(await readColumns(db.database)).toEqual({
    found: ['alert_channel', 'owner_email', 'crm_url', 'card_fields'],
    wrong: { leads: 5, unreadable: 0, ownerEmail: 1, crmUrl: 1, cardFields: 1 },
    channels: [{ channel: OTHER, refused: 'is_archived' }],
    unfit: ['#sales'],
  });
});
