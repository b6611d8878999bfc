import { expect, onTestFinished, test } from 'vitest';
import { botDatabase } from '../support/bot-database.ts';
import { addLead, rescore } from '../support/leads.ts';

const db = await botDatabase();
const { alerts } = db;

const ANNA = 'U0ANNA';
const BERT = 'U0BERT';

type Json = Record<string, unknown>;

const rowOf = async (id: string) => {
  const [row] = await db.sql<{ known: Json | null; news: Json[] | null; due: boolean }>(
    'select known, news, step_due_at is not null as due from lead_bot.alerts where id = $1',
    [id],
  );
  if (row === undefined) throw new Error('no such alert');
  return row;
};
const newsOf = async (id: string) => (await rowOf(id)).news;
const kindsOf = async (id: string) => (await newsOf(id))?.map(({ kind }) => kind) ?? null;

/** The hourly look at all open alerts. */
async function look(): Promise<void> {
  await db.sql(
    "update lead_bot.alerts set redraw_due_at = now() - interval '1 minute' where closed_at is null",
  );
  await db.poll();
}

async function tell(id: string): Promise<Json[] | null> {
  const [row] = await db.sql<{ items: Json[] | null }>(
    `with a as (select * from lead_bot.alerts where id = $1 for no key update)
     select lead_bot.tell_news(a.*::lead_bot.alerts) as items from a`,
    [id],
  );
  return row?.items ?? null;
}

const replies = async () =>
  (
    await db.sql<{ kind: string }>(
      `select payload ->> 'kind' as kind from lead_bot.messages where kind = 'notice' order by created_at`,
    )
  ).map(({ kind }) => kind);

/** An alert with a card, and its lead. */
async function aCard(score = 85) {
  await db.poll();
  const lead = await addLead(db, { name: 'Ada', score });
  await db.poll();
  return { lead, id: await db.onlyAlert() };
}
async function claimed(score?: number) {
  const { lead, id } = await aCard(score);
  await alerts.claim(id, ANNA);
  return { lead, id };
}

const setCalls = (lead: string, calls: number, before: number) =>
  db.sql(
    'update public.internal_signals set api_calls_30d = $2, api_calls_prev_30d = $3 where developer_id = $1',
    [lead, calls, before],
  );
const addSignals = (titles: readonly string[], strength = 'high', domain = 'acme.example') =>
  db.sql(
    `insert into public.expansion_signals (company_domain, signal_type, signal_title, signal_strength, signal_date)
     select $3, 'hiring', t, $2, '2026-03-02' from unnest($1::text[]) t`,
    [titles, strength, domain],
  );
const addPerson = (name: string, title: string | null, decides = true) =>
  db.sql(
    `insert into public.stakeholders (company_domain, full_name, title, is_decision_maker) values ('acme.example', $1, $2, $3)`,
    [name, title, decides],
  );

test('a claim takes the picture of what its owner knows', async () => {
  const { lead, id } = await claimed();
  expect(await rowOf(id)).toMatchObject({
    known: {
      hot: true,
      score: 85,
      leads: [lead],
      growth: { of: lead, percent: 100 },
      signals: [],
      people: [],
    },
    news: null,
  });
});

test('a second champion of a claimed lead is news to its owner, without an immediate reply', async () => {
  const { id } = await claimed();
  const grace = await addLead(db, { name: 'Grace', email: 'grace@acme.example', score: 91 });
  expect(await db.poll()).toMatchObject({ joined: 1 });
  expect(await replies()).toEqual([]);
  expect(await rowOf(id)).toMatchObject({ news: [{ kind: 'champion', id: grace }], due: true });
  expect(await tell(id)).toEqual([
    {
      kind: 'champion',
      who: 'Grace',
      address: 'grace@acme.example',
      score: 91,
      why: 'Call them',
    },
  ]);
  await look();
  expect(await newsOf(id)).toBeNull();
  expect(await tell(id)).toBeNull();
});

test('news of a champion without name and suggested action has the address and the growth', async () => {
  const { id } = await claimed();
  await addLead(db, { name: '\u115f ', email: 'grace@acme.example' });
  await db.sql(`update public.lead_scores set suggested_action = ' '`);
  await db.poll();
  expect(await tell(id)).toEqual([
    {
      kind: 'champion',
      who: 'grace@acme.example',
      address: null,
      score: 85,
      why: 'API calls +100% in 30 days',
    },
  ]);
});

test('everyone is told right away who joins an unclaimed lead, and only once', async () => {
  const { id } = await aCard();
  await look();
  const grace = await addLead(db, { name: 'Grace' });
  await db.poll();
  expect(await replies()).toEqual(['joined']);
  await look();
  expect(await newsOf(id)).toBeNull();
  expect((await rowOf(id)).known?.['leads']).toContain(grace);
});

test.each(['gone', 'dead'])('nobody is told who joins below a card that is %s', async (state) => {
  await aCard();
  await db.sql(`update lead_bot.messages set state = $1 where kind = 'card'`, [state]);
  await addLead(db, { name: 'Grace' });
  expect(await db.poll()).toMatchObject({ joined: 1 });
  expect(await replies()).toEqual([]);
});

test('the first look at an alert takes the picture silently', async () => {
  const { id } = await aCard();
  await addSignals(['Hiring']);
  expect((await rowOf(id)).known).toBeNull();
  await look();
  expect((await rowOf(id)).known).toMatchObject({ signals: [expect.any(String)] });
  expect(await newsOf(id)).toBeNull();
  await addSignals(['Raised a round']);
  await look();
  expect(await kindsOf(id)).toEqual(['signal']);
});

test('after an upgrade, whoever joins a claimed lead before the first look is told of as before', async () => {
  const { id } = await claimed();
  await db.sql('update lead_bot.alerts set known = null where true');
  await addLead(db, { name: 'Grace' });
  await db.poll();
  expect(await replies()).toEqual(['joined']);
  await look();
  expect(await newsOf(id)).toBeNull();
});

test('a colleague who joins and leaves before it is told is no news', async () => {
  const { id } = await claimed();
  const grace = await addLead(db, { name: 'Grace' });
  await db.poll();
  await rescore(db, grace, 70);
  await db.poll();
  expect(await tell(id)).toBeNull();
  expect(await newsOf(id)).toBeNull();
  // She is, once she is back.
  await rescore(db, grace, 90);
  await db.poll();
  await look();
  expect(await tell(id)).toMatchObject([{ kind: 'champion', who: 'Grace' }]);
});

test('a colleague who leaves and returns is no news', async () => {
  const { id } = await aCard();
  const grace = await addLead(db, { name: 'Grace' });
  await db.poll();
  await alerts.claim(id, ANNA);
  for (const score of [70, 90]) {
    await rescore(db, grace, score);
    await db.poll();
    await addSignals([`Signal at ${score}`]);
    await look();
    expect(await tell(id)).toEqual([{ kind: 'signal', title: `Signal at ${score}` }]);
  }
});

test('a lead out of hot for an hour has cooled, and is hot again at once', async () => {
  const { lead, id } = await claimed();
  await rescore(db, lead, 70);
  await db.poll();
  await look();
  expect(await newsOf(id)).toBeNull();
  await db.age('61 minutes');
  await look();
  expect(await newsOf(id)).toEqual([{ kind: 'cooled' }]);
  expect(await tell(id)).toEqual([{ kind: 'cooled' }]);
  await rescore(db, lead, 90);
  await db.poll();
  await look();
  expect(await tell(id)).toEqual([{ kind: 'hot-again' }]);
});

test('a lead that has cooled and is hot again before it is told is no news', async () => {
  const { lead, id } = await claimed();
  await rescore(db, lead, 70);
  await db.poll();
  await db.age('2 hours');
  await look();
  await rescore(db, lead, 90);
  await db.poll();
  expect(await tell(id)).toBeNull();
});

test('an owner who has been told that a lead is no longer hot reads no reply about it', async () => {
  const { lead, id } = await claimed();
  await rescore(db, lead, 70);
  await db.poll();
  await db.age('2 hours');
  await look();
  await tell(id);
  await db.age('25 hours');
  await db.poll();
  expect(await replies()).toEqual([]);
  await rescore(db, lead, 85);
  await db.poll();
  await look();
  await tell(id);
  await rescore(db, lead, 70);
  await db.poll();
  await db.age('25 hours');
  await db.poll();
  expect(await replies()).toEqual(['cold']);
  await look();
  // The reply mentions nobody: it may come at night.
  expect(await tell(id)).toEqual([{ kind: 'cooled' }]);
});

test('the history says once that a contacted lead has cooled, when its alert closes', async () => {
  const { lead, id } = await claimed();
  await alerts.contact(id, ANNA, 'email', '');
  await rescore(db, lead, 70);
  await db.poll();
  await db.age('2 hours');
  await look();
  expect(await tell(id)).toEqual([{ kind: 'cooled' }]);
  await db.age('25 hours');
  expect(await db.poll()).toMatchObject({ cooled: 1 });
  expect(
    await db.sql(`select kind, to_status from lead_bot.alert_events where kind = 'cooled'`),
  ).toEqual([{ kind: 'cooled', to_status: 'contacted' }]);
});

test.each([
  ['halves', 200, 100],
  ['falls below zero', 100, -50],
])('growth that %s is news', async (_how, from, to) => {
  const { lead, id } = await aCard();
  await setCalls(lead, 10 * (100 + from), 1000);
  await alerts.claim(id, ANNA);
  await setCalls(lead, 10 * (100 + to), 1000);
  await look();
  expect(await tell(id)).toEqual([{ kind: 'growth-halved', from, to }]);
});

test.each([
  ['falls by a third', 90, 60],
  ['was small', 19, 1],
])('growth that %s is no news', async (_how, from, to) => {
  const { lead, id } = await aCard();
  await setCalls(lead, 10 * (100 + from), 1000);
  await alerts.claim(id, ANNA);
  await setCalls(lead, 10 * (100 + to), 1000);
  await look();
  expect(await newsOf(id)).toBeNull();
});

test('another champion with less growth is no fall in growth', async () => {
  const { id } = await claimed();
  const grace = await addLead(db, { name: 'Grace', score: 99 });
  await setCalls(grace, 1010, 1000);
  await db.poll();
  await look();
  expect(await kindsOf(id)).toEqual(['champion']);
});

test('once a champion has left, the growth of the next one is followed', async () => {
  const { lead, id } = await aCard();
  const grace = await addLead(db, { name: 'Grace' });
  await db.poll();
  await setCalls(grace, 1500, 1000);
  await alerts.claim(id, ANNA);
  await rescore(db, lead, 70);
  await db.poll();
  await look();
  expect(await newsOf(id)).toBeNull();
  await setCalls(grace, 1200, 1000);
  await look();
  expect(await tell(id)).toEqual([{ kind: 'growth-halved', from: 50, to: 20 }]);
});

test('new strong signals and new decision makers are news, others are not', async () => {
  const { id } = await aCard();
  await addSignals(['Known']);
  await addPerson('Sam Known', 'CTO');
  await alerts.claim(id, ANNA);
  await addSignals(['Known', 'Raised a round']);
  await addSignals(['Opened an office'], 'medium');
  await addPerson('Sam Known', 'CTO');
  await addPerson('Dora Decides', 'VP Engineering');
  await addPerson('Nobody Important', null, false);
  await look();
  const { known, news } = await rowOf(id);
  expect(JSON.stringify({ known, news })).not.toMatch(/Raised|Known|Dora|VP/);
  expect(await tell(id)).toEqual([
    { kind: 'signal', title: 'Raised a round' },
    { kind: 'decision-maker', who: 'Dora Decides', title: 'VP Engineering' },
  ]);
  await look();
  expect(await newsOf(id)).toBeNull();
});

test('the news has the first 400 characters of the name and title of a decision maker', async () => {
  const { id } = await claimed();
  await addPerson('d'.repeat(401), 't'.repeat(401));
  await look();
  expect(await tell(id)).toEqual([
    { kind: 'decision-maker', who: 'd'.repeat(400), title: 't'.repeat(400) },
  ]);
});

test('a signal filed under a spelling of the domain that only a lead uses is found', async () => {
  await db.poll();
  await addLead(db, { domain: 'www.acme.example' });
  await db.poll();
  const id = await db.onlyAlert();
  await alerts.claim(id, ANNA);
  await addSignals(['Raised a round'], 'high', 'www.acme.example');
  await look();
  expect(await tell(id)).toEqual([{ kind: 'signal', title: 'Raised a round' }]);
});

test('signals that are reloaded are not new', async () => {
  const { id } = await aCard();
  await addSignals(['Hiring', 'Raised a round']);
  await alerts.claim(id, ANNA);
  await db.sql('delete from public.expansion_signals where true');
  await addSignals(['Opened an office']);
  await look();
  expect(await tell(id)).toEqual([{ kind: 'signal', title: 'Opened an office' }]);
  await addSignals(['Hiring', 'Raised a round']);
  await look();
  expect(await newsOf(id)).toBeNull();
});

test.each([9, 10])('a rise by %i points', async (points) => {
  const { lead, id } = await claimed(82);
  await rescore(db, lead, 82 + points);
  await db.poll();
  await look();
  // Not before it is contacted.
  expect(await newsOf(id)).toBeNull();
  await rescore(db, lead, 82);
  await db.poll();
  await alerts.contact(id, ANNA, 'email', '');
  await alerts.outcome(id, ANNA, 'meeting', null, '');
  await rescore(db, lead, 82 + points);
  await db.poll();
  await look();
  expect(await tell(id)).toEqual(points < 10 ? null : [{ kind: 'rise', from: 82, to: 92 }]);
});

test('a new champion of a company that was contacted long ago and has an outcome is news', async () => {
  const { id } = await claimed();
  await alerts.contact(id, ANNA, 'email', '');
  await alerts.outcome(id, ANNA, 'meeting', null, '');
  await db.age('90 days');
  await addLead(db, { name: 'Grace' });
  await db.poll();
  expect(await tell(id)).toMatchObject([{ kind: 'champion', who: 'Grace' }]);
});

test.each([
  ['claims', async (id: string) => alerts.claim(id, BERT)],
  ['hands over', async (id: string) => alerts.handOver(id, ANNA, BERT, '')],
  ['reaches out', async (id: string) => alerts.contact(id, ANNA, 'email', '')],
  ['reaches out again', async (id: string) => alerts.contact(id, ANNA, 'call', '')],
  ['releases', async (id: string) => alerts.release(id, ANNA)],
])('whoever %s knows what the card shows', async (how, gesture) => {
  const { id } = await aCard();
  await look();
  if (how !== 'claims') await alerts.claim(id, ANNA);
  if (how === 'reaches out again') await alerts.contact(id, ANNA, 'email', '');
  await addSignals(['Raised a round']);
  await look();
  expect(await kindsOf(id)).toEqual(['signal']);
  expect((await gesture(id)).ok).toBe(true);
  expect(await newsOf(id)).toBeNull();
  await look();
  expect(await newsOf(id)).toBeNull();
  await addLead(db, { name: 'Grace' });
  await db.poll();
  expect(await kindsOf(id)).toEqual(how === 'releases' ? null : ['champion']);
});

test('what an AE does is no news', async () => {
  const { id } = await claimed();
  await alerts.addNote(id, ANNA, 'They like us');
  await alerts.contact(id, ANNA, 'email', 'Wrote to Ada');
  await alerts.outcome(id, ANNA, 'no-reply', null, '');
  await look();
  expect(await newsOf(id)).toBeNull();
});

test('the champions of a merged alert are news to the owner', async () => {
  await db.poll();
  const ada = await addLead(db, { domain: null, email: 'ada@newco-mail.example', name: 'Ada' });
  await db.poll();
  const [older = ''] = await db.alertIds();
  await alerts.claim(older, ANNA);
  await addLead(db, { domain: 'newco.example', name: 'Ben' });
  await addLead(db, { domain: 'newco.example', name: 'Cleo', score: 95 });
  await db.poll();
  await db.sql(
    `update public.developer_signups set company_domain = 'newco.example' where id = $1`,
    [ada],
  );
  await db.sweep();
  await look();
  expect(await tell(older)).toMatchObject([
    { kind: 'champion', who: 'Cleo' },
    { kind: 'champion', who: 'Ben' },
  ]);
});

test('someone who is erased before it is told is no news', async () => {
  const { id } = await claimed();
  await addLead(db, { name: 'Grace', email: 'grace@acme.example' });
  await db.poll();
  expect(await kindsOf(id)).toEqual(['champion']);
  await db.sql(`select lead_bot.erase_person('grace@acme.example')`);
  expect(await tell(id)).toBeNull();
  // The erased one leaves no trace, and others are news as before.
  await look();
  await addPerson('Dora Decides', 'CTO');
  await look();
  expect(await tell(id)).toEqual([{ kind: 'decision-maker', who: 'Dora Decides', title: 'CTO' }]);
});

test('a champion who goes from the tables before it is told is no news', async () => {
  const { id } = await claimed();
  const grace = await addLead(db, { name: 'Grace' });
  await db.poll();
  await addPerson('Dora Decides', 'CTO');
  await db.sql('delete from public.developer_signups where id = $1', [grace]);
  expect(await tell(id)).toEqual([{ kind: 'decision-maker', who: 'Dora Decides', title: 'CTO' }]);
});

test("telling news keeps the owner's deadline", async () => {
  const { id } = await claimed();
  await db.sql(`update lead_bot.alerts set due_at = now() + interval '1 day' where true`);
  await addSignals(['Raised a round']);
  await look();
  await tell(id);
  expect(
    await db.sql(
      'select due_at > now() as kept, step_due_at <= now() as looks from lead_bot.alerts',
    ),
  ).toEqual([{ kept: true, looks: true }]);
});

test('tells ten at most, the most important ones first', async () => {
  const { lead, id } = await aCard(82);
  await setCalls(lead, 3000, 1000);
  await alerts.claim(id, ANNA);
  await alerts.contact(id, ANNA, 'email', '');
  await rescore(db, lead, 95);
  await setCalls(lead, 1100, 1000);
  await addPerson('Dora Decides', 'CTO');
  await addSignals(Array.from({ length: 12 }, (_, n) => `Signal ${n}`));
  await addLead(db, { name: 'Grace' });
  await db.poll();
  await look();
  const told = (await tell(id)) ?? [];
  expect(told.map(({ kind }) => kind)).toEqual([
    'champion',
    'rise',
    'growth-halved',
    ...Array.from({ length: 7 }, () => 'signal'),
  ]);
  await look();
  expect(await newsOf(id)).toBeNull();
});

test('between much else, the news says that growth has halved before it says that the lead has cooled', async () => {
  const { lead, id } = await aCard();
  await setCalls(lead, 3000, 1000);
  await alerts.claim(id, ANNA);
  await setCalls(lead, 1100, 1000);
  await addSignals(Array.from({ length: 30 }, (_, n) => `Signal ${n}`));
  await rescore(db, lead, 70);
  await db.poll();
  await db.age('61 minutes');
  await look();
  expect(await kindsOf(id)).toEqual([
    'growth-halved',
    'cooled',
    ...Array.from({ length: 8 }, () => 'signal'),
  ]);
});

test('of a thousand strong signals, the one more is news, and nothing is when ten go', async () => {
  const { id } = await aCard();
  await addSignals(Array.from({ length: 999 }, (_, n) => `Signal ${n}`));
  await alerts.claim(id, ANNA);
  await addSignals(['x'.repeat(1000)]);
  await look();
  expect(await tell(id)).toEqual([{ kind: 'signal', title: 'x'.repeat(400) }]);
  await db.sql(
    `delete from public.expansion_signals where signal_title like 'xxx%' or signal_title like 'Signal 99%'`,
  );
  await look();
  expect(await newsOf(id)).toBeNull();
  const [size] = await db.sql<{ chars: number }>(
    'select length(known::text) as chars from lead_bot.alerts',
  );
  expect(size?.chars).toBeLessThan(25_000);
});

test('where more than a hundred developers are hot, one more is no news', async () => {
  const { id } = await aCard();
  await db.sql(`
    with d as (
      insert into public.developer_signups (email, company_domain)
      select 'dev' || n || '@acme.example', 'acme.example' from generate_series(1, 100) n
      returning id)
    insert into public.lead_scores (developer_id, company_score, usage_score, expansion_score, champion_score, timing_score)
    select id, 90, 90, 90, 90, 90 from d`);
  await db.poll();
  await alerts.claim(id, ANNA);
  await addLead(db, { name: 'Grace' });
  await db.poll();
  expect(await newsOf(id)).toBeNull();
});

test('writes nothing when there is nothing new', async () => {
  await claimed();
  await addSignals(['Raised a round']);
  await look();
  const version = async () =>
    (await db.sql<{ ctid: string }>('select ctid::text from lead_bot.alerts'))[0]?.ctid;
  const before = await version();
  await db.sql('select lead_bot.note_news(array(select id from lead_bot.alerts))');
  expect(await version()).toBe(before);
});

test('what is known and noted stays in the database', async () => {
  const { id } = await claimed();
  await addSignals(['Raised a round']);
  await look();
  const [kept] = await db.sql<{ picture: string; undo: string }>(
    `select lead_bot.alert_json($1, false)::text as picture, (select before::text from lead_bot.undos) as undo`,
    [id],
  );
  expect(kept?.picture).not.toMatch(/"(known|news)":/);
  expect(kept?.undo).not.toMatch(/"(known|news)":/);
});

test.each([
  ['signals', 'expansion_signals', 'signal_strength'],
  ['stakeholders', 'stakeholders', 'is_decision_maker'],
])('without the table of %s, or its columns, the rest is noted', async (_what, table, column) => {
  const { id } = await aCard();
  await addSignals(['Hiring']);
  await addPerson('Sam Known', 'CTO');
  await alerts.claim(id, ANNA);
  onTestFinished(async () => {
    await db.sql(`alter table if exists public.gone rename to ${table}`);
  });
  await db.sql(`alter table public.${table} rename column ${column} to gone`);
  await look();
  expect(await newsOf(id)).toBeNull();
  await db.sql(`alter table public.${table} rename column gone to ${column}`);
  await db.sql(`alter table public.${table} rename to gone`);
  await addLead(db, { name: 'Grace' });
  await db.poll();
  await look();
  expect(await tell(id)).toMatchObject([{ kind: 'champion', who: 'Grace' }]);
  await db.sql(`alter table public.gone rename to ${table}`);
  await look();
  expect(await newsOf(id)).toBeNull();
});

test('what could not be read at first is taken as known once it can be', async () => {
  const { id } = await aCard();
  await addSignals(['Hiring']);
  await db.sql('alter table public.expansion_signals rename to gone');
  onTestFinished(async () => {
    await db.sql('alter table if exists public.gone rename to expansion_signals');
  });
  await alerts.claim(id, ANNA);
  await db.sql('alter table public.gone rename to expansion_signals');
  await look();
  expect(await newsOf(id)).toBeNull();
  await addSignals(['Raised a round']);
  await look();
  expect(await tell(id)).toEqual([{ kind: 'signal', title: 'Raised a round' }]);
});

test('a signal that breaks when it is read hides only those of its company', async () => {
  const { id } = await claimed();
  await addLead(db, { domain: 'broken.example', company: 'Broken' });
  await db.poll();
  await look();
  await addSignals(['Raised a round']);
  await addSignals(['Broken'], 'high', 'broken.example');
  await db.sql(`
    alter table public.expansion_signals rename to signals_as_written;
    create view public.expansion_signals as
      select id, company_domain, signal_type, signal_title, signal_detail, signal_date, captured_at,
             case when 1 / (case when signal_title = 'Broken' then 0 else 1 end) > 0 then signal_strength end as signal_strength
        from public.signals_as_written`);
  onTestFinished(async () => {
    await db.sql(`
      drop view public.expansion_signals;
      alter table public.signals_as_written rename to expansion_signals`);
  });
  await db.sql('select lead_bot.note_news(array(select id from lead_bot.alerts))');
  expect(await kindsOf(id)).toEqual(['signal']);
  const [news] = await db.sql<{ count: number }>(
    'select count(news)::int as count from lead_bot.alerts',
  );
  expect(news?.count).toBe(1);
});

test('a lead that breaks the view hides only its own company', async () => {
  const { id } = await claimed();
  const eve = await addLead(db, { domain: 'broken.example', company: 'Broken' });
  await db.poll();
  await look();
  await addSignals(['Raised a round']);
  const [view] = await db.sql<{ text: string }>(
    `select pg_get_viewdef('public.lead_dashboard'::regclass) as text`,
  );
  await db.sql(`
    create or replace view public.lead_dashboard as
      select developer_id, email, champion_name, company_domain, is_company_email, company_name, industry,
             employee_count, employee_range, funding_stage, total_funding_usd, tech_stack, project_count, billing_tier,
             team_member_count, api_calls_30d, api_call_growth_pct / (case when developer_id = '${eve}' then 0 else 1 end) as api_call_growth_pct,
             uses_auth, uses_edge_functions, uses_realtime, uses_vector, last_active_at, features_used, total_score, tier,
             suggested_action, stakeholder_count, signal_count
        from (${view?.text.replace(/;\s*$/, '')}) d`);
  onTestFinished(async () => {
    await db.sql(`create or replace view public.lead_dashboard as ${view?.text ?? ''}`);
  });
  await db.sql('select lead_bot.note_news(array(select id from lead_bot.alerts))');
  expect(await kindsOf(id)).toEqual(['signal']);
});

test('a view of signals or people that cannot be read stops no poll', async () => {
  const { id } = await claimed();
  await db.sql('alter table public.stakeholders rename to people');
  await db.sql(
    'create materialized view public.stakeholders as select * from public.people with no data',
  );
  onTestFinished(async () => {
    await db.sql('drop materialized view public.stakeholders');
    await db.sql('alter table public.people rename to stakeholders');
  });
  await look();
  expect((await rowOf(id)).known).toHaveProperty('people');
  await addLead(db, { domain: 'other.example' });
  expect(await db.poll()).toMatchObject({ opened: 1 });
});
