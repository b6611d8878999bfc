import { afterAll, expect, test } from 'vitest';
import { type BotProcess, startBot } from '../../src/sandbox/demo/bot-process.ts';
import type { JsonObject } from '../../src/sandbox/slack/json.ts';
import { applySql } from '../../src/sql/apply.ts';
import { apply, query } from '../support/apply-sql.ts';
import { botSettings } from '../support/bot-settings.ts';
import { emptyDatabase, testDatabase } from '../support/supabase.ts';
import { readCatalog } from './catalog.ts';
import { isSettled, problemsOf, staleMessages } from './check.ts';
import { readDump } from './load-dump.ts';
import { OLD_SETTINGS } from './old-states.ts';
import { ALICE, BEN, CARDS, CHLOE, DIGESTS, startOldWorkspace } from './old-workspace.ts';

/** Everybody has seen that the bots are down, and no lease runs any more. */
const diedAt = new Date(Date.now() - 10 * 60_000);
const dump = await readDump(diedAt);
const db = await testDatabase({ empty: true });
await query(db.databaseUrl, dump.schema);
await query(db.adminUrl, dump.rows);
const before = {
  owners: await owners(),
  events: await db.sql('select * from lead_bot.alert_events order by id'),
  addresses: await addresses(),
};
await apply(db.databaseUrl);

const slack = await startOldWorkspace({ messages: dump.messages });
const bots: BotProcess[] = [];
const logged: string[] = [];
afterAll(async () => {
  await Promise.all(bots.map((bot) => bot.kill()));
  await slack.close();
});

test('an upgraded database has the same catalog as a new one', async () => {
  const { databaseUrl, adminUrl } = await emptyDatabase();
  await applySql(databaseUrl, { leadScoring: true, private: false });
  const fresh = new Set(await readCatalog(adminUrl));
  const upgraded = new Set(await readCatalog(db.adminUrl));
  expect({
    leftOver: [...upgraded].filter((line) => !fresh.has(line)),
    missing: [...fresh].filter((line) => !upgraded.has(line)),
  }).toEqual({ leftOver: [], missing: [] });
});

test('bots of this version take over without losing, doubling or leaving anything stale', async () => {
  const settings = {
    ...botSettings(slack, db),
    ...OLD_SETTINGS,
    DIGEST_SCHEDULE: `${diedAt.getUTCMinutes()} ${diedAt.getUTCHours()} * * *`,
    TIMEZONE: 'UTC',
  };
  bots.push(await startBot(settings, (line) => logged.push(line)));
  bots.push(await startBot(settings, (line) => logged.push(line)));
  await expect
    .poll(async () => {
      // A bot waits half a minute between its two looks for a post.
      await db.sql(
        `update lead_bot.messages set next_try_at = now() where state = 'unclear' and looks > 0`,
      );
      return isSettled(db);
    })
    .toBe(true);
  expect(await problemsOf(db, slack)).toEqual([]);
});

test('each message that stood in Slack still stands in its old place', async () => {
  expect(await addresses()).toMatchObject(before.addresses);
});

test('each claim is still held by the same AE, and the history is whole', async () => {
  expect(await owners()).toMatchObject(before.owners);
  const last = before.events.at(-1);
  const events = await db.sql('select * from lead_bot.alert_events where id <= $1 order by id', [
    last?.['id'],
  ]);
  expect(events).toMatchObject(before.events);
});

test.each(['Cut Reached', 'Hung Reached', 'Cut Lost', 'Hung Lost', 'Waiting', 'Meanwhile'])(
  'the card of %s stands once',
  (company) => {
    expect(cards(company)).toHaveLength(1);
  },
);

test.each(['Deleted', 'Refused', 'Erased'])('the card of %s is not posted again', (company) => {
  expect(cards(company)).toEqual([]);
});

test('two spellings of one company become one, for the AE who had claimed it', async () => {
  const [twin, ...more] = cards('Twin (');
  expect(more).toEqual([]);
  expect(twin?.text).toContain(`is claimed by <@${BEN}>`);
  expect(cards('Twin is now on another card')).toHaveLength(1);
});

test('scores of the time without bots count', async () => {
  expect(cards('Cooling is hot (91)')).toHaveLength(1);
  expect(cards('Before')[0]?.text).toContain('(55)');
  expect(slack.messages(CARDS).filter((m) => m.text.includes('Third Champion'))).toHaveLength(1);
});

test('a note of an old contact is still on the card', () => {
  expect(JSON.stringify(cards('Contacted'))).toContain('Wants a demo on Thursday');
});

test("today's digest is not made again", async () => {
  expect(slack.messages(DIGESTS)).toHaveLength(1);
  expect(await db.sql(`select from lead_bot.messages where kind = 'digest'`)).toHaveLength(1);
});

test('a new drawing of each message that is not over looks the same', async () => {
  const settled = () => expect.poll(() => isSettled(db)).toBe(true);
  expect(await staleMessages(db, slack, settled)).toEqual([]);
});

test('buttons of an old message do what they say', async () => {
  const press = (user: string, company: string, action: JsonObject) => {
    const [card] = cards(company);
    if (card === undefined) throw new Error(`There is no card of ${company}`);
    return slack.pressWith(user, { in: 'message', channel: CARDS, ts: card.ts }, action);
  };
  const idOf = async (key: string) => {
    const [row] = await db.sql<{ id: string }>(
      'select id from lead_bot.alerts where account_key = $1 and closed_at is null',
      [key],
    );
    return row?.id ?? '';
  };
  await press(CHLOE, 'Open', { action_id: 'alert.claim', value: await idOf('open.example') });
  await slack.until(() => cards('Open')[0]?.text.includes(`claimed by <@${CHLOE}>`));
  await press(ALICE, 'Claimed (', {
    type: 'overflow',
    action_id: 'alert.more',
    selected_option: { value: `alert.release:${await idOf('claimed.example')}` },
  });
  await slack.until(() => cards('Claimed is hot').length === 1);
});

test('nothing is logged as an error', () => {
  expect(logged.filter((line) => /"level":[56]0/.test(line))).toEqual([]);
});

function cards(company: string) {
  return slack.messages(CARDS).filter((m) => m.thread_ts === null && m.text.includes(company));
}

async function owners(): Promise<Record<string, unknown>> {
  const rows = await db.sql(
    `select id, jsonb_build_object('owner', owner, 'claimed_at', claimed_at, 'contacted_at', contacted_at) as of
       from lead_bot.alerts`,
  );
  return Object.fromEntries(rows.map((row) => [row['id'], row['of']]));
}

async function addresses(): Promise<Record<string, unknown>> {
  const rows = await db.sql(
    `select id, slack_channel || ' ' || slack_ts as address from lead_bot.messages where state = 'posted'`,
  );
  return Object.fromEntries(rows.map((row) => [row['id'], row['address']]));
}
