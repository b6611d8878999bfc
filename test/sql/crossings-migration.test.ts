import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { applySql } from '../../src/sql/apply.ts';
import { sqlBefore } from '../support/apply-sql.ts';
import { emptyDatabase } from '../support/supabase.ts';

test('of older crossings it says what came of them only where that is certain', async () => {
  const { databaseUrl } = await emptyDatabase();
  await applySql(databaseUrl, { leadScoring: true, folder: await sqlBefore('0019') });
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query(`
    create temp table people as
      select name, gen_random_uuid() as id from unnest(array['opener', 'joiner', 'listed', 'unseen', 'alone', 'forgotten']) name;
    create temp table ours as
      select key, gen_random_uuid() as id from unnest(array['carded', 'listed', 'unseen', 'forgotten']) key;
    insert into lead_bot.alerts (id, account_key, opened_at) select id, key || '.example', now() - interval '9 days' from ours;
    insert into lead_bot.messages (kind, channel, dedupe_key, alert_id)
      select 'card', 'C0HOT', 'card:' || id, id from ours where key = 'carded';
    insert into lead_bot.messages (kind, channel, dedupe_key) values ('rollup', 'C0HOT', 'rollup:1');
    insert into lead_bot.message_alerts (message_id, alert_id)
      select m.id, o.id from ours o join lead_bot.messages m
        on m.kind = case o.key when 'carded' then 'card' when 'listed' then 'rollup' end;
    create temp table entries as
      select p.name, p.id as developer_id, o.id as alert_id,
             case p.name when 'joiner' then 'joined' else 'opened' end as kind
        from people p
        join ours o on o.key = case p.name when 'opener' then 'carded' when 'joiner' then 'carded' else p.name end;
    insert into lead_bot.alert_leads (alert_id, developer_id, entered_at)
      select alert_id, developer_id, now() - interval '9 days' from entries where name <> 'forgotten';
    insert into lead_bot.alert_events (alert_id, kind, to_status, developer_id)
      select alert_id, kind, 'open', developer_id from entries;
    insert into lead_bot.crossings (developer_id, at)
      select id, now() - interval '9 days 5 seconds' from people
      union all
      select id, now() - interval '1 day' from people where name = 'opener'`);
  await applySql(databaseUrl, { leadScoring: true });
  const { rows } = await client.query(`
    select p.name, array_agg(c.fate order by c.at) as fates, count(c.alert_id)::int as alerts
      from people p join lead_bot.crossings c on c.developer_id = p.id group by 1 order by 1`);
  expect(rows).toEqual([
    { name: 'alone', fates: ['unknown'], alerts: 0 },
    { name: 'forgotten', fates: ['unknown'], alerts: 0 },
    { name: 'joiner', fates: ['joined'], alerts: 1 },
    { name: 'listed', fates: ['rollup'], alerts: 1 },
    { name: 'opener', fates: ['card', 'unknown'], alerts: 1 },
    { name: 'unseen', fates: ['unknown'], alerts: 0 },
  ]);
});
