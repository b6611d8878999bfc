import { expect, test } from 'vitest';
import { readHealth } from '../../src/adapters/supabase-upkeep.ts';
import { createPoll } from '../../src/jobs/poll.ts';
import { renderMessage } from '../../src/jobs/render-message.ts';
import { POLICY } from '../support/bot-database.ts';
import { faultStage } from '../support/fault-stage.ts';
import { addLead, rescore } from '../support/leads.ts';
import { memoryLog } from '../support/memory-log.ts';
import { readable } from '../support/world.ts';

const stage = await faultStage();
const { db, slack, addHotLead, postCard, cards, postCount, waitForCard, advance, runUntilQuiet } =
  stage;

test('fault-51 mentions, links and formatting in the data: no pings, no forged links, no unfurls', async () => {
  const evil = '<!channel> @here <@U0ALICE> <https://evil.example|VelocityPay> *bold* `code` > x';
  await addLead(db, { domain: 'evil.example', company: evil, name: evil });
  await db.sql('update public.lead_scores set suggested_action = $1', [`${evil}\n\n> ${evil}`]);
  await db.poll();
  await runUntilQuiet();
  const only = await waitForCard('evil.example');
  // Slack parses everything except headers, which are plain text.
  const parsed = only.blocks.filter(({ type }) => type !== 'header');
  const json = JSON.stringify([only.text, parsed]);
  expect(json).not.toMatch(/<!(channel|here)>|<@U0ALICE>|<https:\/\/evil\.example\|VelocityPay>/);
  expect(json).not.toMatch(/(^|\s)@here/);
  const [post] = slack().calls('chat.postMessage');
  expect(post?.args).toMatchObject({ unfurl_links: 'false', unfurl_media: 'false' });
});

test.each([
  ['100 kB', 'Acme '.repeat(20_000)],
  ['100 kB without a space', 'x'.repeat(100_000)],
  ['multi-code-point emoji', '👩‍👩‍👧‍👦🏴󠁧󠁢󠁳󠁣󠁴󠁿'.repeat(2_000)],
  ['right-to-left text with overrides', '\u202eשלום \u2067مرحبا\u2069'.repeat(2_000)],
  ['control characters and line breaks', '\u0001\u001f\r\n\u2028\u200b'.repeat(2_000)],
])('fault-52 fields of %s: the card fits into Slack’s limits', async (_, text) => {
  await addLead(db, { company: text, name: text });
  await db.sql('update public.lead_scores set suggested_action = $1', [text]);
  await db.poll();
  await runUntilQuiet();
  expect(cards()).toHaveLength(1);
  expect(cards()[0]?.blocks.length).toBeGreaterThan(1);
  expect(JSON.stringify(cards()[0]).length).toBeLessThan(40_000);
  // Truncation never splits a surrogate pair.
  expect(JSON.stringify(cards()[0]).isWellFormed()).toBe(true);
  expect(postCount()).toBe(1);
});

test.each([
  ['no score', 'company_score = null'],
  ['a score beyond the scale', 'company_score = 900'],
])('fault-53 row with %s: skipped with its field named, and other leads enter', async (_, set) => {
  await db.poll();
  const bad = await addLead(db, { domain: 'bad.example' });
  await addLead(db, { domain: 'good.example', company: 'Good' });
  await db.sql(`update public.lead_scores set ${set} where developer_id = $1`, [bad]);
  const log = memoryLog();
  await createPoll({ polls: db.polls, policy: POLICY, log, wake: () => {} })();
  expect(await db.sql('select account_key from lead_bot.alerts')).toEqual([
    { account_key: 'good.example' },
  ]);
  await runUntilQuiet();
  await waitForCard('Good');
  expect(postCount()).toBe(1);
});

test('fault-53 lead with several score rows: one lead, and the newest row counts', async () => {
  await db.poll();
  const cooled = await addLead(db, { domain: 'cooled.example', score: 90 });
  const heated = await addLead(db, { domain: 'heated.example', score: 50 });
  await db.sql(
    `insert into public.lead_scores
       (developer_id, company_score, usage_score, expansion_score, champion_score, timing_score, scored_at)
     values ($1, 50, 50, 50, 50, 50, now() + interval '1 s'),
            ($2, 95, 95, 95, 95, 95, now() + interval '1 s'),
            ($2, 99, 99, 99, 99, 99, null)`,
    [cooled, heated],
  );
  expect(await db.poll()).toMatchObject({ opened: 1 });
  const picture = await db.alerts.find(await db.onlyAlert());
  expect(picture?.account.leads).toMatchObject([{ developerId: heated, totalScore: 95 }]);
  expect(await db.poll()).toBeNull();
});

test('fault-54 message that fails to render: dead with an error after ten attempts, and others are delivered', async () => {
  await addLead(db, { domain: 'poison.example', company: 'Poison', score: 99 });
  await addLead(db);
  await db.poll();
  const { log } = await runUntilQuiet(stage.ports(), undefined, (content, plain) => {
    if (content.kind === 'card' && content.picture.account.name === 'Poison') {
      throw new TypeError('poisoned');
    }
    return renderMessage(content, plain, 'UTC');
  });
  expect(cards().map((one) => readable(one).includes('Acme'))).toEqual([true]);
  expect(log.lines.filter(({ event }) => event === 'could not draw a message')).toHaveLength(10);
  expect(await readHealth(db.database)).toMatchObject({
    dead: 1,
    waiting: 0,
    deadReasons: [{ reason: 'cannot be drawn' }],
  });
});

const alertsAndCards = async () => [await db.alertIds(), postCount()];

test('fault-55 lead tables fail or are empty for a time: no lead leaves, and none enters again', async () => {
  const lead = await addHotLead();
  await addLead(db, { domain: 'second.example' });
  await db.poll();
  await runUntilQuiet();
  const before = await alertsAndCards();

  await db.sql('alter view public.lead_dashboard rename to dashboard_of_before');
  expect(await db.sweep()).toBeNull();
  await db.sql('alter view public.dashboard_of_before rename to lead_dashboard');

  // With no scores at all, any number of sweeps changes nothing.
  await db.sql('create table scores as table public.lead_scores');
  await db.sql('truncate public.lead_scores');
  for (let looks = 0; looks < 3; looks++) {
    expect(await db.sweep()).toBeNull();
    await db.age('1 minute');
  }
  await insertAll('public.lead_scores', 'scores');
  await db.sweep();
  await runUntilQuiet();
  expect((await db.alerts.find(lead))?.alert.coolingSince).toBeNull();
  expect(await alertsAndCards()).toEqual(before);
});

test('fault-55 table emptied and reloaded in two transactions: one sweep in between changes nothing', async () => {
  const lead = await postCard();
  await unloadLeads();
  await addLead(db, { domain: 'warm.example', score: 50 });
  expect(await db.sweep()).toBeNull();
  await reloadLeads();
  await db.age('1 minute');
  // The card was drawn without leads in between.
  expect(await db.sweep()).toMatchObject({ redrawn: 1, left: 0 });
  expect((await db.alerts.find(lead))?.alert.coolingSince).toBeNull();
  expect(await db.sql('select kind from lead_bot.alert_events')).toEqual([{ kind: 'opened' }]);
});

test('fault-55 all leads vanish and return within the re-arm time: same alerts and cards', async () => {
  await postCard();
  const before = await alertsAndCards();
  await unloadLeads();
  // Another scored lead shows that the tables are not just being reloaded.
  await addLead(db, { domain: 'warm.example', score: 50 });
  await db.sweep();
  await db.age('1 minute');
  expect(await db.sweep()).toMatchObject({ left: 1, cooled: 0 });
  await db.age('23 hours');
  await db.poll();
  await reloadLeads();
  expect(await db.poll()).toMatchObject({ returned: 1, opened: 0 });
  await runUntilQuiet();
  expect(await alertsAndCards()).toEqual(before);
});

/** Moves all leads and scores aside, as a pipeline that reloads its tables does. */
const unloadLeads = () =>
  db.sql(`create table developers as table public.developer_signups;
          create table all_scores as table public.lead_scores;
          truncate public.developer_signups cascade`);

async function reloadLeads(): Promise<void> {
  await insertAll('public.developer_signups', 'developers');
  await insertAll('public.lead_scores', 'all_scores');
}

/** Puts rows back, except for generated columns. */
async function insertAll(table: string, from: string): Promise<void> {
  const [columns] = await db.sql<{ names: string }>(
    `select string_agg(quote_ident(attname), ', ') as names from pg_attribute
      where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
    [table],
  );
  await db.sql(`insert into ${table} (${columns?.names}) select ${columns?.names} from ${from}`);
  await db.sql(`drop table ${from}`);
}

test('fault-56 hot, warm and hot again between two polls: nothing changes', async () => {
  await addHotLead();
  const [lead] = await db.sql<{ id: string }>('select id from public.developer_signups');
  await runUntilQuiet();
  await rescore(db, lead?.id ?? '', 50);
  await rescore(db, lead?.id ?? '', 85);
  await db.poll();
  await runUntilQuiet();
  expect(await db.sql('select kind from lead_bot.alert_events')).toEqual([{ kind: 'opened' }]);
  expect(postCount()).toBe(1);
});

test('fault-56 warm, hot and warm again between two polls: no alert opens', async () => {
  await db.poll();
  const lead = await addLead(db, { score: 50 });
  await rescore(db, lead, 85);
  await rescore(db, lead, 50);
  await db.poll();
  expect(await db.alertIds()).toEqual([]);
});

/** Adds 5,000 hot leads of 5,000 companies with one statement per table, like a re-score. */
const fiveThousandLeads = () =>
  db.sql(`
    create temporary table new_leads on commit drop as
      select gen_random_uuid() as id, 'd' || n || '.example' as domain, n from generate_series(1, 5000) n;
    insert into public.company_enrichment (domain, company_name) select domain, 'D' || n from new_leads;
    insert into public.developer_signups (id, email, full_name, company_domain)
      select id, 'ada@' || domain, 'Ada', domain from new_leads;
    insert into public.lead_scores
      (developer_id, company_score, usage_score, expansion_score, champion_score, timing_score)
      select id, 90, 90, 90, 90, 80 + n % 20 from new_leads;`);

test('fault-57 5,000 leads at once: ten cards and one roll-up, one post a second, clicks and the digest first', async () => {
  await db.poll();
  const alert = await postCard();
  await fiveThousandLeads();
  expect(await db.poll()).toMatchObject({ opened: 5_000 });
  expect(
    await db.sql('select kind, count(*)::int from lead_bot.messages group by 1 order by 1'),
  ).toEqual([
    // Includes the card from before.
    { kind: 'card', count: 10 },
    { kind: 'rollup', count: 1 },
  ]);

  await db.alerts.claim(alert, 'U0ALICE');
  await db.digests.request('C0SALES', '2026-03-02', new Date('2100-01-01'));
  await stage.later('2 seconds');
  const first = await stage.take(8);
  expect(first.map(({ action, content }) => [action, content.kind])).toEqual([
    ['update', 'card'],
    ['post', 'card'],
    ['post', 'digest'],
  ]);
  // The response is bounded: at most eight messages, and a list of a hundred alerts.
  const rollup = await db.sql<{ bytes: number }>(
    `select length(j.message::text) as bytes
       from lead_bot.messages m cross join lead_bot.messages_json(array[m.id]) j where m.kind = 'rollup'`,
  );
  expect(rollup[0]?.bytes).toBeLessThan(1_000_000);
  await advance('61 seconds');
  await runUntilQuiet();
  expect(cards()).toHaveLength(11);
  await waitForCard('Claimed by @U0ALICE');
});

test('fault-57 backlog of 5,000 messages in one channel: an update after a click is taken at once', async () => {
  const alert = await postCard();
  await db.sql(
    `insert into lead_bot.messages (kind, channel, dedupe_key, payload)
     select 'rollup', 'C0HOTLEADS', 'backlog:' || n,
            '{"reason": "storm", "made_at": "2026-03-02T09:00:00Z", "total": 0}'
       from generate_series(1, 5000) n`,
  );
  await db.alerts.claim(alert, 'U0ALICE');
  await stage.later('2 seconds');
  expect(await stage.take(1)).toMatchObject([{ action: 'update', content: { kind: 'card' } }]);
  expect(await stage.take(8)).toMatchObject([{ action: 'post', content: { kind: 'rollup' } }]);
});
