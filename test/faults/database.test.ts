import { expect, test } from 'vitest';
import { z } from 'zod';
import { connectDatabase, DatabaseError } from '../../src/adapters/supabase-client.ts';
import { supabaseOutbox } from '../../src/adapters/supabase-outbox.ts';
import { createPoll } from '../../src/jobs/poll.ts';
import { startJobs } from '../../src/jobs/schedule.ts';
import { applySql } from '../../src/sql/apply.ts';
import { POLICY } from '../support/bot-database.ts';
import { type Failure, failingGateway } from '../support/failing-gateway.ts';
import { faultStage, type Ports } from '../support/fault-stage.ts';
import { addLead } from '../support/leads.ts';
import { memoryLog } from '../support/memory-log.ts';

const stage = await faultStage();
const { db, startReplica, addHotLead, claim, postCount, waitForCard, wake } = stage;

const TAKE = 'lead_bot_take';

/** Connects to the database through a proxy that can fail. */
async function fronted() {
  const before = await failingGateway(db.url);
  const database = connectDatabase({
    url: before.url,
    key: db.keyFor('lead_bot'),
    publishableKey: db.publishableKey,
  });
  const between = ({ messenger }: Ports): Ports => ({
    messenger,
    outbox: supabaseOutbox(database),
  });
  return { ...before, between, database };
}

/** Starts a replica for each failure. Each fails at its first take. */
async function startFailingReplicas(failures: readonly Failure[]): Promise<void> {
  for (const failure of failures) {
    const { fails, between } = await fronted();
    fails(TAKE, failure, 1);
    const { log } = startReplica({ between });
    expect(await log.next('warn', /could not take messages/)).toMatchObject({ attempt: 1 });
  }
}

test('fault-28 503 of a gateway, 503 PGRST001, 504 PGRST003: retries after a pause and loses nothing', async () => {
  await startFailingReplicas([
    { status: 503 },
    { status: 503, code: 'PGRST001' },
    { status: 504, code: 'PGRST003' },
  ]);
  await addHotLead();
  await waitForCard('Acme');
  expect(postCount()).toBe(1);
});

test('fault-28 503 with Retry-After: waits that long, however often the bot is woken', async () => {
  const { fails, calls, between } = await fronted();
  // Longer than the second a deliverer waits after its first failure anyway.
  fails(TAKE, { status: 503, retryAfterSeconds: 2 }, 1);
  await addHotLead();
  const { log } = startReplica({ between });
  await log.next('warn', /could not take messages/);
  const failedAt = performance.now();
  await expect
    .poll(
      () => {
        wake();
        return calls(TAKE);
      },
      { interval: 20 },
    )
    .toBeGreaterThan(1);
  expect(performance.now() - failedAt).toBeGreaterThan(1_900);
  await waitForCard('Acme');
});

test('fault-29 PostgREST does not know a function: the log says what to do, and db:apply fixes it', async () => {
  await addHotLead();
  await db.sql(`alter function public.${TAKE} rename to lead_bot_take_of_before`);
  await db.sql(`notify pgrst, 'reload schema'`);
  await expect
    .poll(() => db.outbox.take(1, 1_000).catch(codeOf), { interval: 20 })
    .toBe('PGRST202');

  const { log } = startReplica();
  const { error } = await log.next('warn', /could not take messages/);
  expect(String(error)).toContain('npm run db:apply');
  expect(postCount()).toBe(0);
  await db.sql('drop function public.lead_bot_take_of_before');
  await applySql(db.databaseUrl, { leadScoring: true });
  wake();
  await waitForCard('Acme');
  expect(postCount()).toBe(1);
});

test('fault-29 PGRST202, PGRST204, PGRST205 during a schema reload: retries with a warning', async () => {
  await startFailingReplicas([
    { status: 404, code: 'PGRST202' },
    { status: 400, code: 'PGRST204' },
    { status: 404, code: 'PGRST205' },
  ]);
  await addHotLead();
  await waitForCard('Acme');
  expect(postCount()).toBe(1);
});

const codeOf = (error: unknown) => (error instanceof DatabaseError ? error.code : String(error));

/** Makes the next writes to a table fail with this SQLSTATE, so Postgres rolls back their calls. */
async function failWrites(table: string, sqlState: string, times: number): Promise<void> {
  await db.sql(`
    create or replace function pg_temp_fail() returns trigger language plpgsql security definer as $$
    begin
      if nextval('public.failures') <= ${times} then
        raise exception 'as a concurrent transaction would' using errcode = '${sqlState}';
      end if;
      return new;
    end $$;
    drop sequence if exists public.failures;
    create sequence public.failures;
    create or replace trigger fails before update on lead_bot.${table}
      for each row execute function pg_temp_fail();`);
}
const mendWrites = (table: string) => db.sql(`drop trigger if exists fails on lead_bot.${table}`);

test.each(['40001', '40P01'])(
  'fault-30 %s: rolled back as a whole, so claim, take and confirmation are retried at once',
  async (sqlState) => {
    const alert = await addHotLead();
    await failWrites('messages', sqlState, 2);
    const { log } = startReplica();
    await waitForCard('Acme');
    await stage.waitForRow({ state: 'posted' });
    await failWrites('alerts', sqlState, 2);
    await claim(alert);
    await waitForCard('Claimed by @U0ALICE');
    expect(log.lines.filter(({ level }) => level !== 'info')).toEqual([]);
    expect(postCount()).toBe(1);
    await mendWrites('alerts');
    await mendWrites('messages');
  },
);

test('fault-30 57014: retries a canceled take, and a canceled claim fails and can be repeated', async () => {
  const alert = await addHotLead();
  await failWrites('messages', '57014', 1);
  const { log } = startReplica();
  await log.next('warn', /could not take messages/);
  await waitForCard('Acme');
  await stage.waitForRow({ state: 'posted' });
  await failWrites('alerts', '57014', 1);
  await expect(db.alerts.claim(alert, 'U0ALICE')).rejects.toMatchObject({ code: '57014' });
  expect(await db.alerts.claim(alert, 'U0ALICE')).toMatchObject({ ok: true });
  wake();
  await waitForCard('Claimed by @U0ALICE');
  expect(postCount()).toBe(1);
  await mendWrites('alerts');
  await mendWrites('messages');
});

/** Schema changes that the next release may make while bots of this release run. */
const NEXT_RELEASE = `
  alter table lead_bot.messages add column if not exists routed_by text not null default 'nobody';
  alter table lead_bot.alerts add column if not exists note_of_tomorrow text;
  create or replace function public.lead_bot_take_of_today(p_limit int, p_lease_seconds int)
    returns jsonb language sql as 'select public.lead_bot_take(p_limit, p_lease_seconds)';
  do $$
  declare
    v_function regprocedure;
  begin
    for v_function in select p.oid::regprocedure from pg_proc p where p.proname = 'lead_bot_tidy' loop
      execute 'drop function ' || v_function;
    end loop;
  end $$;
  create function public.lead_bot_tidy(p_of_tomorrow int) returns void language sql as '';
  notify pgrst, 'reload schema';`;

test('fault-32 old bots on a newer schema: cards, claims and polls keep working', async () => {
  await db.poll();
  startReplica();
  startReplica();
  await db.sql(NEXT_RELEASE);
  const jobLog = memoryLog();
  const jobs = startJobs(
    {
      poll: createPoll({ polls: db.polls, policy: POLICY, log: memoryLog(), wake }),
      checkDigest: async () => {},
      watchChannels: async () => {},
      checkUp: async () => {},
      offer: async () => {},
      takeSteps: async () => {},
      sendOutcomes: null,
      tellMornings: async () => {},
      tidy: async () => {
        await db.database.call('lead_bot_tidy', {}, z.unknown());
        return false;
      },
    },
    { pollSchedule: '* * * * * *', timeZone: 'UTC' },
    jobLog,
  );
  await addLead(db);
  await waitForCard('Acme');
  await claim(await db.onlyAlert());
  await waitForCard('Claimed by @U0ALICE');
  // An hourly job may fail until the old bots are gone.
  await jobLog.next('warn', /cleanup failed, the next one tries again/);
  await jobs.stop();
  expect(postCount()).toBe(1);
});

test('fault-32 new bot on an older schema: refuses an unknown outcome and loses nothing', async () => {
  await addHotLead();
  const taken = await stage.takeOne();
  await expect(
    db.database.call(
      'lead_bot_confirm',
      { p_id: taken.messageId, p_token: taken.token, p_outcome: { outcome: 'of-tomorrow' } },
      z.boolean(),
    ),
  ).rejects.toMatchObject({ code: '22023' });
  await stage.later('61 seconds');
  await stage.runUntilQuiet();
  await waitForCard('Acme');
  expect(postCount()).toBe(1);
});
