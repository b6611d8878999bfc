import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { connectDatabase } from '../../src/adapters/supabase-client.ts';
import { clientFor, headersFor, testDatabase } from '../support/supabase.ts';

const db = await testDatabase({ seed: true });

interface OurFunction {
  signature: string;
  name: string;
  schema: string;
}

/** Everything our SQL creates: the schema lead_bot and public.lead_bot_…, without extensions. */
const OURS = `(n.nspname = 'lead_bot' or (n.nspname = 'public' and p.proname like 'lead\\_bot\\_%'))`;
const functions = (where: string) =>
  db.sql<OurFunction>(
    `select p.oid::regprocedure::text as signature, p.proname as name, n.nspname as schema
       from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where ${where} order by 1`,
  );

const ALL_API = await functions(`n.nspname = 'public' and p.proname like 'lead\\_bot\\_%'`);

/** Arguments that every function accepts, so only a missing right can refuse the call. */
const ARGUMENTS: Record<string, Record<string, unknown>> = {
  lead_bot_alert: { p_alert_id: '00000000-0000-4000-8000-000000000000' },
  lead_bot_card_channels: {},
  lead_bot_changes: { p_rearm_seconds: 60, p_limit: 10 },
  lead_bot_checkup: {},
  lead_bot_claim: { p_alert_id: '00000000-0000-4000-8000-000000000000', p_user: 'U0' },
  lead_bot_columns: {},
  lead_bot_confirm: {
    p_id: '00000000-0000-4000-8000-000000000000',
    p_token: '00000000-0000-4000-8000-000000000000',
    p_outcome: { outcome: 'gone' },
  },
  lead_bot_confirm_outcome: {
    p_id: '00000000-0000-4000-8000-000000000000',
    p_token: '00000000-0000-4000-8000-000000000000',
    p_endpoint: '0'.repeat(64),
    p_result: { outcome: 'delivered' },
  },
  lead_bot_contact: {
    p_alert_id: '00000000-0000-4000-8000-000000000000',
    p_user: 'U0',
    p_method: 'email',
    p_note: '',
  },
  lead_bot_covered: { p_user: 'U0', p_limit: 1 },
  lead_bot_defer_offer: { p_alert_id: '00000000-0000-4000-8000-000000000000', p_due_at: null },
  lead_bot_defer_steps: { p_cases: [] },
  lead_bot_exposed: {},
  lead_bot_first_seen: { p_fingerprint: '0'.repeat(64) },
  lead_bot_follow: { p_rearm_seconds: 60 },
  lead_bot_give_back: { p_alert_id: '00000000-0000-4000-8000-000000000000', p_user: 'U0' },
  lead_bot_hand_over: {
    p_alert_id: '00000000-0000-4000-8000-000000000000',
    p_user: 'U0',
    p_to: 'U1',
    p_note: '',
  },
  lead_bot_health: {},
  lead_bot_home: { p_user: 'U0', p_pages: { mine: 0, unclaimed: 0 } },
  lead_bot_keep: { p_alert_id: '00000000-0000-4000-8000-000000000000', p_user: 'U0' },
  lead_bot_list: { p_owner: null, p_limit: 1 },
  lead_bot_lookup: {
    p_keys: ['velocitypay.io'],
    p_emails: [],
    p_names: [],
    p_profiles: [],
    p_near: null,
    p_parts: true,
  },
  lead_bot_metrics: {},
  lead_bot_mute: { p_user: 'U0', p_kind: 'morning', p_muted: true },
  lead_bot_muted: { p_user: 'U0' },
  lead_bot_next_in_rotation: { p_people: ['U0'] },
  lead_bot_not_a_fit: {
    p_alert_id: '00000000-0000-4000-8000-000000000000',
    p_user: 'U0',
    p_reason: 'other',
    p_note: '',
    p_quiet_seconds: 60,
  },
  lead_bot_note: { p_alert_id: '00000000-0000-4000-8000-000000000000', p_user: 'U0', p_note: '' },
  lead_bot_note_call: { p_function: 'lead_bot_take', p_ms: 1 },
  lead_bot_offer: {
    p_alert_id: '00000000-0000-4000-8000-000000000000',
    p_holder: 'U0',
    p_source: 'owner',
    p_until: '2030-01-01T00:00:00Z',
  },
  lead_bot_offers_due: { p_limit: 1 },
  lead_bot_open_home: { p_user: 'U0' },
  lead_bot_outcome: {
    p_alert_id: '00000000-0000-4000-8000-000000000000',
    p_user: 'U0',
    p_outcome: 'won',
    p_until: null,
    p_note: '',
  },
  lead_bot_outcomes_health: { p_endpoint: '0'.repeat(64) },
  lead_bot_pass: { p_alert_id: '00000000-0000-4000-8000-000000000000', p_user: 'U0' },
  lead_bot_people_with_leads: {},
  lead_bot_preview_digest: { p_channel: 'C0' },
  lead_bot_record_poll: { p_plan: { channel: 'C0', rearm_seconds: 60, entries: [] } },
  lead_bot_refuse: {
    p_user: 'U0',
    p_team: 'T0',
    p_channel: 'C0',
    p_action: 'alert.claim',
    p_why: 'guest',
    p_alert_id: null,
  },
  lead_bot_release: { p_alert_id: '00000000-0000-4000-8000-000000000000', p_user: 'U0' },
  lead_bot_replay: {},
  lead_bot_request_digest: {
    p_channel: 'C0',
    p_local_date: '2026-03-02',
    p_due_at: '2026-03-02T09:00:00Z',
  },
  lead_bot_resume: { p_alert_channel: 'C0', p_digest_channel: 'C0' },
  lead_bot_set_aside: {},
  lead_bot_set_away: { p_user: 'U0', p_until: '2030-01-01T00:00:00Z', p_cover: null },
  lead_bot_set_deadlines: { p_on: {} },
  lead_bot_snooze: {
    p_alert_id: '00000000-0000-4000-8000-000000000000',
    p_user: 'U0',
    p_until: '2030-01-01T00:00:00Z',
  },
  lead_bot_stands_in: {
    p_alert_id: '00000000-0000-4000-8000-000000000000',
    p_channels: ['C0'],
  },
  lead_bot_stats: { p_days: 30, p_channels: null },
  lead_bot_steps_due: { p_limit: 1 },
  lead_bot_sweep: {},
  lead_bot_take: { p_limit: 1, p_lease_seconds: 60 },
  lead_bot_take_outcomes: { p_endpoint: '0'.repeat(64), p_limit: 1, p_lease_seconds: 60 },
  lead_bot_takes_new_blocks: { p_refused: true },
  lead_bot_take_steps: { p_steps: [], p_readers: [], p_together: false },
  lead_bot_tidy: { p_retention_days: 365 },
  lead_bot_trace: { p_keys: ['velocitypay.io'] },
  lead_bot_undo: {
    p_alert_id: '00000000-0000-4000-8000-000000000000',
    p_user: 'U0',
    p_undo_id: '00000000-0000-4000-8000-000000000000',
  },
  lead_bot_want_morning: {
    p_person: 'U0',
    p_date: '2026-03-02',
    p_send_by: '2026-03-02T12:00:00Z',
  },
  lead_bot_who_is_away: { p_people: ['U0'] },
  lead_bot_why: { p_keys: ['acme.example'] },
};

test('the list above is the whole surface', () => {
  expect(ALL_API.map((f) => f.name)).toEqual(Object.keys(ARGUMENTS).sort());
});

test.each(Object.entries(ARGUMENTS))(
  'lead_bot and service_role can call %s',
  async (name, args) => {
    for (const role of ['lead_bot', 'service_role'] as const) {
      const { error } = await clientFor(db, role).rpc(name, args);
      expect(error).toBeNull();
    }
  },
);

test.each(Object.entries(ARGUMENTS))("anon and authenticated can't call %s", async (name, args) => {
  for (const role of ['anon', 'authenticated'] as const) {
    const { data, error } = await clientFor(db, role).rpc(name, args);
    expect(data).toBeNull();
    expect(error?.code).toBe('42501');
  }
});

test('nothing can be called without a key', async () => {
  const answer = await fetch(`${db.url}/rest/v1/rpc/lead_bot_health`, { method: 'POST' });
  expect(answer.status).toBe(401);
});

test('lead_bot can execute exactly the functions of the surface', async () => {
  const beyond = `n.nspname not in ('pg_catalog', 'information_schema')
    and has_function_privilege('lead_bot', p.oid, 'execute')
    and has_schema_privilege('lead_bot', n.oid, 'usage')`;
  expect(await functions(beyond)).toEqual(ALL_API);
});

test('lead_bot can execute nothing in its own schema, even with usage on it', async () => {
  const inside = await functions(
    `n.nspname = 'lead_bot' and has_function_privilege('lead_bot', p.oid, 'execute')`,
  );
  expect(inside).toEqual([]);
});

test("public, anon and authenticated can't execute any of our functions", async () => {
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
  '%s has no rights on our tables or their schema',
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

/** The rights of lead_bot beyond the catalogs, one line per object and right. */
const RIGHTS = `
  select 'relation' as kind, c.oid::regclass::text as name, r.right
    from pg_class c
    cross join unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger', 'maintain']) r ("right")
   where c.relkind in ('r', 'v', 'm', 'p', 'f') and c.relnamespace <> all ($1::regnamespace[])
     and c.relnamespace::regnamespace::text !~ '^pg_toast'
     and has_table_privilege('lead_bot', c.oid, r.right)
  union all
  select 'column', a.attrelid::regclass || '.' || a.attname, r.right
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid
    cross join unnest(array['select', 'insert', 'update', 'references']) r ("right")
   where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'v', 'm', 'p', 'f')
     and c.relnamespace <> all ($1::regnamespace[]) and c.relnamespace::regnamespace::text !~ '^pg_toast'
     and has_column_privilege('lead_bot', a.attrelid, a.attnum, r.right)
  union all
  select 'sequence', c.oid::regclass::text, r.right
    from pg_class c
    cross join unnest(array['select', 'update', 'usage']) r ("right")
   where c.relkind = 'S' and has_sequence_privilege('lead_bot', c.oid, r.right)
  union all
  select 'schema', n.nspname, r.right
    from pg_namespace n
    cross join unnest(array['usage', 'create']) r ("right")
   where has_schema_privilege('lead_bot', n.oid, r.right)
  union all
  select 'database', d.datname, r.right
    from pg_database d
    cross join unnest(array['create', 'temporary']) r ("right")
   where d.datname = current_database() and has_database_privilege('lead_bot', d.oid, r.right)
  union all
  select 'server', s.srvname, 'usage'
    from pg_foreign_server s
   where has_server_privilege('lead_bot', s.oid, 'usage')
   order by 1, 2, 3`;

test('besides its functions lead_bot has only what Postgres gives everyone', async () => {
  const rights = await db.sql<{ kind: string; name: string; right: string }>(RIGHTS, [
    '{pg_catalog,information_schema}',
  ]);
  expect(rights.map(({ kind, name, right }) => `${kind} ${name}: ${right}`)).toEqual([
    // From PUBLIC. PostgREST offers no way to create a temporary table.
    expect.stringMatching(/^database test_\w+: temporary$/),
    'schema information_schema: usage',
    'schema pg_catalog: usage',
    'schema public: usage',
  ]);
});

test('lead_bot has no grants but its functions and usage on public', async () => {
  const grants = await db.sql(
    `select 'relation ' || oid::regclass as it from pg_class, aclexplode(relacl) a where a.grantee = 'lead_bot'::regrole
     union all select 'schema ' || nspname from pg_namespace, aclexplode(nspacl) a where a.grantee = 'lead_bot'::regrole
     union all select 'type ' || typname from pg_type, aclexplode(typacl) a where a.grantee = 'lead_bot'::regrole
     union all select 'default of ' || defaclrole::regrole from pg_default_acl, aclexplode(defaclacl) a
                where a.grantee = 'lead_bot'::regrole
     order by 1`,
  );
  expect(grants).toEqual([{ it: 'schema public' }]);
});

test('a function or table left open in the schema lead_bot is still out of reach', async () => {
  await db.sql(`
    create function lead_bot.forgotten() returns int language sql as 'select 1';
    create table lead_bot.forgotten (id int);
    grant all on lead_bot.forgotten to public`);
  onTestFinished(async () => {
    await db.sql('drop function lead_bot.forgotten(); drop table lead_bot.forgotten');
  });
  for (const role of ['lead_bot', 'anon', 'authenticated', 'service_role']) {
    for (const sql of ['select lead_bot.forgotten()', 'select * from lead_bot.forgotten']) {
      const error = await db
        .sql(`do $$ begin set local role ${role}; perform * from (${sql}) it; end $$`)
        .catch((reason: unknown) => reason);
      expect([role, String(error)]).toEqual([role, 'error: permission denied for schema lead_bot']);
    }
  }
});

test("the bot's check names an API function left open", async () => {
  await db.sql(
    `create function public.lead_bot_forgotten() returns int language sql as 'select 1'`,
  );
  onTestFinished(async () => {
    await db.sql('drop function public.lead_bot_forgotten()');
  });
  const [row] = await db.sql(`select public.lead_bot_exposed() -> 'functions' as functions`);
  expect(row).toEqual({
    functions: [
      { role: 'anon', name: 'public.lead_bot_forgotten' },
      { role: 'authenticated', name: 'public.lead_bot_forgotten' },
    ],
  });
});

test("lead_bot can't log in, inherits nothing and bypasses nothing", async () => {
  const [role] = await db.sql(
    `select rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolinherit,
            (select count(*)::int from pg_auth_members m where m.member = r.oid) as memberships
       from pg_roles r where rolname = 'lead_bot'`,
  );
  expect(role).toEqual({
    rolcanlogin: false,
    rolsuper: false,
    rolbypassrls: false,
    rolcreaterole: false,
    rolcreatedb: false,
    rolreplication: false,
    rolinherit: false,
    memberships: 0,
  });
});

test("neither lead_bot nor our functions change Supabase's time limits", async () => {
  const own = await db.sql(
    `select setrole::regrole::text as who, setconfig from pg_db_role_setting where setrole = 'lead_bot'::regrole`,
  );
  expect(own).toEqual([]);
  // PostgREST applies a function's settings to the whole call.
  expect(
    await functions(
      `${OURS} and exists (select from unnest(p.proconfig) c where c like 'statement_timeout=%')`,
    ),
  ).toEqual([]);
});

test('only PostgREST and the database owner can become lead_bot', async () => {
  const members = await db.sql(
    `select distinct member::regrole::text as member, inherit_option from pg_auth_members
      where roleid = 'lead_bot'::regrole order by 1`,
  );
  expect(members).toEqual([
    { member: 'authenticator', inherit_option: false },
    // The creator of a role can become it, and has all of lead_bot's rights anyway.
    { member: 'postgres', inherit_option: false },
  ]);
});

test('all our functions belong to the schema owner, who is no superuser', async () => {
  const owners = await db.sql(
    `select distinct o.rolname, o.rolsuper
       from pg_proc p
       join pg_namespace n on n.oid = p.pronamespace
       join pg_roles o on o.oid = p.proowner
      where ${OURS}`,
  );
  expect(owners).toEqual([{ rolname: 'postgres', rolsuper: false }]);
});

/** Every relation the API might expose: the lead tables, their view and the bot's own. */
const relations = await db.sql<{ schema: string; name: string }>(
  `select relnamespace::regnamespace::text as schema, relname as name from pg_class
    where relnamespace in ('public'::regnamespace, 'lead_bot'::regnamespace) and relkind in ('r', 'p', 'v', 'm')
    order by 1, 2`,
);

test.each(relations)(
  'without the secret key the API neither reads nor changes $name ($schema)',
  async ({ schema, name }) => {
    for (const role of ['lead_bot', 'anon', 'authenticated'] as const) {
      const ask = (method: 'GET' | 'DELETE') =>
        fetch(`${db.url}/rest/v1/${name}`, {
          method,
          headers: {
            ...headersFor(db, role),
            prefer: 'count=exact',
            'accept-profile': schema,
            'content-profile': schema,
          },
        });
      // PostgREST answers 406 for a schema it doesn't expose.
      const read = await ask('GET');
      expect([role, [401, 403, 406]]).toEqual([role, expect.arrayContaining([read.status])]);
      const deleted = await ask('DELETE');
      const rows = deleted.ok ? deleted.headers.get('content-range') : 'refused';
      // Supabase's default grants end at row level security, so no row is visible.
      expect([role, rows]).toEqual([role, role !== 'lead_bot' && deleted.ok ? '*/0' : 'refused']);
    }
  },
);

test('this file has checked every relation', () => {
  expect(relations.length).toBeGreaterThan(15);
});

test("the API doesn't expose the bot's tables", async () => {
  for (const role of ['lead_bot', 'service_role', 'anon'] as const) {
    const { error } = await clientFor(db, role).schema('lead_bot').from('alerts').select('id');
    expect(error?.code).toBe('PGRST106');
  }
});

test('every function of the surface is security definer', async () => {
  expect(await functions(`${OURS} and n.nspname = 'public' and not p.prosecdef`)).toEqual([]);
});

test('all our functions pin their search path', async () => {
  // A SQL-standard body needs none, but Supabase's linter doesn't know that.
  expect(
    await functions(`${OURS} and not coalesce(p.proconfig, '{}') @> array['search_path=""']`),
  ).toEqual([]);
});

test("every table has a primary key and every foreign key an index, as Supabase's linter wants", async () => {
  const bare = await db.sql(
    `select c.relname from pg_class c
      where c.relnamespace = 'lead_bot'::regnamespace and c.relkind = 'r'
        and not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary)
     union all
     select f.conname from pg_constraint f
      where f.connamespace = 'lead_bot'::regnamespace and f.contype = 'f'
        and not exists (
          select from pg_index i
           where i.indrelid = f.conrelid and (i.indkey::int2[])[0:cardinality(f.conkey) - 1] = f.conkey
        )`,
  );
  expect(bare).toEqual([]);
});

test('every table of the bot has row level security and no policy', async () => {
  const tables = await db.sql<{ relname: string; relrowsecurity: boolean }>(
    `select relname, relrowsecurity from pg_class
      where relnamespace = 'lead_bot'::regnamespace and relkind in ('r', 'p')`,
  );
  expect(tables.length).toBeGreaterThan(7);
  expect(tables.filter((table) => !table.relrowsecurity)).toEqual([]);
  expect(await db.sql(`select * from pg_policies where schemaname = 'lead_bot'`)).toEqual([]);
});

test('every table, view and function has a comment', async () => {
  const silent = await functions(`${OURS} and obj_description(p.oid, 'pg_proc') is null`);
  expect(silent).toEqual([]);
  const tables = await db.sql(
    `select relname from pg_class
      where relnamespace = 'lead_bot'::regnamespace and relkind in ('r', 'p', 'v', 'm')
        and obj_description(oid, 'pg_class') is null`,
  );
  expect(tables).toEqual([]);
});

const database = connectDatabase({
  url: db.url,
  key: db.keyFor('lead_bot'),
  publishableKey: db.publishableKey,
});

test.each([
  [
    'of the key on a function',
    'revoke execute on function public.lead_bot_changes from lead_bot',
    'grant execute on function public.lead_bot_changes to lead_bot',
    'SUPABASE_KEY must be the secret key or a token of the role lead_bot; if it is: run npm run db:apply',
  ],
  [
    'of everyone on the schema public',
    'revoke usage on schema public from public, lead_bot',
    'grant usage on schema public to public, lead_bot',
    'may not use the schema public: run npm run db:apply',
  ],
  [
    'of our functions on our schema',
    'revoke usage on schema lead_bot from postgres',
    'grant usage on schema lead_bot to postgres',
    'run npm run db:apply as the role that owns the schema lead_bot',
  ],
  [
    'of our functions on one of our tables',
    'revoke select on lead_bot.poll_state from postgres',
    'grant select on lead_bot.poll_state to postgres',
    'run npm run db:apply as the role that owns the schema lead_bot',
  ],
  [
    'of our functions on a lead table',
    `alter table public.lead_scores owner to supabase_admin; revoke all on public.lead_scores from postgres, service_role, authenticated, anon`,
    `alter table public.lead_scores owner to postgres; grant all on public.lead_scores to service_role`,
    'may not read lead_dashboard or a table under it',
  ],
  [
    'of our functions on the view',
    `alter view public.lead_dashboard owner to supabase_admin; revoke all on public.lead_dashboard from postgres, service_role, authenticated, anon`,
    `alter view public.lead_dashboard owner to postgres; grant all on public.lead_dashboard to service_role`,
    'may not read lead_dashboard or a table under it',
  ],
  [
    "of the view's other owner on a table",
    `alter view public.lead_dashboard reset (security_invoker); alter view public.lead_dashboard owner to anon`,
    `alter view public.lead_dashboard owner to postgres; alter view public.lead_dashboard set (security_invoker = on)`,
    'may not read lead_dashboard or a table under it',
  ],
])('names a missing right %s', async (_, take, give, advice) => {
  await db.sql(take);
  onTestFinished(async () => {
    await db.sql(give);
  });
  await db.sql(
    `insert into lead_bot.lead_marks (developer_id, hot) select id, true from public.developer_signups`,
  );
  const call = database.call('lead_bot_changes', { p_rearm_seconds: 60, p_limit: 10 }, z.unknown());
  await expect(call).rejects.toMatchObject({
    code: '42501',
    message: expect.stringContaining(advice),
  });
});
