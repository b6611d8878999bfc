import { createClient } from '@supabase/supabase-js';
import { expect, test } from 'vitest';
import { testDatabase } from '../support/supabase.ts';

const db = await testDatabase({ seed: true });

interface OurFunction {
  signature: string;
  name: string;
  schema: string;
}

/** All that our SQL made: schema lead_bot and public.lead_bot_…, without what extensions brought. */
const OURS = `(n.nspname = 'lead_bot' or (n.nspname = 'public' and p.proname like 'lead\\_bot\\_%'))`;
const functions = (where: string) =>
  db.sql<OurFunction>(
    `select p.oid::regprocedure::text as signature, p.proname as name, n.nspname as schema
       from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where ${where} order by 1`,
  );

const ALL_API = await functions(`n.nspname = 'public' and p.proname like 'lead\\_bot\\_%'`);

/** Arguments that every function accepts, so that only a missing right can be what refuses the call. */
const ARGUMENTS: Record<string, Record<string, unknown>> = {
  lead_bot_alert: { p_alert_id: '00000000-0000-4000-8000-000000000000' },
  lead_bot_changes: { p_rearm_seconds: 60, p_limit: 10 },
  lead_bot_claim: { p_alert_id: '00000000-0000-4000-8000-000000000000', p_user: 'U0' },
  lead_bot_confirm: {
    p_id: '00000000-0000-4000-8000-000000000000',
    p_token: '00000000-0000-4000-8000-000000000000',
    p_outcome: { outcome: 'gone' },
  },
  lead_bot_contact: {
    p_alert_id: '00000000-0000-4000-8000-000000000000',
    p_user: 'U0',
    p_method: 'email',
    p_note: '',
  },
  lead_bot_health: {},
  lead_bot_list: { p_owner: null, p_limit: 1 },
  lead_bot_lookup: { p_keys: ['velocitypay.io'], p_email: null, p_name: '' },
  lead_bot_preview_digest: { p_channel: 'C0' },
  lead_bot_record_poll: { p_plan: { channel: 'C0', rearm_seconds: 60, entries: [] } },
  lead_bot_release: { p_alert_id: '00000000-0000-4000-8000-000000000000', p_user: 'U0' },
  lead_bot_request_digest: {
    p_channel: 'C0',
    p_local_date: '2026-03-02',
    p_due_at: '2026-03-02T09:00:00Z',
  },
  lead_bot_resume: { p_alert_channel: 'C0', p_digest_channel: 'C0' },
  lead_bot_take: { p_limit: 1, p_lease_seconds: 60 },
  lead_bot_tidy: { p_retention_days: 365 },
};

test('the list of functions below is the whole surface', () => {
  expect(ALL_API.map((f) => f.name)).toEqual(Object.keys(ARGUMENTS).sort());
});

test.each(Object.entries(ARGUMENTS))(
  'lead_bot and service_role may call %s',
  async (name, args) => {
    for (const role of ['lead_bot', 'service_role'] as const) {
      const { error } = await createClient(db.url, db.keyFor(role)).rpc(name, args);
      expect(error).toBeNull();
    }
  },
);

test.each(Object.entries(ARGUMENTS))(
  'anon and authenticated may not call %s',
  async (name, args) => {
    for (const role of ['anon', 'authenticated'] as const) {
      const { data, error } = await createClient(db.url, db.keyFor(role)).rpc(name, args);
      expect(data).toBeNull();
      expect(error?.code).toBe('42501');
    }
  },
);

test('without any key nothing can be called', async () => {
  const answer = await fetch(`${db.url}/rest/v1/rpc/lead_bot_health`, { method: 'POST' });
  expect(answer.status).toBe(401);
});

test('of our functions, lead_bot can execute exactly those of the surface', async () => {
  const allowed = await functions(
    `${OURS} and has_function_privilege('lead_bot', p.oid, 'execute')
       and has_schema_privilege('lead_bot', n.oid, 'usage')`,
  );
  expect(allowed).toEqual(ALL_API);
  const inside = await functions(
    `n.nspname = 'lead_bot' and has_function_privilege('lead_bot', p.oid, 'execute')`,
  );
  expect(inside).toEqual([]);
});

test('none of our functions can be executed by public, anon or authenticated', async () => {
  const open = await functions(
    `${OURS} and (
       has_function_privilege('anon', p.oid, 'execute')
       or has_function_privilege('authenticated', p.oid, 'execute')
       or exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
                   where a.grantee = 0)
     )`,
  );
  expect(open).toEqual([]);
});

test.each(['lead_bot', 'anon', 'authenticated', 'service_role'])(
  '%s has no right on any table of ours, nor on their schema',
  async (role) => {
    const rights = await db.sql(
      `select c.relname, r.privilege
         from pg_class c
         join pg_namespace n on n.oid = c.relnamespace
         cross join unnest(array['select', 'insert', 'update', 'delete', 'truncate']) r (privilege)
        where n.nspname = 'lead_bot' and c.relkind in ('r', 'v', 'm', 'p')
          and has_table_privilege($1, c.oid, r.privilege)`,
      [role],
    );
    expect(rights).toEqual([]);
    const [schema] = await db.sql(
      `select has_schema_privilege($1, 'lead_bot', 'usage') as usage,
              has_schema_privilege($1, 'lead_bot', 'create') as make`,
      [role],
    );
    expect(schema).toEqual({ usage: false, make: false });
  },
);

test('lead_bot can read and write no table at all, in whatever schema', async () => {
  const rights = await db.sql(
    `select c.oid::regclass::text, r.privilege
       from pg_class c
       join pg_namespace n on n.oid = c.relnamespace
       cross join unnest(array['select', 'insert', 'update', 'delete', 'truncate']) r (privilege)
      where n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_toast'
        and c.relkind in ('r', 'v', 'm', 'p')
        and has_table_privilege('lead_bot', c.oid, r.privilege)`,
  );
  expect(rights).toEqual([]);
});

test('lead_bot cannot log in, inherits nothing and is above no rule', async () => {
  const [role] = await db.sql(
    `select rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolinherit,
            (select count(*)::int from pg_auth_members m where m.member = r.oid) as memberships
       from pg_roles r where rolname = 'lead_bot'`,
  );
  expect(role).toEqual({
    rolcanlogin: false,
    rolsuper: false,
    rolbypassrls: false,
    rolcreaterole: false,
    rolcreatedb: false,
    rolinherit: false,
    memberships: 0,
  });
});

test('the tables of the bot are not exposed through the API', async () => {
  for (const role of ['lead_bot', 'service_role', 'anon'] as const) {
    const client = createClient(db.url, db.keyFor(role), { db: { schema: 'lead_bot' } });
    const { error } = await client.from('alerts').select('id');
    expect(error?.code).toBe('PGRST106');
  }
});

test('every function of the surface runs with its owner’s rights', async () => {
  expect(await functions(`${OURS} and n.nspname = 'public' and not p.prosecdef`)).toEqual([]);
});

test('no function of ours can be misled by a search path', async () => {
  // A body in SQL-standard form is bound to its tables when it is made, and needs no path.
  const open = await functions(
    `${OURS} and p.prosqlbody is null
       and not coalesce(p.proconfig, '{}') @> array['search_path=""']`,
  );
  expect(open).toEqual([]);
});

test('row level security is on for every table of the bot, and no policy opens one', async () => {
  const tables = await db.sql<{ relname: string; relrowsecurity: boolean }>(
    `select relname, relrowsecurity from pg_class
      where relnamespace = 'lead_bot'::regnamespace and relkind in ('r', 'p')`,
  );
  expect(tables.length).toBeGreaterThan(7);
  expect(tables.filter((table) => !table.relrowsecurity)).toEqual([]);
  expect(await db.sql(`select * from pg_policies where schemaname = 'lead_bot'`)).toEqual([]);
});

test('every table, view and function of ours says what it is for', async () => {
  const silent = await functions(`${OURS} and obj_description(p.oid, 'pg_proc') is null`);
  expect(silent).toEqual([]);
  const tables = await db.sql(
    `select relname from pg_class
      where relnamespace = 'lead_bot'::regnamespace and relkind in ('r', 'p', 'v', 'm')
        and obj_description(oid, 'pg_class') is null`,
  );
  expect(tables).toEqual([]);
});

test('the bot works on lead tables that nobody else can read any more', async () => {
  await db.sql(`
    do $$
    declare
      v record;
    begin
      for v in select tablename from pg_policies where schemaname = 'public' and policyname = 'public read' loop
        execute format('drop policy "public read" on public.%I', v.tablename);
      end loop;
    end;
    $$;
    alter view public.lead_dashboard set (security_invoker = on);`);
  const clientOf = (role: 'anon' | 'lead_bot') =>
    createClient(db.url, db.keyFor(role), { auth: { persistSession: false } });
  const seen = await clientOf('anon').from('lead_dashboard').select('email');
  expect([seen.error, seen.data]).toEqual([null, []]);
  const changes = await clientOf('lead_bot').rpc('lead_bot_changes', ARGUMENTS['lead_bot_changes']);
  expect(changes.data.entered).toHaveLength(2);
});
