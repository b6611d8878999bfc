import pg from 'pg';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { applySql } from '../../src/sql/apply.ts';
import { LEAD_RELATIONS, openLeadsAsGiven } from '../support/open-leads.ts';
import { clientFor, testDatabase } from '../support/supabase.ts';

const db = await testDatabase({ seed: true });
// What Supabase's auth schema offers to policies.
await db.sql(`
  create schema auth;
  grant usage on schema auth to anon, authenticated;
  create function auth.uid() returns uuid language sql stable
    as $$ select nullif(current_setting('request.jwt.claims', true)::jsonb ->> 'sub', '')::uuid $$;
  create function auth.role() returns text language sql stable
    as $$ select current_setting('request.jwt.claims', true)::jsonb ->> 'role' $$`);

beforeEach(() => openLeadsAsGiven(db));

const client = (role: 'anon' | 'authenticated' | 'lead_bot' | 'service_role', sub?: string) =>
  clientFor(db, role, sub === undefined ? {} : { claims: { sub } });

/** Applies everything; returns what it says to have done beyond its steps. */
async function apply(options: { private?: boolean } = { private: true }): Promise<string[]> {
  const lines: string[] = [];
  await applySql(db.databaseUrl, { leadScoring: true, ...options }, (line) => lines.push(line));
  return lines.filter((line) => line.startsWith('  ')).map((line) => line.trim());
}

const named = z.array(z.object({ role: z.string(), name: z.string() }));
const exposure = z.object({ relations: named, functions: named });

/** `role name` of each relation that the bot's own check calls open. */
async function exposed(): Promise<string[]> {
  const { data } = await client('lead_bot').rpc('lead_bot_exposed');
  return exposure.parse(data).relations.map(({ role, name }) => `${role} ${name}`);
}

const everything = ['anon', 'authenticated'].flatMap((role) =>
  LEAD_RELATIONS.map((name) => `${role} public.${name}`),
);

test('the given schema is open to everyone, and the bot’s check says so of each relation', async () => {
  const { data } = await client('anon').from('lead_dashboard').select('email').limit(1);
  expect(data).toEqual([{ email: expect.stringContaining('@') }]);
  expect(await exposed()).toEqual(everything);
});

test.each(['anon', 'authenticated'] as const)(
  'in the private variant %s may ask for no relation with leads',
  async (role) => {
    await apply();
    for (const relation of LEAD_RELATIONS) {
      const { data, error, status } = await client(role).from(relation).select('*');
      expect([relation, data, error?.code, status]).toEqual([
        relation,
        null,
        '42501',
        role === 'anon' ? 401 : 403,
      ]);
    }
    expect(await exposed()).toEqual([]);
  },
);

test('the bot and the secret key read on in the private variant', async () => {
  await apply();
  const changes = { p_rearm_seconds: 60, p_limit: 10 };
  const { data } = await client('lead_bot').rpc('lead_bot_changes', changes);
  expect(data.entered).toHaveLength(2);
  const all = await client('service_role').from('lead_dashboard').select('email');
  expect(all.data).toHaveLength(5);
});

test('it says what it has closed, and nothing when there is nothing left to close', async () => {
  const said = await apply();
  expect(said).toContain(
    'dropped the policy "public read" of developer_signups, which let everyone read',
  );
  expect(said).toContain('lead_dashboard now reads with the rights of the one who asks');
  expect(said).toContain('anon may no longer read lead_scores');
  expect(said).toContain('authenticated may no longer read lead_dashboard');
  expect(said).toHaveLength(6 + 1 + 14);
  expect(await apply()).toEqual([]);
});

test('what has been made private stays private when the SQL is applied without the option', async () => {
  await apply();
  expect(await apply({})).toEqual([]);
  expect(await exposed()).toEqual([]);
});

test('without the option nothing is closed', async () => {
  expect(await apply({})).toEqual([]);
  expect(await exposed()).toEqual(everything);
});

test('applying the private variant again waits for nobody who reads or writes leads', async () => {
  await apply();
  const atWork = new pg.Client({ connectionString: db.databaseUrl });
  await atWork.connect();
  onTestFinished(() => atWork.end());
  await atWork.query(
    `begin;
     lock table public.lead_dashboard in row exclusive mode;
     select count(*) from public.lead_dashboard`,
  );
  await apply();
  expect((await atWork.query('select true as still')).rows).toEqual([{ still: true }]);
});

const ADA = '00000000-0000-4000-8000-00000000ada0';

test('a policy that looks at who asks stays, works on, and is not called public', async () => {
  await db.sql(`create policy "own row" on public.developer_signups using (auth.uid() = id)`);
  await db.sql(
    `insert into public.developer_signups (id, email) values ($1, 'ada@own.example')
     on conflict do nothing`,
    [ADA],
  );
  onTestFinished(async () => {
    await db.sql('delete from public.developer_signups where id = $1', [ADA]);
  });
  expect(await apply()).toContain('what anon may read is up to policies that are left as they are');
  const mine = await client('authenticated', ADA).from('developer_signups').select('email');
  expect(mine.data).toEqual([{ email: 'ada@own.example' }]);
  const nobodys = await client('anon').from('developer_signups').select('email');
  expect(nobodys.data).toEqual([]);
  expect(await exposed()).toEqual([]);
});

test('a policy for authenticated by name is a decision: it stays, and the check says what it opens', async () => {
  await db.sql(
    `create policy staff on public.developer_signups for select to authenticated using (true)`,
  );
  await apply();
  expect(await exposed()).toEqual(['authenticated public.developer_signups']);
});

test('a table whose row level security is off is closed by its grants', async () => {
  await db.sql(`
    create policy "own row" on public.developer_signups using (auth.uid() = id);
    alter table public.stakeholders disable row level security`);
  await apply();
  expect(await exposed()).toEqual([]);
});

test('a policy for everything keeps its right to write, and no longer lets anyone read', async () => {
  await db.sql(`create policy pipeline on public.lead_scores using (true) with check (true)`);
  await apply();
  expect(await exposed()).toEqual([]);
  expect((await client('anon').from('lead_scores').select('id')).error?.code).toBe('42501');
  const [policy] = await db.sql(
    `select polname from pg_policy where polrelid = 'public.lead_scores'::regclass`,
  );
  expect(policy).toEqual({ polname: 'pipeline' });
});

test.each([
  ['a view of somebody', 'create view public.spy as select email from public.lead_dashboard'],
  [
    'a materialized view',
    'create materialized view public.spy as select email from public.developer_signups',
  ],
])('%s that reads leads with its owner’s rights is found', async (_, sql) => {
  await apply();
  await db.sql(`${sql}; grant select on public.spy to anon, authenticated`);
  onTestFinished(async () => {
    await db.sql(`${sql.replace(/^create ((?:materialized )?view \S+) .*$/, 'drop $1')}`);
  });
  expect(await exposed()).toEqual(['anon public.spy', 'authenticated public.spy']);
});

test('a single granted column is enough to be found', async () => {
  await apply();
  await db.sql(`
    create policy peek on public.developer_signups for select using (true);
    grant select (email) on public.developer_signups to anon`);
  onTestFinished(async () => {
    await db.sql('revoke select (email) on public.developer_signups from anon');
  });
  expect(await exposed()).toEqual(['anon public.developer_signups']);
});

test('a restrictive policy that looks at who asks closes what a permissive one opens', async () => {
  await db.sql(
    `create policy members on public.developer_signups as restrictive for select
       using (auth.uid() is not null)`,
  );
  expect(await exposed()).toEqual(
    everything.filter((one) => one !== 'anon public.developer_signups'),
  );
});

test.each([
  ['true', 'anon', true],
  ['(1 = 1)', 'anon', true],
  [`(tier = 'hot'::text)`, 'anon', true],
  ['false', 'anon', false],
  ['(auth.uid() = id)', 'anon', false],
  ['( SELECT auth.uid() AS uid) = owner_id', 'authenticated', false],
  [`((auth.jwt() ->> 'email'::text) ~~ '%@us.example'::text)`, 'authenticated', false],
  [`(current_setting('app.team'::text) = 'sales'::text)`, 'anon', false],
  [`(auth.role() = 'authenticated'::text)`, 'anon', false],
  [`(auth.role() = 'authenticated'::text)`, 'authenticated', true],
  [`(auth.role() = 'anon'::text)`, 'anon', true],
  [`(( SELECT auth.role() AS role) = 'anon'::text)`, 'anon', true],
  [`(auth.role() = 'anon'::text)`, 'authenticated', false],
  [`(( SELECT auth.role() AS role) = 'authenticated'::text)`, 'authenticated', true],
  ['(auth.uid() IS NOT NULL)', 'authenticated', true],
  ['(( SELECT auth.uid() AS uid) IS NOT NULL)', 'authenticated', true],
  ['((auth.uid() IS NOT NULL) AND (auth.uid() = id))', 'authenticated', false],
])('the policy %s lets in every %s: %s', async (condition, role, everyone) => {
  const [row] = await db.sql('select lead_bot.lets_everyone_in($1, $2) as everyone', [
    condition,
    role,
  ]);
  expect(row).toEqual({ everyone });
});
