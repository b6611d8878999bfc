import { expect, test } from 'vitest';
import { supabaseCheckups } from '../../src/adapters/supabase-checkup.ts';
import { readSetAside } from '../../src/adapters/supabase-polls.ts';
import { botDatabase } from '../support/bot-database.ts';
import { addLead } from '../support/leads.ts';
import { readSource } from '../support/source-files.ts';

const db = await botDatabase();
const checkups = supabaseCheckups(db.database);

interface Facts {
  unreadable: { code: string; message: string | null } | null;
  swapped: { table: string; reads: string }[];
  scores: string;
  triggers: { name: string; state: string }[];
  missing_indexes: string[];
  lacking: { relation: string; columns: string[] | null }[];
}

/** The checkup's result after this DDL, which is rolled back. */
async function after(ddl: string): Promise<Facts> {
  await db.sql('begin');
  try {
    await db.sql(ddl);
    const [row] = await db.sql<{ facts: Facts }>('select public.lead_bot_checkup() as facts');
    if (row === undefined) throw new Error('no answer');
    return row.facts;
  } finally {
    await db.sql('rollback');
  }
}

/** DDL of a pipeline that rebuilds a table and swaps it in. */
const swap = (table: string, old: string, like = 'including all') => `
  create table public.${table}_new (like public.${table} ${like});
  alter table public.${table} rename to ${old};
  alter table public.${table}_new rename to ${table};`;

const ENABLED = [
  { name: 'lead_bot_mark_insert', state: 'enabled' },
  { name: 'lead_bot_mark_update', state: 'enabled' },
];

test('finds nothing wrong after db:apply, and reports the 8 s statement timeout', async () => {
  expect(await checkups.read()).toEqual({
    unreadable: null,
    owner: 'postgres',
    swapped: [],
    scores: 'table',
    triggers: ENABLED,
    missingIndexes: [],
    strangers: [],
    lacking: [],
    sweep: null,
    slowest: null,
    limitMs: 8_000,
    marks: { count: 0, oldestSeconds: 0 },
  });
});

test.each([
  ['', swap('lead_scores', 'lead_scores_old'), 'lead_scores', 'lead_scores_old'],
  [
    ' as dbt does it',
    swap('developer_signups', 'developer_signups__dbt_backup'),
    'developer_signups',
    'developer_signups__dbt_backup',
  ],
  [' under an unrelated name', swap('stakeholders', 'last_week'), 'stakeholders', 'last_week'],
  [
    ' into another schema',
    `create schema attic; alter table public.internal_signals set schema attic;
     create table public.internal_signals (like attic.internal_signals including all)`,
    'internal_signals',
    'attic.internal_signals',
  ],
  [
    ' while the view reads it through another view',
    `alter view public.lead_dashboard rename to all_leads;
     create view public.lead_dashboard as select * from public.all_leads where not company_domain = 'us.example';
     ${swap('internal_signals', 'internal_signals_old')}`,
    'internal_signals',
    'internal_signals_old',
  ],
])('detects that the view still reads a table that was swapped%s', async (_, ddl, table, old) => {
  const { swapped, unreadable } = await after(ddl);
  expect(swapped.map((one) => ({ ...one, reads: one.reads.replace('public.', '') }))).toEqual([
    { table, reads: old },
  ]);
  expect(unreadable).toBeNull();
});

test('accepts a view that was recreated on the new table', async () => {
  const [view] = await db.sql<{ definition: string }>(
    `select pg_get_viewdef('public.lead_dashboard'::regclass) as definition`,
  );
  const { swapped } = await after(`${swap('lead_scores', 'lead_scores_old')}
    drop view public.lead_dashboard;
    create view public.lead_dashboard as ${view?.definition}`);
  expect(swapped).toEqual([]);
});

test("accepts a view on the owner's own tables", async () => {
  const { swapped } = await after(`
    create table public.crm_accounts (domain text, id uuid, name text, owner text, is_customer boolean);
    drop view public.lead_dashboard;
    create view public.lead_dashboard as
      select d.id as developer_id, d.company_domain, s.tier, s.total_score
        from public.developer_signups d
        join public.lead_scores s on s.developer_id = d.id
       where not exists (select from public.crm_accounts c where c.domain = d.company_domain and c.is_customer)`);
  expect(swapped).toEqual([]);
});

test('accepts a table of the owner with four columns of a lead table and one of its own', async () => {
  const { swapped } = await after(`
    create table public.crm_contacts (crm_id text, company_domain text, full_name text, title text, linkedin_url text);
    drop view public.lead_dashboard;
    create view public.lead_dashboard as
      select d.id as developer_id, d.company_domain, s.tier, s.total_score, c.title
        from public.developer_signups d
        join public.lead_scores s on s.developer_id = d.id
        left join public.crm_contacts c on c.company_domain = d.company_domain`);
  expect(swapped).toEqual([]);
});

test.each([
  ['dropped', 'drop trigger lead_bot_mark_update on public.lead_scores', 'missing'],
  ['left behind on the old table', swap('lead_scores', 'lead_scores_old'), 'missing', 'missing'],
  ['disabled', 'alter table public.lead_scores disable trigger lead_bot_mark_update', 'disabled'],
  [
    'enabled only for replicas',
    'alter table public.lead_scores enable replica trigger lead_bot_mark_update',
    'disabled',
  ],
  [
    "someone else's under the same name",
    `drop trigger lead_bot_mark_update on public.lead_scores;
     create trigger lead_bot_mark_update before update on public.lead_scores
       for each row execute function suppress_redundant_updates_trigger()`,
    'missing',
  ],
])('reports a trigger that is %s', async (_, ddl, update, insert = 'enabled') => {
  const { triggers } = await after(ddl);
  expect(triggers).toEqual([
    { name: 'lead_bot_mark_insert', state: insert },
    { name: 'lead_bot_mark_update', state: update },
  ]);
});

test.each([
  ['dropped', 'drop index public.lead_scores_hot', false],
  ['left behind on the old table', swap('lead_scores', 'lead_scores_old', ''), false],
  ['copied to the new table with another name', swap('lead_scores', 'lead_scores_old'), true],
])('recognizes the index of hot leads by its definition when it is %s', async (_, ddl, stands) => {
  expect((await after(ddl)).missing_indexes.includes('lead_scores_hot')).toBe(!stands);
});

test('reports the rest even if lead_scores is missing or not a table', async () => {
  const gone = await after(swap('lead_scores', 'lead_scores_old').split(';').slice(1, 2).join());
  expect(gone).toMatchObject({ scores: 'missing', unreadable: null });
  expect(gone.triggers.map(({ state }) => state)).toEqual(['missing', 'missing']);
  const view = await after(`
    alter table public.lead_scores rename to scored;
    create view public.lead_scores as select * from public.scored`);
  expect(view).toMatchObject({ scores: 'other' });
});

test.each([
  [
    'was dropped along with a table',
    'drop table public.lead_scores cascade',
    '42P01',
    /"public.lead_dashboard" does not exist/,
  ],
  [
    'lacks a column',
    `drop view public.lead_dashboard;
     create view public.lead_dashboard as select id, null::text as company_domain, total_score from public.lead_scores`,
    '42703',
    /column d.developer_id does not exist/,
  ],
  [
    'reads a table that our functions may not read',
    `alter table public.lead_scores owner to supabase_admin;
     revoke all on public.lead_scores from postgres, service_role, authenticated, anon`,
    '42501',
    /permission denied for table lead_scores/,
  ],
])("says why it can't read a view that %s", async (_, ddl, code, message) => {
  const { unreadable } = await after(ddl);
  expect(unreadable).toEqual({ code, message: expect.stringMatching(message) });
});

test('reports missing indexes, and accepts join indexes under any name', async () => {
  const { missing_indexes } = await after(`
    ${swap('lead_scores', 'lead_scores_old')}
    ${swap('stakeholders', 'stakeholders_old', '')}
    drop index public.developer_signups_host`);
  expect(missing_indexes).toEqual([
    'developer_signups_host',
    'stakeholders_company_domain',
    'stakeholders_linkedin',
    'stakeholders_person',
  ]);
});

test('reports missing indexes, but no trigram index where pg_trgm cannot be installed', async () => {
  const { missing_indexes } = await after(`
    drop extension pg_trgm cascade;
    drop index public.developer_signups_host;
    set local allow_system_table_mods = on;
    alter view pg_catalog.pg_available_extensions rename to all_extensions;
    create view pg_catalog.pg_available_extensions as
      select * from pg_catalog.all_extensions where name <> 'pg_trgm';
    grant select on pg_catalog.pg_available_extensions to public`);
  expect(missing_indexes).toEqual(['developer_signups_host']);
});

test('checks every index that db:apply builds', () => {
  const built = [
    ...readSource('sql/lead-scoring/indexes.sql').matchAll(/^ {4}\(\d+, '(\w+)', '\w+', '\{/gm),
  ];
  const looked = readSource('sql/lead-bot/functions/missing_indexes.sql').matchAll(
    /^ {6}\('(\w+)', '/gm,
  );
  expect([...looked].map(([, name]) => name)).toEqual(
    expect.arrayContaining(built.map(([, name]) => name)),
  );
  expect(built.length).toBeGreaterThan(10);
});

test('reports the optional columns and tables that are missing', async () => {
  const { lacking } = await after(`
    drop view public.lead_dashboard;
    drop table public.expansion_signals;
    alter table public.stakeholders rename column title to role;
    create view public.lead_dashboard as select developer_id, tier from public.lead_scores`);
  expect(lacking).toMatchObject([
    { relation: 'expansion_signals', columns: null },
    { relation: 'lead_dashboard', columns: expect.arrayContaining(['email', 'total_score']) },
    { relation: 'stakeholders', columns: ['title'] },
  ]);
});

test('reports only the code of an error that may quote a row', async () => {
  const { unreadable } = await after(`
    drop view public.lead_dashboard;
    create view public.lead_dashboard as
      select '00000000-0000-4000-8000-000000000000'::uuid as developer_id, 'a.example' as company_domain,
             'canary'::text as tier, now()::text::int as total_score`);
  expect(unreadable).toEqual({ code: '22P02', message: null });
});

test('counts 10,000 waiting marks at most', async () => {
  await db.sql('insert into lead_bot.lead_marks (hot) select true from generate_series(1, 10001)');
  expect((await checkups.read()).marks.count).toBe(10_000);
});

test('reports the age and duration of the last sweep, and how long marks have waited', async () => {
  await db.poll();
  await db.sql(
    `update lead_bot.sweep_state set swept_at = now() - interval '90 minutes', ms = 345`,
  );
  await addLead(db);
  await addLead(db, { domain: 'other.example' });
  await db.sql(
    `update lead_bot.lead_marks set at = now() - interval '7 minutes'
      where id = (select min(id) from lead_bot.lead_marks)`,
  );
  expect(await checkups.read()).toMatchObject({
    sweep: { secondsAgo: expect.closeTo(5_400, -2), ms: 345 },
    marks: { count: 2, oldestSeconds: expect.closeTo(420, -2) },
  });
});

test('keeps the slowest call of all bots for an hour', async () => {
  await checkups.noteSlowest({ name: 'lead_bot_take', ms: 40 });
  await checkups.noteSlowest({ name: 'lead_bot_sweep', ms: 2_500.4 });
  await checkups.noteSlowest({ name: 'lead_bot_list', ms: 300 });
  expect((await checkups.read()).slowest).toEqual({ name: 'lead_bot_sweep', ms: 2_500 });
  await db.sql(`update lead_bot.sweep_state set slowest_at = now() - interval '1 hour'`);
  expect((await checkups.read()).slowest).toBeNull();
  await checkups.noteSlowest({ name: 'lead_bot_list', ms: 200 });
  expect((await checkups.read()).slowest).toEqual({ name: 'lead_bot_list', ms: 200 });
});

test('noting a call before the first sweep leaves that sweep due', async () => {
  await checkups.noteSlowest({ name: 'lead_bot_health', ms: 12 });
  expect(await db.polls.changes({ rearmAfterMs: 1_000 })).toMatchObject({
    swept: false,
    sweepDue: true,
  });
  expect((await checkups.read()).sweep).toBeNull();
});

test.each([
  ['a long text', 'x'.repeat(10_000), 1],
  ['a name with other text', 'lead_bot_take; ada@canary.example', 1],
  ['a negative time', 'lead_bot_take', -1],
  ['weeks', 'lead_bot_take', 2_000_000_000],
])('rejects %s as a call', async (_, name, ms) => {
  await expect(checkups.noteSlowest({ name, ms })).rejects.toMatchObject({ code: '22023' });
  expect((await checkups.read()).slowest).toBeNull();
});

test('reports each hot lead that polls have set aside once, however many there are', async () => {
  await db.poll();
  await addLead(db, { domain: 'fine.example' });
  const unusable: string[] = [];
  for (let n = 0; n < 21; n++) unusable.push(await addLead(db, { score: 244 }));
  expect(await readSetAside(db.database)).toEqual({ malformed: [], more: false });
  await db.poll();
  const { malformed, more } = await readSetAside(db.database);
  expect(malformed.map(({ developerId }) => developerId).sort()).toEqual(unusable.sort());
  expect(more).toBe(false);
});
