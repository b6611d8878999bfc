import { expect, test } from 'vitest';
import { apply, pipeline } from '../support/apply-sql.ts';
import { addLead, type LeadSpec } from '../support/leads.ts';
import { readSource } from '../support/source-files.ts';
import { BEN, HOT_LEADS, message, readable, startWorld } from '../support/world.ts';

const { slack, db, logged } = await startWorld({ seed: false });
const owner = await pipeline(db.databaseUrl);

/** The given view, from `create` to the last semicolon. */
const [GIVEN_VIEW = ''] =
  /CREATE OR REPLACE VIEW lead_dashboard[^;]*;/.exec(
    readSource('sql/lead-scoring/schema.sql').replace(/--.*$/gm, ''),
  ) ?? [];
const VIEW = GIVEN_VIEW.replace('OR REPLACE VIEW lead_dashboard', 'view public.lead_dashboard');

/** Runs the owner's SQL in one transaction with a short lock timeout. */
const ddl = (sql: string) => owner.query(`set local lock_timeout = '2s'; ${sql}`);

let companies = 0;

/** Adds a hot lead and makes a sweep due. Returns its card and the answer of `/lead` about its company. */
async function cardOfHotLead(spec: LeadSpec = {}): Promise<{ card: string; answer: string }> {
  const name = `Firm no. ${++companies}`;
  const domain = `firm-${companies}.example`;
  await addLead(db, { domain, company: name, ...spec });
  return cardAndAnswer(name, domain);
}

async function cardAndAnswer(name: string, domain: string) {
  await db.sql(`update lead_bot.sweep_state set due_at = '-infinity'`);
  const card = readable(await message(slack, HOT_LEADS, name));
  const before = slack.privateAnswers(BEN).length;
  await slack.say(BEN, HOT_LEADS, `/lead ${domain}`);
  const reply = await slack.until(() => slack.privateAnswers(BEN)[before], {
    what: `the answer to /lead ${domain}`,
  });
  const answer = readable(reply);
  expect(answer).toContain(name);
  return { card, answer };
}

const NEW_WEIGHTS = `
  alter table public.lead_scores
    add column total_score int generated always as (round(
      company_score * 0.10 + usage_score * 0.10 + expansion_score * 0.10 + champion_score * 0.10 + timing_score * 0.60
    )) stored,
    add column tier text generated always as (
      case when company_score * 0.10 + usage_score * 0.10 + expansion_score * 0.10 + champion_score * 0.10
                + timing_score * 0.60 >= 80 then 'hot' else 'monitor' end
    ) stored;
  ${VIEW}`;

const ONLY_TIMELY = { company: 50, usage: 50, expansion: 50, champion: 50, timing: 100 };

test('posts and finds a hot lead in the given tables', async () => {
  const { card } = await cardOfHotLead();
  expect(card).toContain('85');
});

test('survives new weights: the view and the generated columns are recreated', async () => {
  await ddl(`
    drop view public.lead_dashboard;
    alter table public.lead_scores drop column total_score, drop column tier;
    ${NEW_WEIGHTS}`);
  const { card } = await cardOfHotLead({ score: ONLY_TIMELY });
  expect(card).toContain('80');
});

test('survives new weights: the generated columns are dropped with cascade, one statement at a time', async () => {
  await ddl('alter table public.lead_scores drop column total_score cascade');
  await ddl('alter table public.lead_scores drop column tier cascade');
  await ddl(NEW_WEIGHTS);
  const { card } = await cardOfHotLead({ score: ONLY_TIMELY });
  expect(card).toContain('80');
});

test('survives drop view and create view in two statements, with polls in between', async () => {
  await ddl('drop view public.lead_dashboard');
  const domain = 'between.example';
  await addLead(db, { domain, company: 'Between' });
  const failed = () => logged.filter((line) => line.includes('42P01')).length;
  const before = failed();
  await expect.poll(failed, { timeout: 10_000 }).toBeGreaterThan(before);
  await ddl(VIEW);
  await cardAndAnswer('Between', domain);
});

test('lets DDL of every kind through while leads turn hot and AEs look them up', async () => {
  const orders = [
    `drop view public.lead_dashboard; alter table public.lead_scores add column note text; ${VIEW}`,
    `alter table public.lead_scores drop column note; drop view public.lead_dashboard; ${VIEW}`,
    `lock table public.expansion_signals; drop view public.lead_dashboard; ${VIEW}`,
    `lock table public.developer_signups; lock table public.lead_scores; select pg_sleep(0.3);
     drop view public.lead_dashboard; ${VIEW}`,
    `drop view public.lead_dashboard; select pg_sleep(0.3); lock table public.lead_scores, public.stakeholders; ${VIEW}`,
  ];
  for (const [n, order] of orders.entries()) {
    await addLead(db, { domain: `busy-${n}.example`, company: `Busy no. ${n}.` });
    await slack.say(BEN, HOT_LEADS, `/lead busy-${n}.example`);
    await ddl(order);
  }
  for (const n of orders.keys()) {
    await message(slack, HOT_LEADS, `Busy no. ${n}.`);
  }
  await cardOfHotLead();
});

test('survives columns of other types', async () => {
  await ddl(`
    drop view public.lead_dashboard;
    create type public.plan as enum ('free', 'pro', 'team', 'enterprise');
    alter table public.internal_signals alter column project_count type bigint, alter column api_calls_30d drop default;
    alter table public.internal_signals
      alter column team_member_count type numeric(12, 2),
      alter column last_active_at type date,
      alter column billing_tier drop default,
      alter column billing_tier type public.plan using billing_tier::public.plan,
      alter column captured_at type date;
    alter table public.developer_signups
      alter column full_name type varchar(300), alter column company_domain type varchar(300);
    alter table public.company_enrichment
      alter column company_name type varchar(300),
      alter column employee_count type numeric,
      alter column tech_stack drop default,
      alter column tech_stack type json using tech_stack::json,
      alter column total_funding_usd type text;
    alter table public.stakeholders
      alter column is_decision_maker drop default,
      alter column is_decision_maker type int using is_decision_maker::int,
      alter column title type varchar(100);
    alter table public.expansion_signals
      alter column signal_date type timestamptz,
      alter column signal_strength drop default,
      alter column signal_strength type int using 1;
    alter table public.lead_scores
      alter column scored_at type timestamp, alter column suggested_action type varchar(5000);
    ${VIEW}`);
  await ddl(`
    insert into public.company_enrichment (domain, company_name) values ('typed.example', 'Typed');
    insert into public.stakeholders (company_domain, full_name, title) values ('typed.example', 'Stella Holder', 'CTO');
    insert into public.expansion_signals (company_domain, signal_type, signal_title, signal_date)
      values ('typed.example', 'hiring', 'Hires a hundred', '2026-01-01')`);
  await addLead(db, { domain: 'typed.example' });
  const { answer } = await cardAndAnswer('Typed', 'typed.example');
  expect(answer).toContain('Hires a hundred');
});

/** The given view's columns in reverse order. */
const columnsOfView = async () =>
  (
    await db.sql<{ name: string }>(
      `select attname as name from pg_attribute where attrelid = 'public.lead_dashboard'::regclass and attnum > 0
        order by attnum desc`,
    )
  ).map(({ name }) => name);

/** Renames the given view and puts a view with only these columns on top. */
async function viewWith(select: (columns: readonly string[]) => readonly string[]): Promise<void> {
  const columns = select(await columnsOfView());
  await ddl(`
    drop view if exists public.lead_dashboard, public.all_leads;
    ${VIEW}
    alter view public.lead_dashboard rename to all_leads;
    create view public.lead_dashboard as select ${columns.join(', ')} from public.all_leads`);
}

/** Restores the given view. */
const givenView = () => ddl(`drop view if exists public.lead_dashboard, public.all_leads; ${VIEW}`);

test('survives another column order in the view', async () => {
  await viewWith((columns) => columns);
  const { card } = await cardOfHotLead();
  expect(card).toContain('120 people');
  await givenView();
});

test('survives added columns in the tables and the view', async () => {
  await ddl(`
    alter table public.developer_signups add column region text, add column tier text default 'gold';
    alter table public.lead_scores add column email text, add column confidence int;
    alter table public.stakeholders add column id_of_crm text, add column company_name text`);
  await viewWith((columns) => [...columns, "'north' as region", "'hot' as account_key", '1 as id']);
  const { card } = await cardOfHotLead();
  expect(card).toContain('120 people');
  await givenView();
});

test('leaves out of the card what the view no longer has, or has renamed', async () => {
  const gone = [
    'champion_name',
    'employee_count',
    'tech_stack',
    'features_used',
    'stakeholder_count',
  ];
  const renamed = ['total_score', 'company_domain', 'billing_tier', 'suggested_action'];
  await viewWith((columns) =>
    columns
      .filter((name) => !gone.includes(name))
      .map((name) => (renamed.includes(name) ? `${name} as new_${name}` : name)),
  );
  await addLead(db, { domain: 'half.example', company: 'Half' });
  await db.sql(`update lead_bot.sweep_state set due_at = '-infinity'`);
  const card = readable(await message(slack, HOT_LEADS, 'Half'));
  expect(card).toContain('85');
  expect(card).not.toContain('120 people');
  expect(card).not.toContain('Ada Example');
  await givenView();
});

test('shows what the view still has after table columns are renamed', async () => {
  await ddl(`
    insert into public.company_enrichment (domain, company_name, employee_count) values ('renamed.example', 'Renamed', 77);
    insert into public.stakeholders (company_domain, full_name, title, is_decision_maker)
      values ('renamed.example', 'Stella Holder', 'CTO', 1);
    insert into public.expansion_signals (company_domain, signal_type, signal_title)
      values ('renamed.example', 'hiring', 'Hires a hundred')`);
  await addLead(db, { domain: 'renamed.example' });
  const renames = [
    ['developer_signups', 'company_domain', 'domain'],
    ['lead_scores', 'tier', 'level'],
    ['lead_scores', 'total_score', 'total'],
    ['lead_scores', 'usage_score', 'usage'],
    ['lead_scores', 'suggested_action', 'action'],
    ['lead_scores', 'scored_at', 'scored'],
    ['internal_signals', 'billing_tier', 'plan'],
    ['internal_signals', 'captured_at', 'seen_at'],
    ['developer_signups', 'full_name', 'name'],
    ['developer_signups', 'email', 'address'],
    ['company_enrichment', 'company_name', 'name'],
    ['company_enrichment', 'linkedin_url', 'page'],
    ['stakeholders', 'title', 'role'],
    ['expansion_signals', 'signal_detail', 'detail'],
  ];
  const rename = (table = '', from = '', to = '') =>
    `alter table public.${table} rename column ${from} to ${to};`;
  await ddl(renames.map(([table, from, to]) => rename(table, from, to)).join('\n'));
  const { card, answer } = await cardAndAnswer('Renamed', 'renamed.example');
  expect(card).toContain('77 people');
  expect(card).toContain('Stella Holder');
  expect(answer).toContain('Hires a hundred');
  await ddl(renames.map(([table, from, to]) => rename(table, to, from)).join('\n'));
});

test.each(['stakeholders', 'expansion_signals', 'company_enrichment', 'internal_signals'])(
  'shows the rest without the table %s',
  async (table) => {
    const domain = `without-${table.replace('_', '-')}.example`;
    await addLead(db, { domain, company: `Without ${table}` });
    const without = VIEW.replace(/\(SELECT COUNT\(\*\) FROM (\w+)[^)]*\)/g, (count, of: string) =>
      of === table ? '0' : count,
    )
      .replace(/LEFT JOIN company_enrichment[^\n]*/, (join) =>
        table === 'company_enrichment'
          ? 'left join (select null::text as domain, null::text as company_name) c on true'
          : join,
      )
      .replace(/^ *c\.(?!company_name).*$/gm, (column) =>
        table === 'company_enrichment' ? '' : column,
      )
      .replace(/LEFT JOIN internal_signals[^\n]*/, (join) =>
        table === 'internal_signals' ? '' : join,
      )
      .replace(/^ *i\..*$|ARRAY_REMOVE\([^;]*NULL\) AS features_used,/gm, (column) =>
        table === 'internal_signals' ? '' : column,
      );
    await ddl(`
      drop view public.lead_dashboard;
      alter table public.${table} set schema extensions;
      ${without}`);
    const { card } = await cardAndAnswer(
      table === 'company_enrichment' ? domain : `Without ${table}`,
      domain,
    );
    expect(card).toContain('85');
    await ddl(`
      drop view public.lead_dashboard;
      alter table extensions.${table} set schema public;
      ${VIEW}`);
  },
);

test('works with only the view, the lead tables being elsewhere', async () => {
  const tables = ['developer_signups', 'internal_signals', 'company_enrichment', 'lead_scores'];
  await addLead(db, { domain: 'elsewhere.example', company: 'Elsewhere' });
  await ddl(tables.map((table) => `alter table public.${table} set schema extensions;`).join(' '));
  const { card } = await cardAndAnswer('Elsewhere', 'elsewhere.example');
  expect(card).toContain('120 people');
  await ddl(tables.map((table) => `alter table extensions.${table} set schema public;`).join(' '));
});

const copy = (table: string) => `
  create table public.${table}_new (like public.${table} including all);
  insert into public.${table}_new (developer_id, company_score, usage_score, expansion_score, champion_score, timing_score)
    select developer_id, company_score, usage_score, expansion_score, champion_score, timing_score from public.${table};`;

test('survives a table swapped by rename, and a recreated view', async () => {
  await ddl(`
    ${copy('lead_scores')}
    alter table public.lead_scores rename to lead_scores_old;
    alter table public.lead_scores_new rename to lead_scores;
    drop view public.lead_dashboard;
    ${VIEW}
    drop table public.lead_scores_old`);
  await cardOfHotLead();
});

test('survives a table swapped with cascade, which drops the view', async () => {
  await ddl(`
    ${copy('lead_scores')}
    drop table public.lead_scores cascade;
    alter table public.lead_scores_new rename to lead_scores;
    ${VIEW}`);
  await cardOfHotLead();
});

test('survives lead tables reloaded in one transaction and in several', async () => {
  const lead = `insert into public.developer_signups (id, email, company_domain)
    select gen_random_uuid(), 'ada@' || d, d from unnest(array['one.example', 'two.example']) d;
    insert into public.lead_scores (developer_id, company_score, usage_score, expansion_score, champion_score, timing_score)
    select id, 90, 90, 90, 90, 90 from public.developer_signups;`;
  await ddl(`truncate public.developer_signups, public.company_enrichment cascade; ${lead}
    insert into public.company_enrichment (domain, company_name) values ('one.example', 'One Inc')`);
  await cardAndAnswer('One Inc', 'one.example');
  await ddl('truncate public.lead_scores');
  await ddl('truncate public.developer_signups cascade');
  await ddl(lead);
  await ddl(
    `insert into public.company_enrichment (domain, company_name) values ('two.example', 'Two Inc')`,
  );
  await cardAndAnswer('two.example', 'two.example');
});

test('reports what was lost in the doctor, and restores it with db:apply', async () => {
  const [facts] = await db.sql(
    `select f -> 'triggers' @> '[{"state": "missing"}]' as triggers, f -> 'missing_indexes' as indexes
       from public.lead_bot_checkup() f`,
  );
  expect(facts).toMatchObject({ triggers: true, indexes: ['lead_scores_hot'] });
  expect((await apply(db.databaseUrl))[0]).toMatch(/^Changed: 1 function, \d+ indexes?\.$/);
  await cardOfHotLead();
  expect(await db.sql('select lead_bot.missing_indexes() as missing')).toEqual([{ missing: [] }]);
});
