import { expect, test } from 'vitest';
import { z } from 'zod';
import { byNameAlone } from '../../src/core/command.ts';
import { exactTotal, TIER_FLOOR, WEIGHTS } from '../../src/core/score.ts';
import { botDatabase, CHANNEL, POLICY } from '../support/bot-database.ts';
import { addLead, rescore } from '../support/leads.ts';

const db = await botDatabase();

const marks = () =>
  db.sql<{ developer_id: string | null; hot: boolean; score: number | null; before: unknown }>(
    'select developer_id, hot, score, before from lead_bot.lead_marks order by id',
  );
const crossings = (id: string) =>
  db.sql<{ score: number | null; before: Record<string, unknown> | null }>(
    'select score, before from lead_bot.crossings where developer_id = $1 order by id',
    [id],
  );
const clear = () => db.sql('delete from lead_bot.lead_marks where true');
/** A poll of an older bot: it names no marks, and doesn't follow open alerts by itself. */
const olderPoll = () =>
  db.database.call(
    'lead_bot_record_poll',
    { p_plan: { channel: CHANNEL, rearm_seconds: 86_400, entries: [] } },
    z.unknown(),
  );

test('each score leaves a mark, and a crossing into hot records the lead before it', async () => {
  const id = await addLead(db, { score: 62 });
  await rescore(db, id, 71);
  await rescore(db, id, 85);
  await rescore(db, id, 86);
  expect(await marks()).toMatchObject([
    { developer_id: id, hot: false, score: 62, before: null },
    { developer_id: id, hot: false, score: 71, before: null },
    {
      developer_id: id,
      hot: true,
      score: 85,
      before: { total_score: 71, tier: 'warm', usage_score: 71 },
    },
    { developer_id: id, hot: true, score: 86, before: null },
  ]);
});

test('a mass update marks the leads that became hot, and that there were many', async () => {
  const hot = await addLead(db, { score: 90 });
  const warm = await addLead(db, { score: 70 });
  await db.sql(`
    with d as (
      insert into public.developer_signups (email, company_domain)
      select 'dev' || n || '@crowd.example', 'crowd.example' from generate_series(1, 2001) n
      returning id)
    insert into public.lead_scores (developer_id, company_score) select id, 10 from d`);
  const inserted = await marks();
  expect(inserted.slice(2)).toEqual([
    { developer_id: null, hot: false, score: null, before: null },
  ]);
  await clear();
  await db.sql(
    `update public.lead_scores
                   set company_score = 90, usage_score = 90, expansion_score = 90, champion_score = 90, timing_score = 90
                 where developer_id in ($1, $2) or company_score = 10 and developer_id in (
                   select developer_id from public.lead_scores where company_score = 10 limit 2001)`,
    [hot, warm],
  );
  const updated = await marks();
  expect(updated.filter((mark) => mark.developer_id === hot)).toEqual([]);
  expect(updated.filter((mark) => mark.developer_id === warm)).toMatchObject([
    { hot: true, score: 90, before: { total_score: 70 } },
  ]);
  expect(updated).toHaveLength(2003);
});

test('an upsert marks both inserted and updated leads', async () => {
  const known = await addLead(db, { score: 62 });
  const unscored = await addLead(db, { score: null });
  await clear();
  await db.sql(
    `insert into public.lead_scores (id, developer_id, usage_score)
     select coalesce(s.id, gen_random_uuid()), d.id, 90
       from public.developer_signups d left join public.lead_scores s on s.developer_id = d.id
     on conflict (id) do update set usage_score = excluded.usage_score`,
  );
  const marked = (await marks()).map((mark) => mark.developer_id);
  expect(marked.sort()).toEqual([known, unscored].sort());
});

test('records each crossing into hot, even of leads that get no card', async () => {
  await db.poll();
  const lead = await addLead(db, { score: 62 });
  await rescore(db, lead, 85);
  const personal = await addLead(db, { email: 'someone@gmail.com', score: 50 });
  await rescore(db, personal, 95);
  const brief = await addLead(db, { domain: 'brief.example', score: 70 });
  await rescore(db, brief, 82);
  await rescore(db, brief, 70);
  await db.poll();
  expect(await crossings(lead)).toMatchObject([{ score: 85, before: { total_score: 62 } }]);
  expect(await crossings(personal)).toMatchObject([{ score: 95, before: { total_score: 50 } }]);
  expect(await crossings(brief)).toMatchObject([{ score: 82, before: { total_score: 70 } }]);
  expect(await marks()).toEqual([]);
});

test('reloading deleted scores is no crossing', async () => {
  await db.poll();
  const stays = await addLead(db, { domain: 'stays.example', score: 62 });
  const cools = await addLead(db, { domain: 'cools.example', score: 62 });
  const score = (score: number, ids: string[]) =>
    db.sql(
      `insert into public.lead_scores
         (developer_id, company_score, usage_score, expansion_score, champion_score, timing_score)
       select id, $2, $2, $2, $2, $2 from unnest($1::uuid[]) id`,
      [ids, score],
    );
  await score(85, [stays, cools]);
  await db.poll();
  await score(62, [cools]);
  await score(61, [cools]);
  await db.poll();
  await db.sql(`update lead_bot.crossings set at = at - interval '1 hour'`);
  await db.sql(`update public.lead_scores set scored_at = scored_at - interval '1 hour'`);

  const columns = `id, developer_id, company_score, usage_score, expansion_score, champion_score, timing_score, scored_at`;
  await db.sql(
    `with s as (delete from public.lead_scores returning ${columns})
     insert into public.lead_scores (${columns}) select ${columns} from s`,
  );
  await db.poll();
  expect(await crossings(stays)).toHaveLength(1);
  expect(await crossings(cools)).toHaveLength(1);
  await score(85, [cools]);
  await db.poll();
  expect(await crossings(cools)).toHaveLength(2);
});

test('the poll of an older bot, which names no marks, settles a thousand at once', async () => {
  await db.poll();
  await db.sql(
    `insert into lead_bot.lead_marks (developer_id, hot)
     select gen_random_uuid(), false from generate_series(1, 1001)`,
  );
  await olderPoll();
  expect(await marks()).toHaveLength(1);
  await olderPoll();
  expect(await marks()).toEqual([]);
});

test('the poll of an older bot redraws cards that are due', async () => {
  await db.poll();
  await addLead(db, { score: 85 });
  await db.poll();
  await db.poll();
  await db.sql(`update lead_bot.alerts set redraw_due_at = now() - interval '11 seconds'`);
  expect(await olderPoll()).toMatchObject({ redrawn: 1 });
  expect(await olderPoll()).toMatchObject({ redrawn: 0 });
});

test('a lead that turns hot during a poll enters with the next one', async () => {
  await db.poll();
  await addLead(db, { domain: 'first.example' });
  const plan = await db.plan();
  await addLead(db, { domain: 'second.example' });
  expect(await db.polls.record(plan, POLICY)).toMatchObject({ opened: 1 });
  expect(await db.poll()).toMatchObject({ opened: 1 });
});

test('a storm spread over several polls makes ten cards and one roll-up', async () => {
  await db.poll();
  for (let poll = 0; poll < 3; poll++) {
    for (let i = 0; i < 6; i++) await addLead(db, { domain: `d${poll}${i}.example` });
    await db.poll();
  }
  expect(
    await db.sql(
      `select kind, count(*)::int, max((payload ->> 'total')::int) as total
         from lead_bot.messages group by 1 order by 1`,
    ),
  ).toEqual([
    { kind: 'card', count: 10, total: null },
    { kind: 'rollup', count: 1, total: 8 },
  ]);
  await db.age('61 seconds');
  await addLead(db, { domain: 'later.example' });
  await db.poll();
  expect(await db.sql(`select from lead_bot.messages where kind = 'card'`)).toHaveLength(11);
});

test('a lead that stays hot crosses once, whatever is written', async () => {
  await db.poll();
  const id = await addLead(db, { score: 85 });
  await db.poll();
  await rescore(db, id, 92);
  await db.sql('update public.lead_scores set suggested_action = $1', ['Mail']);
  await db.poll();
  expect(await crossings(id)).toHaveLength(1);
});

test('an appended score crosses if the previous one was not hot', async () => {
  await db.poll();
  const id = await addLead(db, { score: 62 });
  const append = (points: number, after: string) =>
    db.sql(
      `insert into public.lead_scores (developer_id, company_score, usage_score, expansion_score,
         champion_score, timing_score, scored_at) values ($1, $2, $2, $2, $2, $2, now() + $3::interval)`,
      [id, points, after],
    );
  await append(90, '1 s');
  await db.poll();
  await append(91, '2 s');
  await db.poll();
  expect(await crossings(id)).toMatchObject([
    { score: 90, before: { total_score: 62, tier: 'warm' } },
  ]);
});

test('a new suggested action redraws the card', async () => {
  await db.poll();
  await addLead(db, { score: 85 });
  await db.poll();
  await db.sql('update public.lead_scores set suggested_action = $1', ['Mail']);
  expect((await db.polls.changes(POLICY)).moved).toBe(true);
});

test('redraws every open card about hourly, since signals and stakeholders arrive without a score', async () => {
  await db.poll();
  await addLead(db, { score: 85 });
  await db.poll();
  await db.poll();
  await db.sql(`update lead_bot.alerts set redraw_due_at = now() - interval '11 seconds'`);
  const [before] = await db.sql<{ wanted_version: number }>(
    'select wanted_version from lead_bot.messages',
  );
  await db.poll();
  const [after] = await db.sql<{ wanted_version: number; minutes: number }>(
    `select m.wanted_version, extract(epoch from a.redraw_due_at - now()) / 60 as minutes
       from lead_bot.messages m join lead_bot.alerts a on a.id = m.alert_id`,
  );
  expect(after?.wanted_version).toBe((before?.wanted_version ?? 0) + 1);
  expect(Number(after?.minutes)).toBeGreaterThan(44);
  expect(Number(after?.minutes)).toBeLessThan(76);
  expect(await db.poll()).toBeNull();
});

test('redraws every open card in steps after a mass change', async () => {
  await db.poll();
  for (let i = 0; i < 3; i++) await addLead(db, { domain: `d${i}.example` });
  await db.poll();
  await db.sql('insert into lead_bot.lead_marks (hot) values (false)');
  expect(await db.poll()).toMatchObject({ redrawn: 3 });
  expect(await db.poll()).toBeNull();
});

test('a step that follows a mass change redraws 25 cards, and says whether there are more', async () => {
  await db.sql(
    `insert into lead_bot.alerts (account_key, examined_at)
     select 'd' || n || '.example', now() - interval '1 minute' from generate_series(1, 26) n`,
  );
  await db.sql('insert into lead_bot.poll_state (mass_change_at) values (now())');
  expect(await db.polls.follow(POLICY)).toMatchObject({ redrawn: 25, more: true });
  expect(await db.polls.follow(POLICY)).toMatchObject({ redrawn: 1, more: false });
});

test('takes a weekly snapshot of leads that have or had 60 points', async () => {
  const warm = await addLead(db, { domain: 'warm.example', score: 62 });
  const once = await addLead(db, { domain: 'once.example', score: 64 });
  await addLead(db, { domain: 'cold.example', score: 30 });
  await db.sweep();
  await rescore(db, once, 20);
  await db.sweep();
  const pictures = () =>
    db.sql<{ developer_id: string }>(
      `select developer_id, picture ->> 'total_score' as score, picture ? 'api_calls_30d' as usage
         from lead_bot.lead_pictures order by score desc`,
    );
  expect(await pictures()).toEqual([
    { developer_id: once, score: '64', usage: true },
    { developer_id: warm, score: '62', usage: true },
  ]);
  await db.sql(`update lead_bot.lead_pictures set taken_at = taken_at - interval '8 days'`);
  await db.sweep();
  expect((await pictures()).map(({ developer_id }) => developer_id)).toEqual([
    once,
    warm,
    warm,
    once,
  ]);
});

test('one sweep goes on with the snapshots where the last one stopped', async () => {
  await db.sql(`
    with d as (
      insert into public.developer_signups (email, company_domain)
      select 'dev' || n || '@crowd.example', 'crowd.example' from generate_series(1, 501) n
      returning id)
    insert into public.lead_scores
      (developer_id, company_score, usage_score, expansion_score, champion_score, timing_score)
    select e.id, s, s, s, s, s
      from (select id, case row_number() over (order by id) when 501 then 62 else 10 end as s from d) e`);
  const pictures = () => db.sql('select developer_id from lead_bot.lead_pictures');
  await db.sweep();
  expect(await pictures()).toHaveLength(0);
  await db.sweep();
  expect(await pictures()).toHaveLength(1);
});

test("the previous snapshot has last week's usage, if known", async () => {
  await db.poll();
  const id = await addLead(db, { score: 70 });
  await db.sweep();
  await db.sql('update public.internal_signals set api_calls_30d = 9000 where developer_id = $1', [
    id,
  ]);
  await rescore(db, id, 85);
  await db.poll();
  const picture = await db.alerts.find(await db.onlyAlert());
  expect(picture?.account.leads[0]).toMatchObject({
    apiCalls30d: 9000,
    before: { totalScore: 70, apiCalls30d: 1000 },
  });
});

test('a lead that was never hot is looked up with its figures of last week', async () => {
  const id = await addLead(db, { score: 62 });
  await db.sweep();
  await rescore(db, id, 71);
  const [week] = await db.sql<{ taken_at: Date }>('select taken_at from lead_bot.lead_pictures');
  expect(await db.alerts.lookup(byNameAlone('Acme'))).toMatchObject({
    kind: 'found',
    picture: {
      account: {
        leads: [{ totalScore: 71, before: { takenAt: week?.taken_at, totalScore: 62 } }],
      },
    },
  });
});

test.each([
  [
    'lacks the table of marks',
    'alter table lead_bot.lead_marks rename to elsewhere',
    'alter table lead_bot.elsewhere rename to lead_marks',
  ],
  [
    'has no rights on the schema of the bot',
    'revoke usage on schema lead_bot from service_role',
    'select 1',
  ],
])('the pipeline keeps writing scores when it %s', async (_, spoil, mend) => {
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

test.each(['total_score', 'suggested_action', 'timing_score', 'scored_at'])(
  'the pipeline keeps writing scores without the column %s',
  async (column) => {
    const id = await addLead(db, { score: 62 });
    await clear();
    await db.sql('begin');
    try {
      await db.sql(`alter table public.lead_scores drop column ${column} cascade`);
      await db.sql('update public.lead_scores set usage_score = 99 where developer_id = $1', [id]);
      expect(await marks()).toMatchObject([{ developer_id: id, hot: false }]);
    } finally {
      await db.sql('rollback');
    }
  },
);

test.each([
  ['developer_id type text', 'the lead'],
  ["developer_id type text using 'crm-' || developer_id", 'no lead'],
  ['id type text', 'the lead'],
  ['scored_at type text', 'the lead'],
])('the pipeline keeps writing scores after alter column %s, and marks %s', async (change, who) => {
  const id = await addLead(db, { score: 62 });
  await clear();
  await db.sql('begin');
  try {
    await db.sql(`
      drop view public.lead_dashboard;
      alter table public.lead_scores drop constraint lead_scores_developer_id_fkey, alter column id drop default;
      alter table public.lead_scores alter column scored_at drop default;
      alter table public.lead_scores alter column ${change}`);
    await db.sql('update public.lead_scores set usage_score = 99');
    expect(await marks()).toMatchObject([
      { developer_id: who === 'no lead' ? null : id, hot: false },
    ]);
  } finally {
    await db.sql('rollback');
  }
});

test('marks single-row and multi-row statements of one session alike', async () => {
  const id = await addLead(db, { score: 62 });
  for (let i = 0; i < 7; i++) await rescore(db, id, 60 + i);
  await db.sql(`
    with d as (
      insert into public.developer_signups (email, company_domain)
      select 'dev' || n || '@crowd.example', 'crowd.example' from generate_series(1, 1000) n
      returning id)
    insert into public.lead_scores (developer_id, company_score) select id, 10 from d`);
  await db.sql('update public.lead_scores set company_score = company_score + 1');
  expect(await marks()).toHaveLength(8 + 1000 + 1001);
});

test("a role without rights on the bot's tables can write scores", async () => {
  const id = await addLead(db, { score: 62 });
  await db.sql('set role service_role');
  try {
    await rescore(db, id, 85);
  } finally {
    await db.sql('reset role');
  }
  expect(await marks()).toHaveLength(2);
});

test('without duplicates leads_of equals lead_dashboard', async () => {
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
  const ours = await db.sql(
    `select ${columns
      .split(',')
      .map((name) => `lead -> '${name.trim()}' as ${name}`)
      .join(',')}
       from lead_bot.leads_of(array(select id from public.developer_signups), false) order by developer_id`,
  );
  expect(ours).toHaveLength(4);
  expect(JSON.parse(JSON.stringify(ours))).toEqual(
    (
      await db.sql(
        `select to_jsonb(d) as row from (select ${columns} from public.lead_dashboard) d order by developer_id`,
      )
    ).map(({ row }) => row),
  );
});

test('the weights and tiers we show are those of Postgres', async () => {
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

test('79.6 points show as 80 and are warm', async () => {
  const components = { company: 80, usage: 82, expansion: 78, champion: 80, timing: 74 };
  expect(exactTotal(components)).toBe(79.6);
  await addLead(db, { score: components });
  expect(
    await db.sql(
      'select score, tier from lead_bot.tiers_of(array(select id from public.developer_signups))',
    ),
  ).toEqual([{ score: 80, tier: 'warm' }]);
  await db.poll();
  expect(await db.alertIds()).toEqual([]);
});
