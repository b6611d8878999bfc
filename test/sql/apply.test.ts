import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startPostgres, urlFor } from '../../src/sandbox/supabase/postgres.ts';
import { applySql } from '../../src/sql/apply.ts';
import { composeSql } from '../../src/sql/compose.ts';
import { query, sqlFolder } from '../support/apply-sql.ts';
import { emptyDatabase } from '../support/supabase.ts';

const all = { leadScoring: true };

test('applying twice changes neither the leads nor the record of what was applied', async () => {
  const { databaseUrl } = await emptyDatabase();
  await applySql(databaseUrl, { ...all, seed: true });
  await query(databaseUrl, `update public.lead_scores set usage_score = 1 where usage_score = 95`);
  const state = () =>
    query(
      databaseUrl,
      `select (select json_agg(s order by id) from public.lead_scores s) scores,
              (select json_agg(d order by id) from public.developer_signups d) leads,
              (select json_agg(m order by name) from lead_bot.migrations m) migrations,
              (select json_agg(f order by name) from lead_bot.applied_files f) files`,
    );
  const before = await state();
  await applySql(databaseUrl, { ...all, seed: true });
  expect(await state()).toEqual(before);
});

test('leaves existing leads alone and adds no samples to them', async () => {
  const { databaseUrl } = await emptyDatabase();
  const folder = await sqlFolder({});
  await applySql(databaseUrl, { ...all, folder });
  await query(
    databaseUrl,
    `insert into public.developer_signups (email, company_domain) values ('a@b.example', 'b.example')`,
  );
  await applySql(databaseUrl, { ...all, seed: true, folder });
  expect(await query(databaseUrl, 'select email from public.developer_signups')).toEqual([
    { email: 'a@b.example' },
  ]);
});

test('refuses a database with only some of the lead tables, and names them', async () => {
  const { databaseUrl } = await emptyDatabase();
  await query(databaseUrl, 'create table public.stakeholders (id int)');
  await expect(applySql(databaseUrl, all)).rejects.toThrow(
    /sql\/lead-scoring\/schema\.sql: .*\(stakeholders\).* nor developer_signups, .*Nothing was changed/s,
  );
  expect(await query(databaseUrl, `select to_regnamespace('lead_bot') as schema`)).toEqual([
    { schema: null },
  ]);
});

test('fails without the lead tables if it may not create them', async () => {
  const { databaseUrl } = await emptyDatabase();
  await expect(applySql(databaseUrl, { leadScoring: false })).rejects.toThrow(
    /no view public\.lead_dashboard/,
  );
});

test('the printed script runs on its own, twice, as in the SQL editor', async () => {
  const { databaseUrl } = await emptyDatabase();
  const script = await composeSql(all);
  await query(databaseUrl, script).catch((error: unknown) => expect(error).toBeUndefined());
  await query(databaseUrl, script).catch((error: unknown) => expect(error).toBeUndefined());
  expect(
    await query(databaseUrl, `select to_regclass('public.lead_dashboard') is not null as there`),
  ).toEqual([{ there: true }]);
});

test('the printed script and db:apply produce the same schema', async () => {
  const [applied, pasted] = await Promise.all([emptyDatabase(), emptyDatabase()]);
  await applySql(applied.databaseUrl, all);
  await query(pasted.databaseUrl, await composeSql(all));
  const catalog = `
    select pg_get_functiondef(p.oid) as definition, p.proacl::text as rights
      from pg_proc p where pronamespace in ('public'::regnamespace, 'lead_bot'::regnamespace)
    union all
    select indexdef, null from pg_indexes where schemaname in ('public', 'lead_bot')
    union all
    select name, checksum from lead_bot.migrations
    union all
    select name, checksum from lead_bot.applied_files
    order by 1`;
  expect(await query(pasted.databaseUrl, catalog)).toEqual(
    await query(applied.databaseUrl, catalog),
  );
});

test('refuses a migration that was changed after it was applied, and changes nothing', async () => {
  const { databaseUrl } = await emptyDatabase();
  const folder = await sqlFolder({
    'migrations/0001-first.sql': 'create table lead_bot.first (id int);',
  });
  await applySql(databaseUrl, { ...all, folder });
  await appendFile(join(folder, 'lead-bot/migrations/0001-first.sql'), '\nselect 1;');
  await writeFile(join(folder, 'lead-bot/migrations/0002-second.sql'), 'create schema second;');
  await expect(applySql(databaseUrl, { ...all, folder })).rejects.toThrow(
    /sql\/lead-bot\/migrations\/0001-first\.sql: .*changed after.*in a new migration/s,
  );
  expect(await query(databaseUrl, `select to_regnamespace('second') as s`)).toEqual([{ s: null }]);
});

test('applies a new migration on top of the earlier ones', async () => {
  const { databaseUrl } = await emptyDatabase();
  const folder = await sqlFolder({
    'migrations/0001-first.sql': 'create table lead_bot.first (id int);',
  });
  await applySql(databaseUrl, { ...all, folder });
  await writeFile(
    join(folder, 'lead-bot/migrations/0002-second.sql'),
    `alter table lead_bot.first add note text default '$sql$ $guard$'; insert into lead_bot.first values (1);`,
  );
  await applySql(databaseUrl, { ...all, folder });
  expect(await query(databaseUrl, 'select * from lead_bot.first')).toEqual([
    { id: 1, note: '$sql$ $guard$' },
  ]);
});

test('an error in a migration names file and line, and rolls everything back', async () => {
  const { databaseUrl } = await emptyDatabase();
  const folder = await sqlFolder({
    'migrations/0001-first.sql': 'create table lead_bot.first (id int);',
    'migrations/0002-bad.sql': '-- why\n\ncreate tabel lead_bot.second (id int);',
  });
  await expect(applySql(databaseUrl, { ...all, folder })).rejects.toThrow(
    /^sql\/lead-bot\/migrations\/0002-bad\.sql:3: syntax error at or near "tabel"/,
  );
  expect(await query(databaseUrl, `select to_regnamespace('lead_bot') as s`)).toEqual([
    { s: null },
  ]);
});

test('an error in a function names file and line', async () => {
  const { databaseUrl } = await emptyDatabase();
  const folder = await sqlFolder({
    'functions/a.sql':
      'create or replace function lead_bot.a() returns int language sql\nas $$ select 1 $$;',
    'functions/b.sql':
      '-- why\ncreate or replace function lead_bot.b() returns nonsense\nlanguage sql as $$ select 1 $$;',
  });
  await expect(applySql(databaseUrl, { ...all, folder })).rejects.toThrow(
    /^sql\/lead-bot\/functions\/b\.sql(:2)?: type "?nonsense"? does not exist/,
  );
});

test('traces an unclosed quote to its file', async () => {
  const { databaseUrl } = await emptyDatabase();
  const folder = await sqlFolder({
    'functions/a.sql': "comment on schema lead_bot is '🙂'",
    'functions/b.sql': "\n-- why\nselect 'open;",
  });
  await expect(applySql(databaseUrl, { ...all, folder })).rejects.toThrow(
    /^sql\/lead-bot\/functions\/b\.sql(:\d)?: /,
  );
});

test('functions can call functions from later files', async () => {
  const { databaseUrl } = await emptyDatabase();
  const folder = await sqlFolder({
    'functions/a.sql':
      'create or replace function lead_bot.a() returns int language sql as $$ select lead_bot.b() $$;',
    'functions/b.sql':
      'create or replace function lead_bot.b() returns int language sql as $$ select 7 $$;',
  });
  await applySql(databaseUrl, { ...all, folder });
  expect(await query(databaseUrl, 'select lead_bot.a() as seven')).toEqual([{ seven: 7 }]);
});

test('two concurrent runs both succeed', async () => {
  const { databaseUrl } = await emptyDatabase();
  await Promise.all([applySql(databaseUrl, all), applySql(databaseUrl, all)]);
  const rows = await query(
    databaseUrl,
    'select count(*)::int as n from pg_roles where rolname = $$lead_bot$$',
  );
  expect(rows).toEqual([{ n: 1 }]);
});

test('recognizes a Postgres that is not Supabase', async () => {
  const plain = await startPostgres({});
  try {
    const url = urlFor(plain.cluster, 'supabase_admin', 'postgres');
    await expect(applySql(url, all)).rejects.toThrow(/this is not a Supabase database/);
  } finally {
    await plain.stop();
  }
});

test.each([
  ['', /DATABASE_URL is missing/],
  ['nonsense', /DATABASE_URL is malformed/],
  ['  ', /DATABASE_URL is missing \(.*Connect → Session pooler/],
  ['https://user:s3cret@host/db', /DATABASE_URL is malformed/],
  ['"postgresql://postgres:s3cret@host/db"', /DATABASE_URL has quotes around it/],
  ['postgresql://postgres:s3cret@host/db # ours', /DATABASE_URL has a comment after it/],
  ['https://s3cret.supabase.co', /must be like postgresql:.*belongs in SUPABASE_URL/],
  ['sb_secret_s3cret0123456789', /must be like postgresql:.*belongs in SUPABASE_KEY/],
  [
    'postgresql://postgres.ref:s3cret@aws-0-eu-central-1.pooler.supabase.com:6543/postgres',
    /points at the transaction pooler.*session pooler, on port 5432/,
  ],
  ['postgresql://postgres:[YOUR-PASSWORD]@host/db', /placeholder/],
  [
    ' postgresql://postgres:s3cret@127.0.0.1:1/postgres\n',
    /Cannot connect to 127\.0\.0\.1:1: nothing is listening/,
  ],
])('gives advice on DATABASE_URL=%s without leaking the password', async (url, advice) => {
  const error = await applySql(url, all).catch((reason: unknown) => reason);
  expect(String(error)).toMatch(advice);
  expect(String(error)).not.toContain('s3cret');
});

test('reports a wrong password without printing it', async () => {
  const url = new URL((await emptyDatabase()).databaseUrl);
  url.password = 's3cret';
  const error = await applySql(url.href, all).catch((reason: unknown) => reason);
  expect(String(error)).toMatch(/wrong user or password/);
  expect(String(error)).not.toContain('s3cret');
});

test.each([
  [`select 'canary@x.example'::uuid`, '22P02'],
  [
    `create table lead_bot.t (a text check (a = 'b')); insert into lead_bot.t values ('canary')`,
    '23514',
  ],
  [
    `create table lead_bot.t (a text unique); insert into lead_bot.t values ('canary'), ('canary')`,
    '23505',
  ],
])('never quotes row data when %s fails', async (sql, code) => {
  const { databaseUrl } = await emptyDatabase();
  const folder = await sqlFolder({ 'migrations/0001-x.sql': sql });
  const error = await applySql(databaseUrl, { ...all, folder }).catch((thrown: unknown) => thrown);
  expect(String(error)).toContain(`(${code})`);
  expect(String(error)).not.toContain('canary');
});

test.each([
  'postgresql://postgres:12/canary@127.0.0.1:5432/postgres',
  'postgresql://postgres:12?canary@127.0.0.1:5432/postgres',
  'postgresql://postgres:12#canary@127.0.0.1:5432/postgres',
  'postgresql://postgres:can ary@127.0.0.1:1/postgres',
])('never prints part of an unescaped password: %s', async (url) => {
  const error = await applySql(url, all).catch((thrown: unknown) => thrown);
  expect(String(error)).not.toMatch(/can|ary|postgres:12\b/);
});

test("grants the bot's roles by name what was revoked from public", async () => {
  const { databaseUrl } = await emptyDatabase();
  await query(
    databaseUrl,
    'revoke usage on schema public from public; revoke usage on schema public from service_role',
  );
  await applySql(databaseUrl, all);
  expect(
    await query(
      databaseUrl,
      `select r.name from unnest(array['lead_bot', 'service_role']) r (name)
        where has_schema_privilege(r.name, 'public', 'usage')`,
    ),
  ).toEqual([{ name: 'lead_bot' }, { name: 'service_role' }]);
});
