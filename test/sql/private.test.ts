import pg from 'pg';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { applySql } from '../../src/sql/apply.ts';
import { LEAD_RELATIONS, makeLeadsPublic } from '../support/public-leads.ts';
import { clientFor, testDatabase } from '../support/supabase.ts';

const db = await testDatabase({ seed: true });
// Supabase's auth schema, as policies use it.
await db.sql(`
  create schema auth;
  grant usage on schema auth to anon, authenticated;
  create function auth.uid() returns uuid language sql stable
    as $$ select nullif(current_setting('request.jwt.claims', true)::jsonb ->> 'sub', '')::uuid $$;
  create function auth.role() returns text language sql stable
    as $$ select current_setting('request.jwt.claims', true)::jsonb ->> 'role' $$`);

beforeEach(() => makeLeadsPublic(db));

const client = (role: 'anon' | 'authenticated' | 'lead_bot' | 'service_role', sub?: string) =>
  clientFor(db, role, sub === undefined ? {} : { claims: { sub } });

/** Applies everything. Returns the reported notes. */
async function apply(options: { private?: boolean } = { private: true }): Promise<string[]> {
  const lines: string[] = [];
  await applySql(db.databaseUrl, { leadScoring: true, ...options }, (line) => lines.push(line));
  return lines.filter((line) => line.startsWith('  ')).map((line) => line.trim());
}

const named = z.array(z.object({ role: z.string(), name: z.string() }));
const exposure = z.object({ relations: named, writable: named, foreign_functions: named });

/** `role name` of each relation that the bot's check reports as open, by default for reading. */
async function exposed(how: keyof z.infer<typeof exposure> = 'relations'): Promise<string[]> {
  const { data } = await client('lead_bot').rpc('lead_bot_exposed');
  return exposure.parse(data)[how].map(({ role, name }) => `${role} ${name}`);
}

const everything = ['anon', 'authenticated'].flatMap((role) =>
  LEAD_RELATIONS.map((name) => `${role} public.${name}`),
);

test('the given schema is open to everyone, and the check reports each relation', async () => {
  const { data } = await client('anon').from('lead_dashboard').select('email').limit(1);
  expect(data).toEqual([{ email: expect.stringContaining('@') }]);
  expect(await exposed()).toEqual(everything);
});

test.each(['anon', 'authenticated'] as const)(
  "in the private variant %s can't read any lead relation",
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

test('the bot and the secret key still read in the private variant', async () => {
  await apply();
  const changes = { p_rearm_seconds: 60, p_limit: 10 };
  const { data } = await client('lead_bot').rpc('lead_bot_changes', changes);
  expect(data.entered).toHaveLength(2);
  const all = await client('service_role').from('lead_dashboard').select('email');
  expect(all.data).toHaveLength(5);
});

test('reports what it closes, and nothing on a second run', async () => {
  const notes = await apply();
  expect(notes).toContain(
    'dropped the policy "public read" on developer_signups, which let everyone read',
  );
  expect(notes).toContain(
    "set security_invoker on lead_dashboard, so it reads with the caller's rights",
  );
  expect(notes).toContain('revoked select on lead_scores from anon');
  expect(notes).toContain('revoked select on lead_dashboard from authenticated');
  expect(notes).toContain(
    'revoked insert, update, delete, truncate, references, trigger on lead_scores from anon',
  );
  expect(notes).toHaveLength(6 + 1 + 14 + 14);
  expect(await apply()).toEqual([]);
});

test('private tables stay private when applied without the option', async () => {
  await apply();
  expect(await apply({})).toEqual([]);
  expect(await exposed()).toEqual([]);
});

test('closes nothing without the option', async () => {
  expect(await apply({})).toEqual([]);
  expect(await exposed()).toEqual(everything);
});

test('applying the private variant again takes no locks that readers or writers hold', async () => {
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

test("keeps a policy that checks the caller, and doesn't report it as public", async () => {
  await db.sql(`create policy "own row" on public.developer_signups using (auth.uid() = id)`);
  await db.sql(
    `insert into public.developer_signups (id, email) values ($1, 'ada@own.example')
     on conflict do nothing`,
    [ADA],
  );
  onTestFinished(async () => {
    await db.sql('delete from public.developer_signups where id = $1', [ADA]);
  });
  expect(await apply()).toContain('your policies decide what anon can read, and were left alone');
  const mine = await client('authenticated', ADA).from('developer_signups').select('email');
  expect(mine.data).toEqual([{ email: 'ada@own.example' }]);
  const publicRead = await client('anon').from('developer_signups').select('email');
  expect(publicRead.data).toEqual([]);
  expect(await exposed()).toEqual([]);
});

test('keeps a policy for authenticated, and the check reports what it opens', async () => {
  await db.sql(
    `create policy staff on public.developer_signups for select to authenticated using (true)`,
  );
  await apply();
  expect(await exposed()).toEqual(['authenticated public.developer_signups']);
});

test('closes a table without row level security through its grants', async () => {
  await db.sql(`
    create policy "own row" on public.developer_signups using (auth.uid() = id);
    alter table public.stakeholders disable row level security`);
  await apply();
  expect(await exposed()).toEqual([]);
});

test('the given schema allows no writes, and the private variant revokes the grants for them', async () => {
  expect(await exposed('writable')).toEqual([]);
  await apply();
  const left = await db.sql(
    `select k.role, c.relname, p.privilege
       from unnest(array['anon', 'authenticated']) k (role)
       cross join unnest($1::text[]) c (relname)
       cross join unnest(array['insert', 'update', 'delete', 'truncate', 'references', 'trigger']) p (privilege)
      where has_table_privilege(k.role, 'public.' || c.relname, p.privilege)`,
    [LEAD_RELATIONS],
  );
  expect(left).toEqual([]);
});

const madeUp = () =>
  client('anon').from('developer_signups').insert({ email: 'made-up@evil.example' });
const isThere = async (): Promise<boolean> =>
  (await db.sql(`delete from public.developer_signups where email ~ '@evil' returning id`)).length >
  0;

test.each([
  [
    'disabled row level security',
    'alter table public.developer_signups disable row level security',
  ],
  [
    'a policy for anon',
    'create policy p on public.developer_signups for insert to anon with check (true)',
  ],
  ['a policy for all', 'create policy p on public.developer_signups for insert with check (true)'],
  ['a policy for everything', 'create policy p on public.developer_signups using (true)'],
  [
    'a policy that checks only the row',
    `create policy p on public.developer_signups for insert to anon with check (email like '%@%')`,
  ],
  [
    'a grant on two columns',
    `create policy p on public.developer_signups for insert with check (true);
     revoke insert on public.developer_signups from anon;
     grant insert (email, company_domain) on public.developer_signups to anon`,
  ],
  [
    'a grant to public',
    `create policy p on public.developer_signups for insert with check (true);
     revoke all on public.developer_signups from anon;
     grant insert on public.developer_signups to public`,
  ],
])('detects and closes public writes through %s', async (_, sql) => {
  await db.sql(sql);
  expect(await exposed('writable')).toContain('anon public.developer_signups');
  await madeUp();
  expect(await isThere()).toBe(true);
  await apply();
  expect(await exposed('writable')).toEqual([]);
  expect((await madeUp()).error?.code).toBe('42501');
  expect(await isThere()).toBe(false);
});

test('detects and closes policies that let anyone update or delete', async () => {
  await db.sql(`
    create policy p on public.lead_scores for update to anon using (true);
    create policy p on public.stakeholders for delete to anon using (true)`);
  expect(await exposed('writable')).toEqual([
    'anon public.lead_scores',
    'anon public.stakeholders',
  ]);
  await apply();
  expect(await exposed('writable')).toEqual([]);
  expect(await apply()).toEqual([]);
});

test("keeps an open policy for a pipeline's role, useless to the public key", async () => {
  await db.sql(`create policy pipeline on public.lead_scores using (true) with check (true)`);
  await apply();
  expect([await exposed(), await exposed('writable')]).toEqual([[], []]);
  const publicClient = client('anon').from('lead_scores');
  expect((await publicClient.select('id')).error?.code).toBe('42501');
  expect((await publicClient.delete().eq('tier', 'hot')).error?.code).toBe('42501');
  const [policy] = await db.sql(
    `select polname from pg_policy where polrelid = 'public.lead_scores'::regclass`,
  );
  expect(policy).toEqual({ polname: 'pipeline' });
});

test('keeps writes allowed by a policy that checks the caller', async () => {
  await db.sql(
    `create policy own on public.developer_signups for insert to authenticated with check (auth.uid() = id)`,
  );
  expect(await exposed('writable')).toEqual([]);
  expect(await apply()).toContain(
    'your policies decide whether authenticated can insert in developer_signups, and were left alone',
  );
  const row = { id: ADA, email: 'ada@evil.example' };
  expect((await client('authenticated', ADA).from('developer_signups').insert(row)).error).toBe(
    null,
  );
  expect(await isThere()).toBe(true);
});

test('keeps a write policy for authenticated, and the check reports it', async () => {
  await db.sql(
    `create policy staff on public.lead_scores for all to authenticated using (true) with check (true)`,
  );
  await apply();
  expect(await exposed('writable')).toEqual(['authenticated public.lead_scores']);
});

test('revokes the sequence of a lead table along with its writes', async () => {
  await db.sql(`
    alter table public.stakeholders add column number bigint generated by default as identity;
    grant all on all sequences in schema public to anon`);
  onTestFinished(async () => {
    await db.sql('alter table public.stakeholders drop column number');
  });
  await apply();
  const [row] = await db.sql(
    `select has_sequence_privilege('anon', 'public.stakeholders_number_seq', 'usage, update') as usable`,
  );
  expect(row).toEqual({ usable: false });
});

test("detects a view that lets anyone write with its owner's rights", async () => {
  await apply();
  await db.sql(`
    create view public.form as select email, company_domain from public.developer_signups;
    revoke all on public.form from anon, authenticated;
    grant insert on public.form to anon`);
  onTestFinished(async () => {
    await db.sql('drop view public.form');
  });
  expect([await exposed(), await exposed('writable')]).toEqual([[], ['anon public.form']]);
  await db.sql('alter view public.form set (security_invoker = on)');
  expect(await exposed('writable')).toEqual([]);
});

test('a view that nobody can write through is not open, whatever is granted', async () => {
  await apply();
  await db.sql(`
    create view public.emails as select distinct email from public.developer_signups;
    revoke all on public.emails from anon, authenticated;
    grant insert, update, delete on public.emails to anon`);
  onTestFinished(async () => {
    await db.sql('drop view public.emails');
  });
  expect(await exposed('writable')).toEqual([]);
});

test.each([
  ['insert', 'insert into public.developer_signups (email) values (new.email)'],
  ['update', 'update public.developer_signups set email = new.email where email = old.email'],
  ['delete', 'delete from public.developer_signups where email = old.email'],
])('detects a view that lets anyone write by a rule on %s', async (act, sql) => {
  await apply();
  await db.sql(`
    create view public.emails as select distinct email from public.developer_signups;
    revoke all on public.emails from anon, authenticated;
    grant insert, update, delete on public.emails to anon;
    create rule own_write as on ${act} to public.emails do instead ${sql}`);
  onTestFinished(async () => {
    await db.sql('drop view public.emails');
  });
  expect(await exposed('writable')).toEqual(['anon public.emails']);
});

test('detects a public security definer function that touches leads', async () => {
  await db.sql(`
    create function public.sign_up(p_email text) returns void language sql security definer
      as $$ insert into public.developer_signups (email) values (p_email) $$;
    create function public.count_them() returns bigint language sql
      as $$ select count(*) from public.developer_signups $$`);
  onTestFinished(async () => {
    await db.sql('drop function public.sign_up(text); drop function public.count_them()');
  });
  expect(await exposed('foreign_functions')).toEqual([
    'anon public.sign_up',
    'authenticated public.sign_up',
  ]);
  await db.sql('revoke execute on function public.sign_up from public, anon, authenticated');
  expect(await exposed('foreign_functions')).toEqual([]);
});

test.each([
  ["someone's view", 'create view public.spy as select email from public.lead_dashboard'],
  [
    'a materialized view',
    'create materialized view public.spy as select email from public.developer_signups',
  ],
])("detects %s that reads leads with its owner's rights", async (_, sql) => {
  await apply();
  await db.sql(`${sql}; grant select on public.spy to anon, authenticated`);
  onTestFinished(async () => {
    await db.sql(`${sql.replace(/^create ((?:materialized )?view \S+) .*$/, 'drop $1')}`);
  });
  expect(await exposed()).toEqual(['anon public.spy', 'authenticated public.spy']);
});

test('detects a grant on a single column', async () => {
  await apply();
  await db.sql(`
    create policy peek on public.developer_signups for select using (true);
    grant select (email) on public.developer_signups to anon`);
  onTestFinished(async () => {
    await db.sql('revoke select (email) on public.developer_signups from anon');
  });
  expect(await exposed()).toEqual(['anon public.developer_signups']);
});

test('a restrictive policy that checks the caller closes what a permissive one opens', async () => {
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
  ['((auth.uid() = id) OR true)', 'anon', true],
  ['((auth.uid() = id) AND ((tier = 1) OR true))', 'anon', false],
  [`(auth.role() = ANY (ARRAY['anon'::text, 'authenticated'::text]))`, 'anon', true],
  [`(auth.role() = ANY (ARRAY['anon'::text, 'authenticated'::text]))`, 'authenticated', true],
  [`(auth.role() = ANY (ARRAY['authenticated'::text, 'pipeline'::text]))`, 'anon', false],
  ['((auth.uid() IS NOT NULL) AND (auth.uid() = id))', 'authenticated', false],
])('the policy %s lets in every %s: %s', async (condition, role, everyone) => {
  const [row] = await db.sql('select lead_bot.lets_everyone_in($1, $2) as everyone', [
    condition,
    role,
  ]);
  expect(row).toEqual({ everyone });
});
