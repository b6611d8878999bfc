import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createdObjects } from '../../src/sql/created-objects.ts';
import { apply, existingLeadTables, query, sqlFolder } from '../support/apply-sql.ts';
import { readSource } from '../support/source-files.ts';
import { emptyDatabase } from '../support/supabase.ts';

const one = (name: string, value: number) =>
  `create or replace function lead_bot.${name}() returns int language sql as $$ select ${value} $$;
   revoke all on function lead_bot.${name} from public;`;

/** The version (xmin) of each catalog row, which changes when a function is replaced. */
const versions = (databaseUrl: string) =>
  query(
    databaseUrl,
    `select p.proname as name, p.xmin::text as version, p.oid from pg_proc p
      where p.pronamespace in ('public'::regnamespace, 'lead_bot'::regnamespace)
     union all
     select c.relname, c.xmin::text, c.oid from pg_class c
      where c.relnamespace in ('public'::regnamespace, 'lead_bot'::regnamespace)
     union all
     select t.tgname, t.xmin::text, t.oid from pg_trigger t
     union all
     select n.nspname, n.xmin::text, n.oid from pg_namespace n where n.nspname = 'lead_bot'
     order by 1, 3`,
  );

test('a run with nothing to change says so and leaves the catalog untouched', async () => {
  const { databaseUrl } = await emptyDatabase();
  await apply(databaseUrl);
  const before = await versions(databaseUrl);
  expect(await apply(databaseUrl)).toEqual(['Nothing to change.']);
  expect(await versions(databaseUrl)).toEqual(before);
});

test('runs only the function files that changed', async () => {
  const { databaseUrl } = await emptyDatabase();
  const folder = await sqlFolder({
    'functions/a.sql': one('a', 1),
    'functions/b.sql': one('b', 1),
  });
  await apply(databaseUrl, { folder });
  const versionOf = async (name: string) =>
    (await versions(databaseUrl)).find((row) => row['name'] === name)?.['version'];
  const before = { a: await versionOf('a'), b: await versionOf('b') };
  await writeFile(join(folder, 'lead-bot/functions/a.sql'), one('a', 2));
  expect(await apply(databaseUrl, { folder })).toEqual(['Changed: 1 function.']);
  expect(await query(databaseUrl, 'select lead_bot.a() as a')).toEqual([{ a: 2 }]);
  expect(await versionOf('a')).not.toBe(before.a);
  expect(await versionOf('b')).toBe(before.b);
});

test('forgets a deleted function file, and runs it when it is back', async () => {
  const { databaseUrl } = await emptyDatabase();
  const folder = await sqlFolder({ 'functions/a.sql': one('a', 1) });
  await apply(databaseUrl, { folder });
  await rm(join(folder, 'lead-bot/functions/a.sql'));
  expect(await apply(databaseUrl, { folder })).toEqual(['Nothing to change.']);
  await writeFile(join(folder, 'lead-bot/functions/a.sql'), one('a', 1));
  expect(await apply(databaseUrl, { folder })).toEqual(['Changed: 1 function.']);
});

test.each([
  ['a function that was dropped', 'drop function public.lead_bot_claim(uuid, text, boolean)'],
  ['a trigger that was dropped', 'drop trigger append_only on lead_bot.alert_events'],
  ['triggers that went with their function', 'drop function lead_bot.refuse_change() cascade'],
  [
    'a function that was replaced by hand',
    `create or replace function lead_bot.lets_everyone_in(p_condition text, p_role text)
     returns boolean language sql immutable as 'select false'`,
  ],
  ['a right that was given away', 'grant execute on function public.lead_bot_claim to anon'],
  ['a right that was taken', 'revoke execute on function public.lead_bot_claim from lead_bot'],
])('the next run repairs %s', async (_, damage) => {
  const { databaseUrl } = await emptyDatabase();
  await apply(databaseUrl);
  const state = () =>
    query(
      databaseUrl,
      `select pg_get_functiondef(p.oid) as definition, p.proacl::text as rights from pg_proc p
        where p.pronamespace in ('public'::regnamespace, 'lead_bot'::regnamespace)
       union all
       select pg_get_triggerdef(t.oid), null from pg_trigger t where not t.tgisinternal
       order by 1`,
    );
  const before = await state();
  await query(databaseUrl, damage);
  expect(await state()).not.toEqual(before);
  expect(await apply(databaseUrl)).toEqual(['Changed: 1 function.']);
  expect(await state()).toEqual(before);
  expect(await apply(databaseUrl)).toEqual(['Nothing to change.']);
});

test('finds what each function file creates, and all of it exists', async () => {
  const { databaseUrl } = await emptyDatabase();
  await apply(databaseUrl);
  const there = await query(
    databaseUrl,
    `select format('function %s.%s', p.pronamespace::regnamespace, p.proname) as object from pg_proc p
     union
     select format('view %s.%s', c.relnamespace::regnamespace, c.relname) from pg_class c where c.relkind = 'v'
     union
     select format('trigger %s %s.%s', t.tgname, c.relnamespace::regnamespace, c.relname)
       from pg_trigger t join pg_class c on c.oid = t.tgrelid`,
  );
  const known = new Set(there.map((row) => row['object']));
  const files = readdirSync(new URL('../../sql/lead-bot/functions/', import.meta.url));
  for (const file of files) {
    const objects = createdObjects(readSource(`sql/lead-bot/functions/${file}`));
    expect([file, objects.length > 0, objects.filter((object) => !known.has(object))]).toEqual([
      file,
      true,
      [],
    ]);
  }
});

test('reads created objects from statements, not from comments', () => {
  expect(
    createdObjects(`
      -- create function lead_bot.old() was its name
      CREATE OR REPLACE FUNCTION lead_bot.new(p_on text) returns trigger as $$ … $$;
      do $$ begin
        execute format('create or replace function lead_bot.made_late() …');
        create trigger kept
          before update of one, two or delete on lead_bot.things
          for each row execute function lead_bot.new();
      end $$;
      create or replace view lead_bot.seen as select 1;`),
  ).toEqual([
    'function lead_bot.made_late',
    'function lead_bot.new',
    'trigger kept lead_bot.things',
    'view lead_bot.seen',
  ]);
});

test('restores everything lost by `drop extension pg_trgm cascade`', async () => {
  const { databaseUrl } = await emptyDatabase();
  const folder = await sqlFolder({
    'functions/alike.sql': `
      do $$ begin
        execute format(
          'create or replace function lead_bot.alike(p_a text, p_b text) returns real
           language sql immutable return %I.similarity(p_a, p_b)',
          (select n.nspname from pg_extension e join pg_namespace n on n.oid = e.extnamespace
            where e.extname = 'pg_trgm'));
      end $$;`,
  });
  await apply(databaseUrl, { folder });
  await query(databaseUrl, 'drop extension pg_trgm cascade');
  expect(await apply(databaseUrl, { folder })).toEqual([
    'Changed: the extension pg_trgm, 1 function, 2 indexes.',
  ]);
  expect(await query(databaseUrl, `select lead_bot.alike('acme', 'acme') as alike`)).toEqual([
    { alike: 1 },
  ]);
  expect(await apply(databaseUrl, { folder })).toEqual(['Nothing to change.']);
});

test('reruns a file that uses pg_trgm after the extension moved to another schema', async () => {
  const { databaseUrl, adminUrl } = await emptyDatabase();
  const folder = await sqlFolder({ 'functions/a.sql': `-- pg_trgm\n${one('a', 1)}` });
  await apply(databaseUrl, { folder });
  await query(adminUrl, 'create schema elsewhere; alter extension pg_trgm set schema elsewhere');
  expect(await apply(databaseUrl, { folder })).toEqual(['Changed: 1 function.']);
});

test('makes the lead tables it creates private, and says so last', async () => {
  const { databaseUrl } = await emptyDatabase();
  const lines = await apply(databaseUrl);
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(
    /^Changed: the lead tables, the extension pg_trgm, \d+ migrations, \d+ functions, 15 indexes, the list of mail providers\.$/,
  );
  expect(lines[1]).toBe(
    "The leads are private: the project's public key can't read or change them.",
  );
  const [exposed] = await query(
    databaseUrl,
    `select public.lead_bot_exposed() -> 'relations' as relations`,
  );
  expect(exposed).toEqual({ relations: [] });
});

test('leaves the rights on existing tables alone, and warns last if the public key can read them', async () => {
  const { databaseUrl } = await existingLeadTables();
  const lines = await apply(databaseUrl);
  expect(lines.at(-1)).toBe(
    "Anyone with the project's public key can read leads in company_enrichment, developer_signups, expansion_signals, internal_signals, lead_dashboard, lead_scores, stakeholders. To close that: npm run db:apply -- --private",
  );
  const closed = await apply(databaseUrl, { private: true });
  expect(closed).toContain(
    '  dropped the policy "public read" on lead_scores, which let everyone read',
  );
  expect(closed.at(-1)).toBe('Changed: who can read and change leads.');
  expect(await apply(databaseUrl, { private: true })).toEqual(['Nothing to change.']);
});

test('--no-private leaves the tables as open as given', async () => {
  const { databaseUrl } = await emptyDatabase();
  expect((await apply(databaseUrl, { private: false })).at(-1)).toMatch(
    /public key can read leads/,
  );
});

const LEAD_TABLES =
  'developer_signups, internal_signals, company_enrichment, stakeholders, expansion_signals, lead_scores'.split(
    ', ',
  );

test('works on lead tables of another role, and reports the missing grants until they are made', async () => {
  const { databaseUrl, adminUrl } = await existingLeadTables();
  const owner = `crm_${randomUUID().slice(0, 8)}`;
  await query(
    adminUrl,
    `create role ${owner};
     grant create, usage on schema public to ${owner};
     ${LEAD_TABLES.map((name) => `alter table public.${name} owner to ${owner}; revoke all on public.${name} from service_role, authenticated, anon; grant select on public.${name} to postgres;`).join('\n')}`,
  );
  onTestFinished(async () => {
    await query(adminUrl, `drop owned by ${owner} cascade; drop role ${owner}`);
  });

  const lines = await apply(databaseUrl);
  expect(lines.filter((line) => line.startsWith('  '))).toEqual([
    expect.stringMatching(
      `^  Can't create indexes on company_enrichment, developer_signups, .*: owned by ${owner}, not postgres\\. .* run "grant ${owner} to postgres", or as ${owner} "alter table public\\.company_enrichment owner to postgres; .*"; then run db:apply again$`,
    ),
    expect.stringMatching(
      /^ {2}Can't create triggers on lead_scores, so alerts come up to a minute late\. .*"grant trigger on lead_scores to postgres"/,
    ),
  ]);
  await query(
    adminUrl,
    `with d as (insert into public.developer_signups (email, company_domain) values ('ada@acme.example', 'acme.example') returning id)
     insert into public.lead_scores (developer_id, company_score, usage_score, expansion_score, champion_score, timing_score)
     select id, 90, 90, 90, 90, 90 from d`,
  );
  expect(await query(databaseUrl, `select public.lead_bot_sweep() -> 'found' as found`)).toEqual([
    { found: 1 },
  ]);
  expect(await apply(databaseUrl)).toContain('Nothing to change.');

  await query(adminUrl, `grant ${owner} to postgres`);
  expect((await apply(databaseUrl))[0]).toBe('Changed: 1 function, 15 indexes.');
  expect(
    await query(
      databaseUrl,
      `select tgname from pg_trigger where tgrelid = 'public.lead_scores'::regclass and not tgisinternal order by 1`,
    ),
  ).toEqual([{ tgname: 'lead_bot_mark_insert' }, { tgname: 'lead_bot_mark_update' }]);
});

test("names the lead tables that the functions can't read, with the grant that fixes it", async () => {
  const { databaseUrl, adminUrl } = await existingLeadTables();
  await query(
    adminUrl,
    `alter table public.stakeholders owner to supabase_admin;
     revoke all on public.stakeholders from postgres, service_role, authenticated, anon`,
  );
  expect(await apply(databaseUrl)).toContainEqual(
    expect.stringMatching(
      /^ {2}Can't read stakeholders as postgres, .*"grant select on stakeholders to postgres" as its owner$/,
    ),
  );
});

test('says when only the owner of a table can make a change', async () => {
  const { databaseUrl, adminUrl } = await existingLeadTables();
  await query(adminUrl, 'alter table public.stakeholders owner to supabase_admin');
  await expect(apply(databaseUrl, { private: true })).rejects.toThrow(
    /private\.sql.*must be owner of (?:table|relation) stakeholders \(42501\)\nIt belongs to another role\..*\nNothing was changed/s,
  );
});

test('applies the rest when a lead table is missing or is a view', async () => {
  const { databaseUrl } = await existingLeadTables();
  await query(
    databaseUrl,
    `drop view public.lead_dashboard;
     drop table public.stakeholders, public.expansion_signals;
     alter table public.lead_scores rename to scored;
     create view public.lead_scores as select * from public.scored;
     create view public.lead_dashboard as
       select d.id as developer_id, d.email, d.company_domain, s.tier, s.total_score
         from public.developer_signups d join public.lead_scores s on s.developer_id = d.id`,
  );
  await apply(databaseUrl, { private: true });
  expect((await apply(databaseUrl))[0]).toBe('Nothing to change.');
  await query(
    databaseUrl,
    `drop view public.lead_dashboard, public.lead_scores;
     alter table public.scored rename to lead_scores;
     create view public.lead_dashboard as select developer_id, tier, total_score from public.lead_scores`,
  );
  expect((await apply(databaseUrl))[0]).toBe('Changed: 1 function, 2 indexes.');
});

test('restores pg_trgm and its indexes; partial names are found even without it', async () => {
  const { databaseUrl } = await emptyDatabase();
  await apply(databaseUrl, { seed: true });
  await query(databaseUrl, 'drop extension pg_trgm cascade');
  const lookup = `select public.lead_bot_lookup('{}', '{}', '{velocity}', '{}', 'velocity', true) ->> 'kind' as kind`;
  expect(await query(databaseUrl, lookup)).toEqual([{ kind: 'found' }]);
  const missing = 'select lead_bot.missing_indexes() as missing';
  const TRIGRAMS = ['company_enrichment_domain_trgm', 'company_enrichment_plain_trgm'];
  expect(await query(databaseUrl, missing)).toEqual([{ missing: TRIGRAMS }]);
  expect(await apply(databaseUrl)).toEqual(['Changed: the extension pg_trgm, 2 indexes.']);
  expect(await query(databaseUrl, missing)).toEqual([{ missing: [] }]);
  expect(await query(databaseUrl, lookup)).toEqual([{ kind: 'found' }]);
});
