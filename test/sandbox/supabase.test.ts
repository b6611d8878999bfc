import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@supabase/supabase-js';
import pg from 'pg';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { type SupabaseDatabase, startSupabase } from '../../src/sandbox/supabase/supabase.ts';
import { applySql } from '../../src/sql/apply.ts';
import { clientFor, headersFor } from '../support/supabase.ts';

const supabase = await startSupabase();
afterAll(() => supabase.stop());
await applySql(supabase.databaseUrl, { leadScoring: true, private: false, seed: true });

async function query(url: string, text: string): Promise<pg.QueryResultRow[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

const isUp = (url: string) =>
  query(url, 'select 1').then(
    () => true,
    () => false,
  );

const rest = (database: SupabaseDatabase, path: string, headers: Record<string, string> = {}) =>
  fetch(`${database.url}/rest/v1${path}`, { headers });

const patient = { timeout: 20_000, interval: 50 };

test('supabase-js reads the dashboard', async () => {
  const { data, error } = await createClient(supabase.url, supabase.keyFor('service_role'))
    .from('lead_dashboard')
    .select('company_name, tier, features_used')
    .eq('company_name', 'VelocityPay');
  expect(error).toBeNull();
  expect(data).toEqual([
    {
      company_name: 'VelocityPay',
      tier: 'hot',
      features_used: ['Auth', 'Storage', 'Edge Functions', 'Realtime'],
    },
  ]);
});

test('two hundred concurrent reads succeed', async () => {
  const headers = { apikey: supabase.keyFor('anon') };
  const answers = await Promise.all(
    Array.from({ length: 200 }, () => rest(supabase, '/lead_dashboard?select=tier', headers)),
  );
  const sizes = await Promise.all(
    answers.map(async (answer) => {
      const rows: unknown = await answer.json();
      return Array.isArray(rows) ? rows.length : rows;
    }),
  );
  expect(new Set(sizes)).toEqual(new Set([5]));
});

test('refuses a request without a key', async () => {
  const answer = await rest(supabase, '/lead_dashboard');
  expect(answer.status).toBe(401);
  expect(await answer.json()).toMatchObject({ message: 'No API key found in request' });
});

test('refuses a key of another project', async () => {
  const [header, payload] = supabase.keyFor('service_role').split('.');
  const apikey = `${header}.${payload}.${'x'.repeat(43)}`;
  const answer = await rest(supabase, '/lead_dashboard', { apikey });
  expect(answer.status).toBe(401);
  expect(await answer.json()).toMatchObject({ message: 'Invalid API key' });
});

test('PostgREST refuses an expired key', async () => {
  const apikey = supabase.keyFor('anon', { expiresIn: -60 });
  const answer = await rest(supabase, '/lead_dashboard', { apikey });
  expect(answer.status).toBe(401);
  expect(await answer.json()).toMatchObject({ code: 'PGRST301' });
});

test('paths outside the REST API return 404', async () => {
  const answer = await fetch(`${supabase.url}/auth/v1/user`);
  expect(answer.status).toBe(404);
});

test.each(['anon', 'authenticated', 'service_role', 'lead_bot'] as const)(
  'a token for %s acts as that role, and a schema reload finds a new function',
  async (role) => {
    await query(
      supabase.databaseUrl,
      `create or replace function public.who_${role}() returns text language sql as 'select current_user::text';
       grant execute on function public.who_${role} to ${role};
       notify pgrst, 'reload schema'`,
    );
    const client = clientFor(supabase, role);
    await expect.poll(() => client.rpc(`who_${role}`), patient).toMatchObject({ data: role });
  },
);

await query(
  supabase.databaseUrl,
  `create function public.whoami() returns text language sql as 'select current_user::text';
   grant execute on function public.whoami() to lead_bot;
   create function public.limits() returns text language sql as $$
     select concat_ws(' ', current_user, current_setting('statement_timeout'), current_setting('lock_timeout'))
   $$;
   grant execute on function public.limits() to lead_bot`,
);
await supabase.restartPostgrest();

const bearer = (token: string) => `Bearer ${token}`;
const { secretKey, publishableKey } = supabase;
const token = supabase.keyFor('lead_bot');

test.each([
  ['a secret key', { apikey: secretKey }, 'service_role'],
  ['a publishable key', { apikey: publishableKey }, 'anon'],
  ['a legacy key', { apikey: supabase.keyFor('service_role') }, 'service_role'],
  [
    'a secret key that is also the bearer',
    { apikey: secretKey, authorization: bearer(secretKey) },
    'service_role',
  ],
  [
    'a token with a publishable key',
    { apikey: publishableKey, authorization: bearer(token) },
    'lead_bot',
  ],
  ['a token with a secret key', { apikey: secretKey, authorization: bearer(token) }, 'lead_bot'],
  [
    'a token with a legacy key',
    { apikey: supabase.keyFor('anon'), authorization: bearer(token) },
    'lead_bot',
  ],
])('admits %s as its role', async (_, headers, role) => {
  const answer = await rest(supabase, '/rpc/whoami', headers);
  expect([answer.status, await answer.json()]).toEqual([200, role]);
});

test.each([
  [
    'a secret key as bearer with a publishable one',
    { apikey: publishableKey, authorization: bearer(secretKey) },
  ],
  [
    'a publishable key as bearer with a secret one',
    { apikey: secretKey, authorization: bearer(publishableKey) },
  ],
  [
    'a secret key as bearer with a legacy one',
    { apikey: supabase.keyFor('anon'), authorization: `bearer  ${secretKey}` },
  ],
  ['a secret key with a letter changed', { apikey: `${secretKey.slice(0, -1)}.` }],
  ['a token in place of a key', { apikey: token }],
  ['a token without any key', { authorization: bearer(token) }],
  ['a secret key as bearer without any key', { authorization: bearer(secretKey) }],
  [
    'a secret key from a browser',
    { apikey: secretKey, 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)' },
  ],
])('the gateway refuses %s', async (_, headers) => {
  const answer = await rest(supabase, '/rpc/whoami', headers);
  expect([answer.status, await answer.json()]).toEqual([
    401,
    { message: expect.stringMatching(/API key/), hint: expect.any(String) },
  ]);
});

test('only the secret key sees the API description', async () => {
  const look = async (apikey: string) => (await rest(supabase, '/', { apikey })).status;
  expect(await Promise.all([look(secretKey), look(publishableKey)])).toEqual([200, 401]);
});

test('supabase-js works with a secret key and with a publishable key', async () => {
  const answers = [secretKey, publishableKey].map((key) =>
    createClient(supabase.url, key).rpc('whoami'),
  );
  expect((await Promise.all(answers)).map(({ data }) => data)).toEqual(['service_role', 'anon']);
});

test("API roles have hosted Supabase's statement timeouts, and ours has no longer one", async () => {
  const roles = ['lead_bot', 'anon', 'service_role', 'authenticated', 'lead_bot'] as const;
  const seen: unknown[] = [];
  for (const role of roles) {
    seen.push(await (await rest(supabase, '/rpc/limits', headersFor(supabase, role))).json());
  }
  expect(seen).toEqual([
    'lead_bot 8s 8s',
    'anon 3s 8s',
    'service_role 8s 8s',
    'authenticated 8s 8s',
    'lead_bot 8s 8s',
  ]);
});

test("cancels a call that exceeds its role's timeout", async () => {
  const hasty = await supabase.createDatabase('hasty');
  await query(
    hasty.databaseUrl,
    `create function public.nap() returns text language sql as 'select pg_sleep(9)::text';
     grant execute on function public.nap() to lead_bot;
     alter role authenticator in database hasty set statement_timeout = '1s'`,
  );
  await hasty.restartPostgrest();
  const answer = await clientFor(hasty, 'lead_bot').rpc('nap');
  expect(answer.error).toMatchObject({ code: '57014' });
  await hasty.stop();
});

test('postgres has two minutes on a direct connection', async () => {
  expect(await query(supabase.databaseUrl, 'show statement_timeout')).toEqual([
    { statement_timeout: '2min' },
  ]);
});

test('as on Supabase, API roles can use what postgres creates in public', async () => {
  const rows = await query(
    supabase.databaseUrl,
    `create table public.open_to_all (id int);
     create function public.open_to_all() returns int language sql as 'select 1'`,
  ).then(() =>
    query(
      supabase.databaseUrl,
      `select r as role, has_table_privilege(r, 'public.open_to_all', 'insert') as may_insert,
              has_function_privilege(r, 'public.open_to_all()', 'execute') as may_execute
         from unnest(array['anon', 'authenticated', 'service_role']) r`,
    ),
  );
  expect(rows).toEqual(
    ['anon', 'authenticated', 'service_role'].map((role) => ({
      role,
      may_insert: true,
      may_execute: true,
    })),
  );
});

test('grants the bot all it needs in a project without default privileges, as newer projects are', async () => {
  const closed = await supabase.createDatabase('closed');
  await query(
    closed.databaseUrl,
    `alter default privileges for role postgres in schema public
       revoke select, insert, update, delete on tables from anon, authenticated, service_role;
     alter default privileges for role postgres in schema public
       revoke usage, select on sequences from anon, authenticated, service_role;
     alter default privileges for role postgres in schema public
       revoke execute on functions from anon, authenticated, service_role`,
  );
  await applySql(closed.databaseUrl, { leadScoring: true, seed: true });
  await closed.restartPostgrest();
  const changes = { p_rearm_seconds: 60, p_limit: 10 };
  for (const role of ['service_role', 'lead_bot'] as const) {
    const { data, error } = await clientFor(closed, role).rpc('lead_bot_changes', changes);
    expect(error).toBeNull();
    expect(JSON.stringify(data)).toContain('VelocityPay');
  }
  await closed.stop();
});

test('as on Supabase, extensions have their own schema in the search path of postgres', async () => {
  expect(
    await query(
      supabase.databaseUrl,
      `select extname, extnamespace::regnamespace::text as schema, gen_random_bytes(4) is not null as found
         from pg_extension where extname <> 'plpgsql' order by 1`,
    ),
  ).toEqual(
    ['pg_trgm', 'pgcrypto', 'uuid-ossp'].map((extname) => ({
      extname,
      schema: 'extensions',
      found: true,
    })),
  );
});

test('as on Supabase, DATABASE_URL is not a superuser', async () => {
  const rows = await query(
    supabase.databaseUrl,
    'select rolname, rolsuper, rolbypassrls from pg_roles where rolname in (current_user, $$lead_bot$$) order by 1',
  );
  expect(rows).toEqual([
    { rolname: 'lead_bot', rolsuper: false, rolbypassrls: false },
    { rolname: 'postgres', rolsuper: false, rolbypassrls: true },
  ]);
});

test('passes a body of several megabytes through', async () => {
  await query(
    supabase.databaseUrl,
    `create or replace function public.echo_length(body text) returns json language sql
       as $$ select json_build_object('length', length(body), 'body', body) $$;
     notify pgrst, 'reload schema'`,
  );
  const client = createClient(supabase.url, supabase.keyFor('service_role'));
  const body = 'ä'.repeat(3_000_000);
  await expect
    .poll(async () => (await client.rpc('echo_length', { body })).data, patient)
    .toEqual({ length: 3_000_000, body });
});

test('the gateway returns 502 without PostgREST, and recovers', async () => {
  const headers = { apikey: supabase.keyFor('anon') };
  await supabase.stopPostgrest();
  expect((await rest(supabase, '/lead_dashboard', headers)).status).toBe(502);
  await supabase.startPostgrest();
  expect((await rest(supabase, '/lead_dashboard', headers)).status).toBe(200);
});

test('after a restart of PostgreSQL reads work and the data is there', async () => {
  await supabase.restartPostgres();
  const headers = { apikey: supabase.keyFor('anon') };
  await expect
    .poll(
      async () => (await rest(supabase, '/lead_dashboard?select=tier', headers)).json(),
      patient,
    )
    .toHaveLength(5);
});

test('commits survive a crash of a durable PostgreSQL', async () => {
  const durable = await startSupabase({ durable: true });
  onTestFinished(() => durable.stop());
  await query(durable.databaseUrl, 'create table public.kept (id int)');
  await query(durable.databaseUrl, 'insert into public.kept select generate_series(1, 100)');
  await durable.restartPostgres('immediate');
  expect(await query(durable.databaseUrl, 'select count(*)::int from public.kept')).toEqual([
    { count: 100 },
  ]);
});

test('a copied database has its own API, and stopping it drops it', async () => {
  const empty = await supabase.createDatabase('one');
  await query(empty.databaseUrl, 'create table public.only_here (id int)');
  await empty.stopPostgrest();
  const copy = await supabase.createDatabase('two', 'one');
  const headers = { apikey: copy.keyFor('service_role') };
  expect(await (await rest(copy, '/only_here', headers)).json()).toEqual([]);
  expect((await rest(supabase, '/only_here', headers)).status).toBe(404);
  await Promise.all([copy.stop(), empty.stop()]);
  expect(await isUp(copy.databaseUrl)).toBe(false);
});

test('with its own folder it keeps data and keys between starts', async () => {
  const databaseDir = await mkdtemp(join(tmpdir(), 'lead-alerts-kept-'));
  const first = await startSupabase({ databaseDir });
  await query(first.databaseUrl, 'create table public.kept (id int)');
  const key = first.keyFor('service_role');
  await first.stop();
  const second = await startSupabase({ databaseDir });
  expect([first.isNew, second.isNew]).toEqual([true, false]);
  expect((await rest(second, '/kept', { apikey: key })).status).toBe(200);
  await second.stop();
  await rm(databaseDir, { recursive: true });
});

/** Ids of the processes with this TMPDIR, read from /proc. */
async function processesOf(folder: string): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const environments = await Promise.all(
    ids.map((id) => readFile(`/proc/${id}/environ`, 'utf8').catch(() => '')),
  );
  return ids.filter((_, index) => environments[index]?.includes(`TMPDIR=${folder}\0`));
}

const script = (name: string) => join(import.meta.dirname, '../../src/sandbox/supabase', name);

/** Creates a TMPDIR that PostgreSQL's user can enter when the tests run as root. */
async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'db-local-'));
  await chmod(folder, 0o755);
  return folder;
}

/** Runs `npm run db:local` in its own process group. Resolves once it has printed its URLs. */
async function dbLocal(folder: string): Promise<{ child: ChildProcess; databaseUrl: string }> {
  const child = spawn(process.execPath, [script('db-local.ts')], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, TMPDIR: folder },
  });
  let printed = '';
  for await (const chunk of child.stdout) {
    printed += String(chunk);
    const databaseUrl = /^DATABASE_URL=(.+)\n/m.exec(printed)?.[1];
    if (databaseUrl) return { child, databaseUrl };
  }
  throw new Error(`db:local ended early: ${printed}`);
}

test('Ctrl-C stops db:local and its processes, and removes its files', async () => {
  const folder = await temporaryFolder();
  const { child, databaseUrl } = await dbLocal(folder);
  expect((await processesOf(folder)).length).toBeGreaterThan(2);
  expect(await query(databaseUrl, 'select count(*)::int from public.lead_dashboard')).toEqual([
    { count: 5 },
  ]);
  const exited = once(child, 'exit');
  process.kill(-(child.pid ?? Number.NaN), 'SIGINT');
  expect(await exited).toEqual([0, null]);
  expect(await isUp(databaseUrl)).toBe(false);
  expect(await processesOf(folder)).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
  await rm(folder, { recursive: true });
});

test('leaves nothing behind even after a SIGKILL of db:local', async () => {
  const folder = await temporaryFolder();
  const { child, databaseUrl } = await dbLocal(folder);
  child.kill('SIGKILL');
  await expect.poll(() => isUp(databaseUrl), patient).toBe(false);
  await expect.poll(() => processesOf(folder), patient).toEqual([]);
  await expect.poll(() => readdir(folder), patient).toEqual([]);
  await rm(folder, { recursive: true });
});
