import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { applySql } from '../../src/sql/apply.ts';
import { sqlBefore } from '../support/apply-sql.ts';
import { emptyDatabase } from '../support/supabase.ts';

/** A database before steps, with alerts that have been open for a year, and one that is closed. */
async function upgraded(): Promise<pg.Client> {
  const { databaseUrl } = await emptyDatabase();
  await applySql(databaseUrl, { leadScoring: true, folder: await sqlBefore('0018') });
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  onTestFinished(() => client.end());
  const day = (n: number) => `now() - interval '${n} days'`;
  await client.query(`
    insert into lead_bot.alerts
      (account_key, status, opened_at, owner, claimed_at, contacted_at, contact_method, closed_at, hold, hold_by, held_at, hold_until)
    values
      ('a-open.example', 'open', ${day(365)}, null, null, null, null, null, null, null, null, null),
      ('b-claimed.example', 'claimed', ${day(365)}, 'U1', ${day(200)}, null, null, null, null, null, null, null),
      ('c-contacted.example', 'contacted', ${day(365)}, 'U1', ${day(200)}, ${day(100)}, 'call', null, null, null, null, null),
      ('d-snoozed.example', 'open', ${day(365)}, null, null, null, null, null, 'snoozed', 'U1', now(), now() + interval '1 day'),
      ('e-closed.example', 'cooled', ${day(365)}, null, null, null, null, now(), null, null, null, null);
    insert into lead_bot.undos (alert_id, actor, kind, before)
    select a.id, 'U1', 'claimed', jsonb_build_object('id', a.id, 'status', 'open', 'touches', 0)
      from lead_bot.alerts a where a.account_key = 'b-claimed.example'`);
  await applySql(databaseUrl, { leadScoring: true });
  return client;
}

test('alerts from before wait since their last change, but no deadline counts until it is set', async () => {
  const client = await upgraded();
  const { rows } = await client.query(
    `select left(account_key, 1) as id, extract(day from now() - waits_since)::int as days,
            step_due_at is not null as looked_at from lead_bot.alerts order by account_key`,
  );
  expect(rows).toEqual([
    { id: 'a', days: 365, looked_at: true },
    { id: 'b', days: 200, looked_at: true },
    { id: 'c', days: 100, looked_at: true },
    { id: 'd', days: 365, looked_at: false },
    { id: 'e', days: null, looked_at: false },
  ]);
  await client.query(`select public.lead_bot_set_deadlines('{"claim": true, "contact": true}')`);
  const { rows: since } = await client.query(
    `select now() - (lead_bot_steps_due(1) #>> '{since,contact}')::timestamptz < interval '1 minute' as is_new`,
  );
  expect(since).toEqual([{ is_new: true }]);
});

test('a gesture from before can still be undone', async () => {
  const client = await upgraded();
  const { rows } = await client.query(
    `select u.alert_id, (public.lead_bot_undo(u.alert_id, 'U1', u.id) -> 'ok') as ok from lead_bot.undos u`,
  );
  expect(rows).toMatchObject([{ ok: true }]);
  const { rows: after } = await client.query(
    `select status, keeps, waits_since is not null as waits from lead_bot.alerts where account_key = 'b-claimed.example'`,
  );
  expect(after).toEqual([{ status: 'open', keeps: 0, waits: true }]);
});
