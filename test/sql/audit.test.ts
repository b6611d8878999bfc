import pg from 'pg';
import { afterAll, beforeEach, expect, inject, test } from 'vitest';
import { urlFor } from '../../src/sandbox/supabase/postgres.ts';
import { botDatabase } from '../support/bot-database.ts';
import { addLead } from '../support/leads.ts';

const db = await botDatabase();
const owner = new pg.Client({ connectionString: db.databaseUrl });
await owner.connect();
afterAll(() => owner.end());

const history = () => db.sql('select * from lead_bot.alert_events order by id');

beforeEach(async () => {
  await addLead(db);
  await db.poll();
  expect(await history()).toHaveLength(1);
});

const CHANGES = [
  `update lead_bot.alert_events set actor = 'U0FORGED'`,
  'delete from lead_bot.alert_events',
  'truncate lead_bot.alert_events',
];

test.each(CHANGES)('not even the owner of the tables can run: %s', async (change) => {
  const before = await history();
  await expect(owner.query(change)).rejects.toMatchObject({
    code: '42501',
    message: expect.stringMatching(/^lead_bot\.alert_events is append-only/),
  });
  expect(await history()).toEqual(before);
});

test.each(
  ['lead_bot', 'service_role', 'anon', 'authenticated'].flatMap((role) =>
    [
      ...CHANGES,
      `insert into lead_bot.alert_events (kind, to_status) values ('claimed', 'claimed')`,
    ].map((change) => ({ role, change })),
  ),
)("$role can't run: $change", async ({ role, change }) => {
  await owner.query('begin');
  try {
    await owner.query(`set local role ${role}`);
    await expect(owner.query(change)).rejects.toMatchObject({
      code: '42501',
      message: 'permission denied for schema lead_bot',
    });
  } finally {
    await owner.query('rollback');
  }
});

/** A session like PostgREST's: logged in as authenticator, acting as lead_bot. */
async function asBot(attempt: string): Promise<unknown> {
  const name = new URL(db.databaseUrl).pathname.slice(1);
  const bot = new pg.Client({
    connectionString: urlFor(inject('cluster'), 'authenticator', name),
  });
  await bot.connect();
  try {
    await bot.query('set role lead_bot');
    return await bot.query(attempt).catch((error: unknown) => error);
  } finally {
    await bot.end();
  }
}

test.each([
  'alter table lead_bot.alert_events disable trigger append_only',
  'drop trigger append_only on lead_bot.alert_events',
  'create or replace function lead_bot.refuse_change() returns trigger language plpgsql as $$ begin return null; end $$',
  'set session_replication_role = replica',
  'set role postgres',
  `select lead_bot.log_event(gen_random_uuid(), 'claimed', 'U0FORGED', null, 'open', 'claimed')`,
])("the bot can't get around it with: %s", async (attempt) => {
  expect(await asBot(attempt)).toMatchObject({ code: '42501' });
});

test('only one function deletes from the history, by age, and none updates it', async () => {
  const changing = await db.sql(
    `select p.oid::regproc::text as name
       from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where (n.nspname = 'lead_bot' or (n.nspname = 'public' and p.proname like 'lead\\_bot\\_%'))
        and p.prosrc ~* '(update|delete\\s+from|truncate(\\s+table)?|merge\\s+into)\\s+(only\\s+)?lead_bot\\.(alert_events|alerts\\s+cascade)'`,
  );
  expect(changing).toEqual([{ name: 'lead_bot.forget_events' }]);
});

test('triggers guard every way to change the table, and there are no others', async () => {
  const triggers = await db.sql(
    `select tgname, tgenabled, pg_get_triggerdef(oid) as definition from pg_trigger
      where tgrelid = 'lead_bot.alert_events'::regclass and not tgisinternal order by tgname`,
  );
  expect(triggers).toEqual([
    {
      tgname: 'append_only',
      tgenabled: 'O',
      definition: expect.stringMatching(/BEFORE UPDATE OR TRUNCATE .* FOR EACH STATEMENT/),
    },
    {
      tgname: 'kept_for_history_days',
      tgenabled: 'O',
      definition: expect.stringMatching(/AFTER DELETE .* OLD TABLE .* FOR EACH STATEMENT/),
    },
  ]);
});

/** Ages the whole history, which only a superuser can. */
const older = (interval: string) =>
  db.sql(`set session_replication_role = replica;
          update lead_bot.alert_events set at = at - interval '${interval}';
          set session_replication_role = origin`);

test('no event can be deleted while its alert exists, however old it is', async () => {
  await older('9000 days');
  await expect(owner.query('delete from lead_bot.alert_events')).rejects.toMatchObject({
    code: '42501',
  });
});

test('an event can be deleted HISTORY_DAYS after its alert is gone, and not before', async () => {
  await db.sql('delete from lead_bot.alerts where true');
  await older('729 days');
  await expect(owner.query('delete from lead_bot.alert_events')).rejects.toMatchObject({
    code: '42501',
  });
  await older('2 days');
  await owner.query('delete from lead_bot.alert_events');
  expect(await history()).toEqual([]);
});

test('deleting expired events never takes others with them', async () => {
  await db.sql('delete from lead_bot.alerts where true');
  await older('731 days');
  await addLead(db, { domain: 'other.example' });
  await db.poll();
  await expect(owner.query('delete from lead_bot.alert_events')).rejects.toMatchObject({
    code: '42501',
  });
  expect(await history()).toHaveLength(2);
});

test.each([
  ['a history of one day', 1, 1, 30],
  ['a history shorter than the retention of personal data', 365, 100, 366],
  ['three years', 365, 1095, 1095],
])('enforces a minimum on a bot that asks for %s', async (_, retention, asked, kept) => {
  await db.tidy(retention, asked);
  expect(await db.sql('select history_days from lead_bot.poll_state')).toEqual([
    { history_days: kept },
  ]);
});
