import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { applySql } from '../../src/sql/apply.ts';
import { sqlBefore } from '../support/apply-sql.ts';
import { emptyDatabase } from '../support/supabase.ts';

const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** A database before notes and touches, with an open, a claimed and two contacted alerts. */
async function upgraded(): Promise<pg.Client> {
  const { databaseUrl } = await emptyDatabase();
  await applySql(databaseUrl, { leadScoring: true, folder: await sqlBefore('0015') });
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query(`
    insert into lead_bot.alerts
      (id, account_key, status, owner, claimed_at, contacted_at, contact_method, contact_note, closed_at)
    values
      ('${uuid(1)}', 'open.example', 'open', null, null, null, null, null, null),
      ('${uuid(2)}', 'claimed.example', 'claimed', 'U1', now(), null, null, null, null),
      ('${uuid(3)}', 'called.example', 'contacted', 'U1', now(), now(), 'call', 'Call back', null),
      ('${uuid(4)}', 'over.example', 'contacted', 'U2', now(), now(), 'email', null, now())`);
  await applySql(databaseUrl, { leadScoring: true });
  return client;
}

test('each contact becomes a touch, and its note a note', async () => {
  const client = await upgraded();
  const { rows: alerts } = await client.query(
    'select account_key, touches, contact_note, hold, offer_due_at from lead_bot.alerts order by id',
  );
  expect(alerts).toEqual(
    [
      ['open.example', 0],
      ['claimed.example', 0],
      ['called.example', 1],
      ['over.example', 1],
    ].map(([account_key, touches]) => ({
      account_key,
      touches,
      contact_note: null,
      hold: null,
      offer_due_at: null,
    })),
  );
  const { rows: notes } = await client.query(
    'select alert_id, author, kind, word, body from lead_bot.alert_notes order by alert_id',
  );
  expect(notes).toEqual([
    { alert_id: uuid(3), author: 'U1', kind: 'contact', word: 'call', body: 'Call back' },
    { alert_id: uuid(4), author: 'U2', kind: 'contact', word: 'email', body: null },
  ]);
});
