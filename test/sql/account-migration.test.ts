import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { applySql } from '../../src/sql/apply.ts';
import { sqlBefore } from '../support/apply-sql.ts';
import { emptyDatabase } from '../support/supabase.ts';

const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** A database before this migration, with alerts keyed by raw domains. */
async function upgraded(alerts: string): Promise<pg.Client> {
  const { databaseUrl } = await emptyDatabase();
  const folder = await sqlBefore('9999');
  await rm(join(folder, 'lead-bot', 'migrations', '0007-account.sql'));
  await applySql(databaseUrl, { leadScoring: true, folder });
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query(
    `insert into lead_bot.poll_state (first_poll_at, alert_channel) values (now() - interval '9 days', 'C0HOT')`,
  );
  await client.query(alerts);
  await applySql(databaseUrl, { leadScoring: true });
  return client;
}

/** A hot lead with an open alert and a posted card, opened `n` minutes ago. */
const openAlert = (
  n: number,
  key: string,
  domain: string | null,
  email: string,
  claimedBy?: string,
): string => `
  insert into public.developer_signups (id, email, full_name, company_domain)
    values ('${uuid(n)}', '${email}', 'Dev ${n}', ${domain === null ? 'null' : `'${domain}'`});
  insert into public.lead_scores (developer_id, company_score, usage_score, expansion_score, champion_score, timing_score)
    values ('${uuid(n)}', 85, 85, 85, 85, 85);
  insert into lead_bot.alerts (id, account_key, opened_at, score, status, owner, claimed_at)
    values ('${uuid(n)}', '${key}', now() - interval '${n} minutes', 85,
            ${claimedBy === undefined ? `'open', null, null` : `'claimed', '${claimedBy}', now() - interval '${n} seconds'`});
  insert into lead_bot.alert_leads (alert_id, developer_id, entered_at, score_at_entry, score)
    values ('${uuid(n)}', '${uuid(n)}', now() - interval '${n} minutes', 85, 85);
  insert into lead_bot.messages (id, kind, alert_id, channel, dedupe_key, state, slack_channel, slack_ts, shown_version)
    values ('${uuid(n)}', 'card', '${uuid(n)}', 'C0HOT', 'card:${uuid(n)}', 'posted', 'C0HOT', '1.${n}', 1);
  insert into lead_bot.message_alerts (message_id, alert_id) values ('${uuid(n)}', '${uuid(n)}');`;

const follow = async (client: pg.Client): Promise<void> => {
  for (let step = 0; step < 20; step++) {
    const { rows } = await client.query<{ more: boolean }>(
      `select (public.lead_bot_follow(86400) ->> 'more')::boolean as more`,
    );
    if (!rows[0]?.more) return;
  }
  throw new Error('rekeying never finished');
};

test('merges open alerts whose accounts now normalize to the same key, and keeps the first claim', async () => {
  const client = await upgraded(
    [
      openAlert(1, 'globex.example', 'globex.example', 'a@globex.example', 'U0LATE'),
      openAlert(2, 'www.globex.example', 'www.globex.example', 'b@globex.example', 'U0FIRST'),
      openAlert(3, 'https://globex.example', 'https://globex.example', 'c@globex.example'),
      openAlert(4, 'globex.example/', 'globex.example/', 'd@globex.example'),
      openAlert(5, `lead:${uuid(5)}`, null, 'e@globex.example'),
      openAlert(6, 'other.example', 'other.example', 'f@other.example'),
    ].join('\n'),
  );
  await follow(client);
  const { rows } = await client.query(
    `select right(a.id::text, 1) as id, a.account_key, a.status, a.closed_at is null as open, right(a.merged_into::text, 1) as into,
            (select count(*)::int from lead_bot.alert_leads m where m.alert_id = a.id and m.active) as leads
       from lead_bot.alerts a order by a.id`,
  );
  const gone = {
    account_key: 'globex.example',
    status: 'merged',
    open: false,
    into: '2',
    leads: 0,
  };
  expect(rows).toEqual([
    { id: '1', ...gone },
    { id: '2', account_key: 'globex.example', status: 'claimed', open: true, into: null, leads: 5 },
    { id: '3', ...gone },
    { id: '4', ...gone },
    { id: '5', ...gone },
    { id: '6', account_key: 'other.example', status: 'open', open: true, into: null, leads: 1 },
  ]);
  const notices = await client.query(
    `select payload ->> 'whom' as whom, parent_id from lead_bot.messages where kind = 'notice'`,
  );
  expect(notices.rows).toEqual([{ whom: 'U0LATE', parent_id: uuid(1) }]);
  // Respelling a key is no event; only a real move is.
  const moved = await client.query(
    `select distinct right(alert_id::text, 1) as id from lead_bot.alert_events where kind = 'moved'`,
  );
  expect(moved.rows).toEqual([{ id: '5' }]);
});

test('alerts of addresses at mail providers cool and close normally, with their claim', async () => {
  const client = await upgraded(
    openAlert(1, 'gmx.de', null, 'bob@gmx.de', 'U0ANNA') +
      openAlert(2, 'proton.me', 'Proton.me', 'eve@proton.me'),
  );
  await client.query('select public.lead_bot_sweep()');
  await follow(client);
  const open = await client.query(
    `select account_key, status, owner, cooling_since is not null as cooling from lead_bot.alerts order by id`,
  );
  expect(open.rows).toEqual([
    { account_key: `lead:${uuid(1)}`, status: 'claimed', owner: 'U0ANNA', cooling: true },
    { account_key: `lead:${uuid(2)}`, status: 'open', owner: null, cooling: true },
  ]);
});

test('hourly tidying rekeys closed alerts in batches', async () => {
  const client = await upgraded(`
    insert into public.developer_signups (id, email) values ('${uuid(1)}', 'ada@newco.example'), ('${uuid(2)}', 'bob@gmx.de');
    insert into lead_bot.alerts (account_key, status, opened_at, closed_at)
    select 'www.co' || n || '.example', 'cooled', now() - interval '8 days', now() - interval '5 days' from generate_series(1, 1200) n;
    insert into lead_bot.alerts (account_key, status, opened_at, closed_at)
    select k, 'cooled', now() - interval '8 days', now() - interval '5 days'
      from unnest(array['lead:${uuid(1)}', 'lead:${uuid(2)}', 'lead:${uuid(3)}', 'n/a', 'gmx.de', 'fine.example']) k`);
  const more = async () =>
    (
      await client.query<{ more: boolean }>(
        `select (public.lead_bot_tidy(365, 730) ->> 'more')::boolean as more`,
      )
    ).rows[0]?.more;
  expect([await more(), await more(), await more(), await more()]).toEqual([
    true,
    true,
    false,
    false,
  ]);
  const { rows } = await client.query<{ key: string }>(
    `select account_key as key from lead_bot.alerts where account_key !~ '^co\\d+\\.example$' order by 1`,
  );
  expect(rows.map(({ key }) => key)).toEqual(
    ['fine.example', 'gmx.de', `lead:${uuid(2)}`, `lead:${uuid(3)}`, 'n/a', 'newco.example'].sort(),
  );
});
