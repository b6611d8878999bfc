import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { applySql } from '../../src/sql/apply.ts';
import { emptyDatabase } from '../support/supabase.ts';

const repository = join(import.meta.dirname, '..', '..', 'sql');

/** `sql/` as it was when the history of alerts held names. */
async function sqlOfBefore(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lead-alerts-sql-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await cp(join(repository, 'lead-scoring'), join(folder, 'lead-scoring'), { recursive: true });
  await mkdir(join(folder, 'lead-bot', 'migrations'), { recursive: true });
  for (const name of [
    '0001-alerts.sql',
    '0002-similarity.sql',
    '0003-delivery.sql',
    '0004-access.sql',
  ]) {
    await cp(
      join(repository, 'lead-bot', 'migrations', name),
      join(folder, 'lead-bot', 'migrations', name),
    );
  }
  for (const name of ['refuse_change.sql', 'lets_everyone_in.sql']) {
    await cp(
      join(repository, 'lead-bot', 'functions', name),
      join(folder, 'lead-bot', 'functions', name),
    );
  }
  return folder;
}

test('a history that holds names is rewritten once: ids where they are known, and no text', async () => {
  const { databaseUrl } = await emptyDatabase();
  await applySql(databaseUrl, { leadScoring: true, folder: await sqlOfBefore() });
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
