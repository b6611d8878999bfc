import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { testDatabase } from '../support/supabase.ts';

const db = await testDatabase();

test('every foreign key of the bot has an index, so no delete scans a whole table', async () => {
  const keys = await db.sql<{ key: string; has_index: boolean }>(
    `select format('%s.%s', k.conrelid::regclass, k.conname) as key,
            exists (
              select from pg_index i
               where i.indrelid = k.conrelid and i.indisvalid
                 and (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey
                 -- A partial index on the non-null keys is enough.
                 and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) ~ '^\\(\\w+ IS NOT NULL\\)$')
            ) as has_index
       from pg_constraint k
      where k.contype = 'f' and k.connamespace = 'lead_bot'::regnamespace`,
  );
  expect(keys.length).toBeGreaterThan(4);
  expect(keys.filter(({ has_index }) => !has_index)).toEqual([]);
});

test('docs/data.md says what bounds each table', async () => {
  const page = await readFile(join(import.meta.dirname, '..', '..', 'docs', 'data.md'), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));
  const documented = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name),
  );
  const tables = await db.sql<{ name: string }>(
    `select relname as name from pg_class
      where relnamespace = 'lead_bot'::regnamespace and relkind = 'r'`,
  );
  expect(documented.sort()).toEqual(tables.map(({ name }) => name).sort());
});

/** Twenty months of a small team: 4,000 closed alerts, half of them scrubbed, with cards, replies, lists and events. */
const HISTORY = `
  set session_replication_role = replica;
  insert into lead_bot.poll_state (first_poll_at, history_days) values (now() - interval '800 days', 400);
  insert into lead_bot.channels (channel) values ('C0HOT');
  insert into lead_bot.alerts (account_key, status, opened_at, closed_at, scrubbed_at)
  select 'c' || n || '.example', 'cooled', t - interval '5 days', t,
         case when t < now() - interval '365 days' then t + interval '365 days' end
    from (select n, now() - n * interval '600 days' / 4000 as t from generate_series(1, 4000) n) x;
  insert into lead_bot.alerts (account_key) select 'o' || n || '.example' from generate_series(1, 200) n;
  insert into lead_bot.alert_leads (alert_id, developer_id, active)
  select a.id, gen_random_uuid(), a.closed_at is null from lead_bot.alerts a where a.scrubbed_at is null;
  insert into lead_bot.messages
    (kind, alert_id, channel, dedupe_key, created_at, shown_version, state, slack_channel, slack_ts)
  select 'card', a.id, 'C0HOT', 'card:' || a.id, a.opened_at, 1, 'posted', 'C0HOT', '1.1' from lead_bot.alerts a;
  insert into lead_bot.messages
    (kind, alert_id, parent_id, channel, dedupe_key, created_at, shown_version, state, slack_channel, slack_ts)
  select 'notice', m.alert_id, m.id, 'C0HOT', 'joined:' || m.alert_id || ':' || n, m.created_at, 1, 'posted', 'C0HOT', '1.1'
    from lead_bot.messages m, generate_series(1, 3) n;
  insert into lead_bot.messages (kind, channel, dedupe_key, created_at, shown_version, state, slack_channel, slack_ts)
  select 'rollup', 'C0HOT', 'list:' || n, now() - n * interval '600 days' / 4000, 1, 'posted', 'C0HOT', '1.1'
    from generate_series(1, 4000) n;
  insert into lead_bot.message_alerts (message_id, alert_id)
  select m.id, m.alert_id from lead_bot.messages m where m.kind = 'card'
  union all
  select m.id, a.id
    from (select id, row_number() over (order by created_at desc) as n from lead_bot.messages where kind = 'rollup') m
    join (select id, row_number() over (order by closed_at desc) as n from lead_bot.alerts where closed_at is not null) a
      using (n);
  insert into lead_bot.alert_events (alert_id, at, kind, to_status)
  select a.id, a.opened_at, 'returned', 'open' from lead_bot.alerts a, generate_series(1, 5);
  insert into lead_bot.crossings (developer_id, at)
  select gen_random_uuid(), now() - n * interval '600 days' / 20000 from generate_series(1, 20000) n;
  insert into lead_bot.lead_pictures (developer_id, taken_at, picture)
  select gen_random_uuid(), now() - n * interval '600 days' / 20000, '{}' from generate_series(1, 20000) n;
  insert into lead_bot.access_refusals (at, actor, action, why)
  select now() - n * interval '364 days' / 20000, 'U0', 'alert.claim', 'guest' from generate_series(1, 20000) n;
  set session_replication_role = origin`;

/** The number of rows and index entries of each bot table that a statement reads. */
async function rowsRead(statement: string): Promise<Record<string, number>> {
  const counters = async () => {
    await db.sql('select pg_stat_force_next_flush()');
    const rows = await db.sql<{ name: string; count: number }>(
      `select relname as name, sum(count)::int as count
         from (select relname, seq_tup_read as count from pg_stat_user_tables where schemaname = 'lead_bot'
               union all
               select relname, idx_tup_read from pg_stat_user_indexes where schemaname = 'lead_bot') c
        group by 1`,
    );
    return new Map(rows.map(({ name, count }) => [name, count]));
  };
  const before = await counters();
  await db.sql('begin');
  await db.sql(statement);
  await db.sql('rollback');
  const after = await counters();
  return Object.fromEntries(
    [...after]
      .map(([name, count]) => [name, count - (before.get(name) ?? 0)] as const)
      .filter(([, count]) => count > 0),
  );
}

/** The rows of each table that a near no-op may read, with 200 open alerts. */
const MOST_ROWS = 210;

describe.each(['without statistics', 'with fresh statistics'])(
  'with 20 months of history, %s,',
  (how) => {
    beforeAll(async () => {
      if (how === 'without statistics') await db.sql(HISTORY);
      else await db.sql('vacuum analyze');
    });

    test.each([
      ['health', 'select public.lead_bot_health()'],
      ['a start', `select public.lead_bot_resume('C0HOT', 'C0HOT')`],
      ['tidying', 'select public.lead_bot_tidy(365, 730)'],
      ['tidying for an older bot', 'select public.lead_bot_tidy()'],
      ['listing pending erasures', 'select lead_bot.erasures_left()'],
      ['retrying erasures', 'select lead_bot.retry_erasures()'],
    ])('%s reads none of it when there is nothing to do', async (_, statement) => {
      const read = await rowsRead(statement);
      for (const [table, rows] of Object.entries(read)) {
        expect(rows, table).toBeLessThanOrEqual(MOST_ROWS);
      }
    });

    test.each([
      ['scrubbing 50 alerts', 'select lead_bot.scrub_alerts(100, 50)'],
      ['forgetting 50 lists', 'select lead_bot.forget_lists(400, 50)'],
      ['forgetting 50 alerts', 'select lead_bot.forget_alerts(400, 50)'],
      ['forgetting 50 crossings and pictures', 'select lead_bot.forget_figures(400, 50)'],
      ['forgetting 50 refusals', `select lead_bot.forget_requests(50)`],
    ])('%s reads a few rows for each', async (_, statement) => {
      const read = await rowsRead(statement);
      for (const [table, rows] of Object.entries(read)) expect(rows, table).toBeLessThan(2_000);
    });

    test('forgetting the history of 50 alerts reads a few rows per event', async () => {
      await db.sql('begin');
      await db.sql('select lead_bot.forget_alerts(400, 50)');
      await db.sql('commit');
      const read = await rowsRead('select lead_bot.forget_events(400, 1000)');
      expect(read['alert_events']).toBeGreaterThan(200);
      for (const [table, rows] of Object.entries(read)) expect(rows, table).toBeLessThan(2_000);
    });
  },
);
