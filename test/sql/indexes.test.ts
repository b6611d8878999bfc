import { expect, onTestFinished, test } from 'vitest';
import { composeSql, pendingIndexesQuery } from '../../src/sql/compose.ts';
import { apply, existingLeadTables, pipeline, query } from '../support/apply-sql.ts';
import { emptyDatabase } from '../support/supabase.ts';

const left = async (databaseUrl: string) =>
  (await query(databaseUrl, await pendingIndexesQuery({}))).map((row) => String(row['statement']));

/** The indexes of the lead tables, except keys. */
const indexes = async (databaseUrl: string) =>
  (
    await query(
      databaseUrl,
      `select c.relname as name from pg_index i join pg_class c on c.oid = i.indexrelid
        where c.relnamespace = 'public'::regnamespace and i.indisvalid and not i.indisunique order by 1`,
    )
  ).map((row) => String(row['name']));

const OURS = [
  'company_enrichment_domain_trgm',
  'company_enrichment_linkedin',
  'company_enrichment_plain_name',
  'company_enrichment_plain_trgm',
  'developer_signups_address',
  'developer_signups_host',
  'developer_signups_mail_host',
  'developer_signups_person',
  'expansion_signals_company_domain',
  'internal_signals_newest_per_developer',
  'lead_scores_hot',
  'lead_scores_newest',
  'stakeholders_company_domain',
  'stakeholders_linkedin',
  'stakeholders_person',
];

const BEFORE = `
  create index lead_scores_newest_per_developer on public.lead_scores
    (developer_id, scored_at desc nulls last, id desc) include (tier);
  create index developer_signups_account on public.developer_signups (lower(company_domain) text_pattern_ops);
  create index developer_signups_email on public.developer_signups (lower(email) text_pattern_ops);
  create index company_enrichment_name on public.company_enrichment (lower(company_name) text_pattern_ops);
  create index company_enrichment_lower_name on public.company_enrichment (left(lower(company_name), 200) text_pattern_ops);
  create index developer_signups_domain on public.developer_signups (left(lower(company_domain), 253) text_pattern_ops);
  create index developer_signups_personal on public.developer_signups (id) where not is_company_email;`;

test('new tables get their indexes, and only the one of hot leads reads a generated column', async () => {
  const { databaseUrl } = await emptyDatabase();
  await apply(databaseUrl);
  expect(await indexes(databaseUrl)).toEqual(OURS);
  const generated = await query(
    databaseUrl,
    `select distinct x.relname as name from pg_depend d
       join pg_class x on x.oid = d.objid and x.relkind = 'i' and x.relnamespace = 'public'::regnamespace
       join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
      where d.refclassid = 'pg_class'::regclass and a.attgenerated <> ''`,
  );
  expect(generated).toEqual([{ name: 'lead_scores_hot' }]);
});

test('existing tables get their indexes afterwards, and obsolete ones are dropped', async () => {
  const { databaseUrl } = await existingLeadTables(BEFORE);
  const [summary] = await apply(databaseUrl);
  expect(summary).toMatch(/^Changed: .* 22 indexes, the list of mail providers\.$/);
  expect(await indexes(databaseUrl)).toEqual(OURS);
  expect((await apply(databaseUrl))[0]).toBe('Nothing to change.');
});

test('drops an obsolete index only once its replacement exists', async () => {
  const { databaseUrl } = await existingLeadTables(BEFORE);
  await query(databaseUrl, 'create extension pg_trgm with schema extensions');
  const drops = async () => (await left(databaseUrl)).filter((sql) => sql.startsWith('drop'));
  const NO_REPLACEMENT = 'drop index concurrently if exists public.developer_signups_personal';
  expect(await drops()).toEqual([NO_REPLACEMENT]);
  const [build = ''] = (await left(databaseUrl)).filter((sql) => sql.includes('plain_name'));
  await query(databaseUrl, build);
  expect(await drops()).toEqual([
    'drop index concurrently if exists public.company_enrichment_name',
    'drop index concurrently if exists public.company_enrichment_lower_name',
    NO_REPLACEMENT,
  ]);
});

test('drops and rebuilds an index left invalid by an interrupted build', async () => {
  const { databaseUrl, adminUrl } = await emptyDatabase();
  await apply(databaseUrl);
  await query(
    adminUrl,
    `update pg_index set indisvalid = false where indexrelid = 'public.lead_scores_newest'::regclass`,
  );
  expect(await apply(databaseUrl)).toEqual(['Changed: 1 index.']);
  expect(await indexes(databaseUrl)).toEqual(OURS);
});

test('builds an index without blocking the pipeline, and says whom it waits for', async () => {
  const { databaseUrl } = await emptyDatabase();
  await apply(databaseUrl, { seed: true });
  await query(databaseUrl, 'drop index public.lead_scores_newest');
  const scoring = await pipeline(databaseUrl);
  onTestFinished(() => scoring.end());
  await scoring.query(`begin; update public.lead_scores set timing_score = 1`);
  const lines: string[] = [];
  await apply(databaseUrl, {}, (line) => {
    lines.push(line);
    if (!line.includes('waiting for')) return;
    // Another write of the pipeline gets through meanwhile.
    void query(
      databaseUrl,
      `set lock_timeout = '1s';
       insert into public.developer_signups (id, email)
       values ('aaaaaaaa-1111-4111-8111-111111111111', 'meanwhile@acme.example');
       insert into public.lead_scores (developer_id) values ('aaaaaaaa-1111-4111-8111-111111111111')`,
    ).finally(() => scoring.query('commit'));
  });
  expect(lines).toEqual([
    expect.stringMatching(
      /^Index 1 of 1: building lead_scores_newest, \d+ s so far: waiting for pid \d+ \(role postgres, application "nightly scoring", idle in transaction, for \d+ s\)$/,
    ),
    expect.stringMatching(/^Index 1 of 1: building lead_scores_newest, done after \d+ s$/),
    'Changed: 1 index.',
  ]);
  expect(
    await query(
      databaseUrl,
      `select 1 as one from public.developer_signups where email like 'meanwhile%'`,
    ),
  ).toEqual([{ one: 1 }]);
});

test("an index that can't be built is named without quoting a row, and the rest stays in place", async () => {
  const { databaseUrl } = await existingLeadTables(`
    alter table public.stakeholders drop constraint stakeholders_company_domain_fkey;
    insert into public.stakeholders (company_domain, full_name)
    select string_agg(chr(65536 + (random() * 900000)::int), ''), 'Canary' from generate_series(1, 3000)`);
  const error = await apply(databaseUrl).catch((thrown: unknown) => thrown);
  expect(String(error)).toMatch(
    /^ApplyError: The index stakeholders_company_domain could not be built: a row does not fit \(54000\)\.\nEverything else is in place.*\n.*again/,
  );
  expect(
    await query(databaseUrl, 'select count(*)::int > 0 as n from lead_bot.migrations'),
  ).toEqual([{ n: true }]);
});

/** 3,000 incompressible characters of four bytes each. */
const NOISE = `(select string_agg(chr(65536 + (random() * 900000)::int), '') from generate_series(1, 3000))`;
const ROWS = `
  insert into public.developer_signups (email, full_name, company_domain)
    values (gen_random_uuid() || '@acme.example', ${NOISE}, ${NOISE});
  insert into public.developer_signups (email) values (left(${NOISE}, 320));
  insert into public.company_enrichment (domain, company_name) values (left(${NOISE}, 600), ${NOISE})`;

test('no text is too long for an index, new or existing', async () => {
  const { databaseUrl } = await existingLeadTables(ROWS);
  await apply(databaseUrl);
  expect(await indexes(databaseUrl)).toEqual(OURS);
  await query(databaseUrl, ROWS);
});

test('with trigram indexes each insert pays only for its own rows', async () => {
  const { databaseUrl } = await emptyDatabase();
  await apply(databaseUrl);
  expect(
    await query(
      databaseUrl,
      `select relname as name, reloptions as options from pg_class where relname like '%\\_trgm' order by 1`,
    ),
  ).toEqual([
    { name: 'company_enrichment_domain_trgm', options: ['fastupdate=off'] },
    { name: 'company_enrichment_plain_trgm', options: ['fastupdate=off'] },
  ]);
});

test('skips trigram indexes without pg_trgm, and finds it in any schema', async () => {
  const { databaseUrl, adminUrl } = await emptyDatabase();
  await apply(databaseUrl);
  await query(databaseUrl, 'drop extension pg_trgm cascade');
  expect(await left(databaseUrl)).toEqual([]);
  await query(adminUrl, 'create schema "Else where"; create extension pg_trgm schema "Else where"');
  expect(await left(databaseUrl)).toEqual([
    expect.stringMatching(
      /^create index concurrently company_enrichment_plain_trgm on public.company_enrichment using gin \(\(.*\) "Else where".gin_trgm_ops\) with \(fastupdate = off\)$/,
    ),
    'create index concurrently company_enrichment_domain_trgm on public.company_enrichment using gin ("left"(lower(domain), 253) "Else where".gin_trgm_ops) with (fastupdate = off)',
  ]);
});

test('a swapped-in table gets indexes even if the old table holds their names', async () => {
  const { databaseUrl } = await emptyDatabase();
  await apply(databaseUrl);
  await query(
    databaseUrl,
    `alter table public.lead_scores rename to lead_scores_old;
     create table public.lead_scores (like public.lead_scores_old including generated including defaults)`,
  );
  await apply(databaseUrl);
  expect((await indexes(databaseUrl)).filter((name) => name.startsWith('lead_scores'))).toEqual([
    'lead_scores_hot',
    'lead_scores_hot_2',
    'lead_scores_newest',
    'lead_scores_newest_2',
  ]);
  expect((await apply(databaseUrl)).at(0)).toBe('Nothing to change.');
});

test('skips an index whose column is missing or whose table is a view', async () => {
  const { databaseUrl } = await emptyDatabase();
  await query(
    databaseUrl,
    `create table public.stakeholders (id int);
     create view public.lead_scores as select 1 as developer_id;
     create table public.expansion_signals (company_domain text)`,
  );
  expect(await left(databaseUrl)).toEqual([
    'create index concurrently expansion_signals_company_domain on public.expansion_signals (company_domain)',
  ]);
});

test('the printed script builds the indexes of small tables and lists the statements for big ones', async () => {
  const { databaseUrl } = await existingLeadTables(`
    insert into public.company_enrichment (domain) values ('acme.example');
    insert into public.stakeholders (company_domain, full_name, title)
    select 'acme.example', 'n ' || n, repeat('x', 900) from generate_series(1, 12000) n`);
  const script = await composeSql({ leadScoring: true });
  await query(databaseUrl, script);
  const STATEMENT =
    'create index concurrently stakeholders_company_domain on public.stakeholders (company_domain)';
  const statements = await left(databaseUrl);
  expect(statements).toEqual([
    STATEMENT,
    expect.stringContaining('stakeholders_person on public.stakeholders'),
    expect.stringContaining('stakeholders_linkedin on public.stakeholders'),
  ]);
  const lastQuery = script.slice(script.lastIndexOf('\nwith wanted'));
  const [row] = await query(databaseUrl, lastQuery);
  expect(row).toMatchObject({ statement: STATEMENT });
  for (const statement of statements) await query(databaseUrl, statement);
  expect(await query(databaseUrl, lastQuery)).toEqual([]);
});
