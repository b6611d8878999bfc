import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { applySql } from '../../src/sql/apply.ts';
import { sqlBefore } from '../support/apply-sql.ts';
import { emptyDatabase } from '../support/supabase.ts';

test('rewrites a history with names once: known ids stay, text goes', async () => {
  const { databaseUrl } = await emptyDatabase();
  await applySql(databaseUrl, {
    leadScoring: true,
    folder: await sqlBefore('0005', ['refuse_change.sql']),
  });
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  onTestFinished(() => client.end());
  const ada = '11111111-1111-4111-8111-111111111111';
  const alert = '22222222-2222-4222-8222-222222222222';
  await client.query(`
    insert into public.developer_signups (id, email, full_name) values ('${ada}', 'ada@acme.example', 'Ada Canary');
    insert into lead_bot.alerts (id, account_key) values ('${alert}', 'acme.example');
    insert into lead_bot.alert_leads (alert_id, developer_id) values ('${alert}', '${ada}');
    insert into lead_bot.alert_events (alert_id, kind, actor, detail, to_status) values
      ('${alert}', 'opened', null, 'Ada Canary', 'open'),
      ('${alert}', 'joined', null, 'gone@canary.example', 'open'),
      ('${alert}', 'contacted', 'U0ANNA', 'email', 'contacted')`);

  await applySql(databaseUrl, { leadScoring: true });
  const { rows } = await client.query(
    'select kind, actor, detail, developer_id from lead_bot.alert_events order by id',
  );
  expect(rows).toEqual([
    { kind: 'opened', actor: null, detail: null, developer_id: ada },
    { kind: 'joined', actor: null, detail: null, developer_id: null },
    { kind: 'contacted', actor: 'U0ANNA', detail: 'email', developer_id: null },
  ]);
  await expect(client.query('delete from lead_bot.alert_events')).rejects.toMatchObject({
    code: '42501',
  });
});
