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

test.each(CHANGES)('the owner of the tables is stopped at: %s', async (change) => {
  const before = await history();
  await expect(owner.query(change)).rejects.toMatchObject({
    code: '42501',
    message: 'lead_bot.alert_events is append-only',
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
)('$role can not: $change', async ({ role, change }) => {
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

/** A session as PostgREST has it: logged in as authenticator, at work as lead_bot. */
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
])('the bot can not get around it: %s', async (attempt) => {
  expect(await asBot(attempt)).toMatchObject({ code: '42501' });
});

test('no function of the bot changes a line of the history', async () => {
  const changing = await db.sql(
    `select p.oid::regproc::text as name
       from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where (n.nspname = 'lead_bot' or (n.nspname = 'public' and p.proname like 'lead\\_bot\\_%'))
        and p.prosrc ~* '(update|delete\\s+from|truncate(\\s+table)?|merge\\s+into)\\s+(only\\s+)?lead_bot\\.(alert_events|alerts\\s+cascade)'`,
  );
  expect(changing).toEqual([]);
});

test('the trigger stands for every way to change the table, and no other trigger is beside it', async () => {
  const triggers = await db.sql(
    `select tgname, tgenabled, pg_get_triggerdef(oid) as definition from pg_trigger
      where tgrelid = 'lead_bot.alert_events'::regclass and not tgisinternal`,
  );
  expect(triggers).toEqual([
    {
      tgname: 'append_only',
      tgenabled: 'O',
      definition: expect.stringMatching(
        /BEFORE DELETE OR UPDATE OR TRUNCATE .* FOR EACH STATEMENT/,
      ),
    },
  ]);
});
