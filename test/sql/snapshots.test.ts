import { expect, test } from 'vitest';
import { tidy } from '../../src/adapters/supabase-polls.ts';
import { exactTotal, TIER_FLOOR, WEIGHTS } from '../../src/core/score.ts';
import { botDatabase, POLICY } from '../support/bot-database.ts';
import { addLead, rescore } from '../support/leads.ts';

const db = await botDatabase();

const snapshots = (id: string) =>
  db.sql(
    `select total_score, tier, api_calls_30d from lead_bot.lead_snapshots
      where developer_id = $1 order by id`,
    [id],
  );

test('a lead is remembered when it is scored first and whenever its score has changed', async () => {
  const id = await addLead(db, { score: 62 });
  await rescore(db, id, 71);
  await rescore(db, id, 85);
  expect(await snapshots(id)).toMatchObject([
    { total_score: 62, tier: 'warm' },
    { total_score: 71, tier: 'warm' },
    { total_score: 85, tier: 'hot' },
  ]);
});

test('a score that is written again unchanged is not remembered again', async () => {
  const id = await addLead(db, { score: 85 });
  await rescore(db, id, 85);
  await db.sql('update public.lead_scores set scored_at = now()');
  expect(await snapshots(id)).toHaveLength(1);
});

test('a new suggested action is remembered, and has the card drawn again', async () => {
  await db.poll();
  await addLead(db, { score: 85 });
  await db.poll();
  await db.sql('update public.lead_scores set suggested_action = $1', ['Mail']);
  await db.quiet();
  expect((await db.polls.changes(POLICY)).moved).toBe(true);
});

test('once an hour every open card is drawn again, because signals and people come without a score', async () => {
  await db.poll();
  await addLead(db, { score: 85 });
  await db.poll();
  await db.poll();
  await db.sql(`update lead_bot.poll_state set refreshed_at = now() - interval '61 minutes'`);
  const [before] = await db.sql<{ wanted_version: number }>(
    'select wanted_version from lead_bot.messages',
  );
  await db.poll();
  const [after] = await db.sql<{ wanted_version: number }>(
    'select wanted_version from lead_bot.messages',
  );
  expect(after?.wanted_version).toBe((before?.wanted_version ?? 0) + 1);
  expect(await db.poll()).toBeNull();
});

test('snapshots older than a week go, but for the newest and the newest that was not hot', async () => {
  const id = await addLead(db, { score: 62 });
  for (const score of [71, 85, 90, 95]) await rescore(db, id, score);
  await db.sql(`update lead_bot.lead_snapshots set taken_at = taken_at - interval '8 days'`);
  await tidy(db.database, 365);
  expect(await snapshots(id)).toMatchObject([{ total_score: 71 }, { total_score: 95 }]);
});

test('new usage is remembered with the next score, even when the score is the same', async () => {
  const id = await addLead(db, { score: 85 });
  await db.sql('update public.internal_signals set api_calls_30d = 9000 where developer_id = $1', [
    id,
  ]);
  await rescore(db, id, 85);
  expect(await snapshots(id)).toMatchObject([{ api_calls_30d: '1000' }, { api_calls_30d: '9000' }]);
});

test('components that move without moving the total are remembered', async () => {
  const id = await addLead(db, { score: 80 });
  await rescore(db, id, { company: 86, usage: 75, expansion: 80, champion: 80, timing: 80 });
  expect(await snapshots(id)).toMatchObject([{ total_score: 80 }, { total_score: 80 }]);
});

test('a re-score of many leads in one statement remembers each that changed, once', async () => {
  for (let i = 0; i < 20; i++) await addLead(db, { domain: `d${i}.example`, score: 50 + i });
  await db.sql('update public.lead_scores set usage_score = greatest(usage_score, 60)');
  const rows = await db.sql<{ developer_id: string; count: number }>(
    'select developer_id, count(*)::int from lead_bot.lead_snapshots group by 1',
  );
  expect(rows.filter((row) => row.count === 2)).toHaveLength(10);
  expect(rows).toHaveLength(20);
});

test('a second score row is remembered as the same lead', async () => {
  const id = await addLead(db, { score: 62 });
  await db.sql(
    `insert into public.lead_scores (developer_id, company_score, usage_score, expansion_score,
       champion_score, timing_score, scored_at) values ($1, 90, 90, 90, 90, 90, now() + interval '1 s')`,
    [id],
  );
  expect(await snapshots(id)).toMatchObject([{ total_score: 62 }, { total_score: 90 }]);
});

test('an upsert of scores remembers inserted and updated leads alike', async () => {
  const known = await addLead(db, { score: 62 });
  const unscored = await addLead(db, { score: null });
  await db.sql(
    `insert into public.lead_scores (id, developer_id, usage_score)
     select coalesce(s.id, gen_random_uuid()), d.id, 90
       from public.developer_signups d left join public.lead_scores s on s.developer_id = d.id
     on conflict (id) do update set usage_score = excluded.usage_score`,
  );
  expect(await snapshots(known)).toMatchObject([{ total_score: 62 }, { total_score: 70 }]);
  expect(await snapshots(unscored)).toMatchObject([{ total_score: 27 }]);
});

test('developers with a personal address are not remembered', async () => {
  const id = await addLead(db, { email: 'someone@gmail.com', score: 95 });
  expect(await snapshots(id)).toEqual([]);
});

test.each([
  [
    'is gone',
    'alter table lead_bot.lead_snapshots rename to elsewhere',
    'alter table lead_bot.elsewhere rename to lead_snapshots',
  ],
  [
    'takes nothing',
    'alter table lead_bot.lead_snapshots add constraint nothing check (false) not valid',
    'alter table lead_bot.lead_snapshots drop constraint nothing',
  ],
])('the pipeline goes on writing scores when the table of snapshots %s', async (_, spoil, mend) => {
  const id = await addLead(db, { score: 62 });
  await db.sql(spoil);
  try {
    await rescore(db, id, 85);
    await addLead(db, { domain: 'other.example' });
  } finally {
    await db.sql(mend);
  }
  const tiers = await db.sql('select tier from public.lead_scores order by tier');
  expect(tiers).toEqual([{ tier: 'hot' }, { tier: 'hot' }]);
});

test('the pipeline writes scores as a role that has no right on the bot’s tables', async () => {
  const id = await addLead(db, { score: 62 });
  await db.sql('set role service_role');
  try {
    await rescore(db, id, 85);
  } finally {
    await db.sql('reset role');
  }
  expect(await snapshots(id)).toHaveLength(2);
});

test('without duplicates, lead_bot.leads has exactly the rows and values of lead_dashboard', async () => {
  await addLead(db, { score: 91 });
  await addLead(db, { score: null });
  await addLead(db, { domain: null });
  await addLead(db, { domain: 'Mixed.Example', company: null, score: 45 });
  await addLead(db, { email: 'me@gmail.com' });
  await db.sql(
    `insert into public.stakeholders (company_domain, full_name) values ('acme.example', 'A'), ('acme.example', 'B')`,
  );
  const columns = `developer_id, email, champion_name, company_domain, company_name, industry,
    employee_count, employee_range, funding_stage, total_funding_usd, tech_stack, project_count,
    billing_tier, team_member_count, api_calls_30d, api_call_growth_pct, last_active_at,
    features_used, total_score, tier, suggested_action, stakeholder_count, signal_count`;
  const read = (view: string) => db.sql(`select ${columns} from ${view} order by developer_id`);
  const ours = await read('lead_bot.leads');
  expect(ours).toHaveLength(4);
  expect(ours).toEqual(await read('public.lead_dashboard'));
});

test('the weights and tiers that we explain to people are those of Postgres', async () => {
  const rows = await db.sql<{
    company: number;
    usage: number;
    expansion: number;
    champion: number;
    timing: number;
    total_score: number;
    tier: string;
  }>(
    `with random_leads as (
       insert into public.developer_signups (email)
       select 'r' || i || '@random.example' from generate_series(1, 2000) i returning id
     )
     insert into public.lead_scores
       (developer_id, company_score, usage_score, expansion_score, champion_score, timing_score)
     select id, random(0, 100), random(0, 100), random(0, 100), random(50, 100), random(50, 100)
       from random_leads
     returning company_score as company, usage_score as usage, expansion_score as expansion,
               champion_score as champion, timing_score as timing, total_score, tier`,
  );
  for (const { total_score, tier, ...components } of rows) {
    const exact = exactTotal(components);
    // Postgres rounds half away from zero, as Math.round does for positive numbers.
    expect({ components, total: Math.round(exact) }).toEqual({ components, total: total_score });
    const floor = TIER_FLOOR.find(({ points }) => exact >= points);
    expect({ components, tier: floor?.tier ?? 'monitor' }).toEqual({ components, tier });
  }
  expect(WEIGHTS.reduce((sum, { percent }) => sum + percent, 0)).toBe(100);
});

test('79.6 points are shown as 80 and are warm', async () => {
  const components = { company: 80, usage: 82, expansion: 78, champion: 80, timing: 74 };
  expect(exactTotal(components)).toBe(79.6);
  await addLead(db, { score: components });
  expect(await db.sql('select total_score, tier from lead_bot.leads')).toEqual([
    { total_score: 80, tier: 'warm' },
  ]);
  await db.poll();
  expect(await db.alertIds()).toEqual([]);
});
