import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { applySql } from '../../src/sql/apply.ts';
import { sqlBefore } from '../support/apply-sql.ts';
import { emptyDatabase } from '../support/supabase.ts';

const ada = '11111111-1111-4111-8111-111111111111';
const open = '22222222-2222-4222-8222-222222222222';
const over = '33333333-3333-4333-8333-333333333333';

/** A database before marks, with an open alert, a closed one and a lead snapshot. */
async function upgraded(): Promise<pg.Client> {
  const { databaseUrl } = await emptyDatabase();
  await applySql(databaseUrl, { leadScoring: true, folder: await sqlBefore('0006') });
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query(`
    insert into public.developer_signups (id, email, full_name, company_domain)
      values ('${ada}', 'ada@acme.example', 'Ada', 'acme.example');
    insert into public.lead_scores (developer_id, company_score, usage_score, expansion_score, champion_score, timing_score)
      values ('${ada}', 85, 85, 85, 85, 85);
    insert into lead_bot.poll_state (first_poll_at, seen_before) values (now() - interval '9 days', '3');
    insert into lead_bot.alerts (id, account_key, opened_at) values ('${open}', 'acme.example', now() - interval '1 day');
    insert into lead_bot.alerts (id, account_key, status, opened_at, closed_at)
      values ('${over}', 'old.example', 'cooled', now() - interval '8 days', now() - interval '5 days');
    insert into lead_bot.alert_leads (alert_id, developer_id, entered_at, score_at_entry) values
      ('${open}', '${ada}', now() - interval '1 day', 85), ('${over}', gen_random_uuid(), now() - interval '8 days', 90);
    insert into lead_bot.lead_snapshots (developer_id, taken_at, total_score, tier, usage_score, api_calls_30d, features_used)
      values ('${ada}', now() - interval '3 days', 71, 'warm', 70, 1000, '{Auth}'),
             ('${ada}', now() - interval '1 day', 85, 'hot', 85, 9000, '{Auth}');
    insert into lead_bot.messages (kind, alert_id, channel, dedupe_key, state, slack_channel, slack_ts, shown_version)
      values ('card', '${open}', 'C0HOT', 'card:${open}', 'posted', 'C0HOT', '1.1', 1);
    insert into lead_bot.messages (kind, channel, dedupe_key, urgent) values ('rollup', 'C0HOT', 'rollup:x', true);
    insert into lead_bot.message_alerts (message_id, alert_id) select id, '${open}' from lead_bot.messages where kind = 'card'`);
  await applySql(databaseUrl, { leadScoring: true });
  return client;
}

test('an upgrade keeps open alerts, their snapshots and unposted messages', async () => {
  const client = await upgraded();
  const row = async (text: string) => (await client.query(text)).rows;
  expect(
    await row('select alert_id, active, score from lead_bot.alert_leads order by active'),
  ).toEqual([
    { alert_id: over, active: false, score: null },
    { alert_id: open, active: true, score: 85 },
  ]);
  expect(await row(`select score from lead_bot.alerts order by score nulls last`)).toEqual([
    { score: 85 },
    { score: null },
  ]);
  expect(
    await row('select kind, rank, due_at is not null as due from lead_bot.messages order by kind'),
  ).toEqual([
    { kind: 'card', rank: 7, due: false },
    { kind: 'rollup', rank: 1, due: true },
  ]);
  const [card] = await row(`select lead_bot.alert_json('${open}', false) as picture`);
  expect(card?.['picture']).toMatchObject({
    alert: { hot_at_first_poll: false },
    account: {
      leads: [
        { total_score: 85, before: { total_score: 71, usage_score: 70, api_calls_30d: 1000 } },
      ],
    },
  });
});

test('after an upgrade the first sweep finds nothing, and the next score leaves a mark', async () => {
  const client = await upgraded();
  const [sweep] = (await client.query('select public.lead_bot_sweep() as s')).rows;
  expect(sweep?.['s']).toMatchObject({ swept: true, found: 0, missing: 0 });
  const [changes] = (await client.query('select public.lead_bot_changes(60, 100) as c')).rows;
  expect(changes?.['c']).toMatchObject({ first_run: false, entered: [] });
  await client.query('update public.lead_scores set usage_score = 99');
  const { rows } = await client.query('select developer_id, hot from lead_bot.lead_marks');
  expect(rows).toEqual([{ developer_id: ada, hot: true }]);
});
