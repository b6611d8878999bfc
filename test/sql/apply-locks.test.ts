import { expect, onTestFinished, test } from 'vitest';
import type { RetryPolicy } from '../../src/sql/apply.ts';
import { composeSql } from '../../src/sql/compose.ts';
import { LOCK_KEY } from '../../src/sql/script-parts.ts';
import {
  apply,
  existingLeadTables,
  type Pipeline,
  pipeline,
  query,
  sqlFolder,
} from '../support/apply-sql.ts';
import { emptyDatabase } from '../support/supabase.ts';

const LEAD_TABLES =
  'public.developer_signups, public.internal_signals, public.company_enrichment, ' +
  'public.stakeholders, public.expansion_signals, public.lead_scores';

/** Just long enough to find the lock holder. */
const quickRetry: RetryPolicy = { lockTimeoutMs: 1_500, pausesMs: [1] };

async function lockHolder(databaseUrl: string, sql: string): Promise<Pipeline> {
  const at = await pipeline(databaseUrl);
  onTestFinished(() => at.end());
  await at.query(`begin; ${sql}`);
  return at;
}

test('a run with nothing to change waits for no lock, even while every lead table is reloaded', async () => {
  const { databaseUrl } = await emptyDatabase();
  await apply(databaseUrl);
  const scoring = await lockHolder(
    databaseUrl,
    `truncate ${LEAD_TABLES};
     lock table lead_bot.alerts, lead_bot.alert_leads, lead_bot.alert_events, lead_bot.messages
       in row exclusive mode`,
  );
  expect(await apply(databaseUrl)).toEqual(['Nothing to change.']);
  expect(await scoring.query('select true as still')).toEqual([{ still: true }]);
});

test('a first run behind a lock names the holder, retries, and finishes after the holder', async () => {
  const { databaseUrl } = await existingLeadTables();
  const scoring = await lockHolder(
    databaseUrl,
    `insert into public.developer_signups (id, email) values ('11111111-1111-4111-8111-111111111111', 'ada@acme.example');
     insert into public.lead_scores (developer_id) values ('11111111-1111-4111-8111-111111111111')`,
  );
  const lines = await apply(
    databaseUrl,
    { retry: { ...quickRetry, pausesMs: [1, 1, 1, 1] } },
    (line) => {
      if (line.includes('Trying again')) void scoring.query('commit');
    },
  );
  expect(lines[0]).toMatch(
    /^public\.lead_scores is locked by pid \d+ \(role postgres, application "nightly scoring", idle in transaction, for \d+ s\)\. Trying again in 0 s \(2 of 5\)\.$/,
  );
  expect(lines.filter((line) => line.startsWith('Changed: '))).toHaveLength(1);
  const triggers = await query(
    databaseUrl,
    `select 1 from pg_trigger where tgrelid = 'public.lead_scores'::regclass and tgname like 'lead\\_bot%'`,
  );
  expect(triggers).not.toEqual([]);
});

test('the pipeline queues behind it no longer than the lock timeout', async () => {
  const { databaseUrl } = await existingLeadTables();
  await lockHolder(databaseUrl, 'lock table public.lead_scores in row exclusive mode');
  const gaveUp = apply(databaseUrl, { retry: { lockTimeoutMs: 600, pausesMs: [] } }).catch(
    (error: unknown) => error,
  );
  await expect
    .poll(() =>
      query(
        databaseUrl,
        `select mode from pg_locks where relation = 'public.lead_scores'::regclass and not granted`,
      ),
    )
    .toEqual([{ mode: 'ShareRowExclusiveLock' }]);
  await lockHolder(
    databaseUrl,
    `set local lock_timeout = '5s'; lock table public.lead_scores in row exclusive mode`,
  );
  expect(String(await gaveUp)).toContain('is locked by');
});

test('gives up if the lock stays, changes nothing and says what to do', async () => {
  const { databaseUrl } = await existingLeadTables();
  const scoring = await lockHolder(
    databaseUrl,
    `lock table public.lead_scores in row exclusive mode; select 'canary@acme.example'`,
  );
  const [holder] = await scoring.query('select pg_backend_pid() as pid');
  const pid = String(holder?.['pid']);
  const error = await apply(databaseUrl, { retry: quickRetry }).catch((thrown: unknown) => thrown);
  expect(String(error)).toMatch(
    new RegExp(
      `^ApplyError: public\\.lead_scores is locked by pid ${pid} \\(.*"nightly scoring", idle in transaction, for \\d+ s\\), ` +
        'and sql/lead-bot/functions/\\w+\\.sql needs to change it\\. Gave up after 2 tries; nothing was changed\\.\n' +
        `Run db:apply again once that transaction has ended, or end it yourself: select pg_terminate_backend\\(${pid}\\);$`,
    ),
  );
  expect(String(error)).not.toContain('canary');
  expect(await query(databaseUrl, `select to_regnamespace('lead_bot') as s`)).toEqual([
    { s: null },
  ]);
});

test('a run waits for another run, and says for which', async () => {
  const { databaseUrl } = await emptyDatabase();
  const other = await lockHolder(databaseUrl, `select pg_advisory_xact_lock(${LOCK_KEY})`);
  const lines = await apply(databaseUrl, {}, (line) => {
    if (line.includes('Waiting')) void other.query('commit');
  });
  expect(lines[0]).toMatch(
    /^Another db:apply is running on this database: pid \d+ \(role postgres, application "nightly scoring", idle in transaction, for \d+ s\)\. Waiting for it\.$/,
  );
  expect(lines[1]).toMatch(/^Changed: /);
});

test('the printed script refuses to run alongside db:apply', async () => {
  const { databaseUrl } = await emptyDatabase();
  await lockHolder(databaseUrl, `select pg_advisory_xact_lock(${LOCK_KEY})`);
  const script = await composeSql({ leadScoring: true });
  await expect(query(databaseUrl, script)).rejects.toMatchObject({
    code: 'LA004',
    message: 'another db:apply is running on this database',
  });
});

test('the printed script gives up after waiting three seconds for a lock', async () => {
  const { databaseUrl } = await existingLeadTables();
  await lockHolder(databaseUrl, 'lock table public.lead_scores in row exclusive mode');
  const script = await composeSql({ leadScoring: true });
  await expect(query(databaseUrl, script)).rejects.toMatchObject({ code: '55P03' });
});

test('with migrations to apply it takes all locks at once, so that no running call meets a deadlock', async () => {
  const { databaseUrl, adminUrl } = await existingLeadTables();
  const first = 'create table lead_bot.a (n int); create table lead_bot.b (n int)';
  await apply(databaseUrl, { folder: await sqlFolder({ 'migrations/0001-first.sql': first }) });
  const second = 'alter table lead_bot.a add column m int; alter table lead_bot.b add column m int';
  const folder = await sqlFolder({
    'migrations/0001-first.sql': first,
    'migrations/0002-second.sql': second,
  });
  const call = await lockHolder(adminUrl, 'select from lead_bot.b');
  const applied = apply(databaseUrl, { folder });
  await expect
    .poll(() =>
      query(
        adminUrl,
        `select from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`,
      ),
    )
    .not.toEqual([]);
  await call.query('select from lead_bot.a');
  await call.query('commit');
  expect(await applied).toEqual(['Changed: 1 migration.']);
});
