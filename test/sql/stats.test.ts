import pg from 'pg';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { supabaseNewBlocks } from '../../src/adapters/supabase-new-blocks.ts';
import { statsThrough } from '../../src/adapters/supabase-stats.ts';
import type { Tally } from '../../src/core/stats.ts';
import { botDatabase, CHANNEL } from '../support/bot-database.ts';
import { addLead, alertOf } from '../support/leads.ts';

const db = await botDatabase();
const { alerts } = db;
const stats = statsThrough(db.database);

const ANNA = 'U0ANNA';
const BEN = 'U0BEN';
const NONE: Tally = {
  alerts: 0,
  claimed: 0,
  contacted: 0,
  toClaim: { median: null, p90: null },
  toContact: { median: null, p90: null },
  claimedInTime: null,
  contactedInTime: null,
  outcomes: {},
  notAFit: 0,
};

/** A new alert of a company of this name. */
async function anAlert(company: string, score = 85): Promise<string> {
  const domain = `${company.toLowerCase()}.example`;
  await addLead(db, { company, domain, score });
  await db.poll();
  return alertOf(db, domain);
}

/** Has an alert opened a day ago, first claimed and contacted so many seconds later. */
const timed = (id: string, toClaim: number, toContact = 0) =>
  db.sql(
    `update lead_bot.alerts
        set opened_at = now() - interval '1 day',
            first_claimed_at = case when first_claimed_at is not null then now() - interval '1 day' + make_interval(secs => $2) end,
            first_contacted_at = case when first_contacted_at is not null then now() - interval '1 day' + make_interval(secs => $2 + $3) end
      where id = $1`,
    [id, toClaim, toContact],
  );

const openedAgo = (id: string, interval: string) =>
  db.sql('update lead_bot.alerts set opened_at = now() - $2::interval where id = $1', [
    id,
    interval,
  ]);

const numbersAnswer = z.object({ numbers: z.unknown() });
const numbersOf = async (person: string, channels: readonly string[] | null = null) => {
  const [row] = await db.sql(
    `select lead_bot.numbers_of($1, now() - interval '30 days', $2) as numbers`,
    [person, channels],
  );
  return numbersAnswer.parse(row).numbers;
};

const undo = async (id: string, user: string) => {
  const [row] = await db.sql<{ id: string }>('select id from lead_bot.undos where alert_id = $1', [
    id,
  ]);
  expect(await alerts.undo(id, user, row?.id ?? '')).toMatchObject({ ok: true });
};

const noted = async (id: string) => {
  const [row] = await db.sql(
    `select first_claimed_at is not null as claimed, claimed_in_time, first_contacted_at is not null as contacted,
            contacted_in_time
       from lead_bot.alerts where id = $1`,
    [id],
  );
  return row;
};
const NOTHING_NOTED = {
  claimed: false,
  claimed_in_time: null,
  contacted: false,
  contacted_in_time: null,
};

test('says what came of alerts, how fast, and with whom they are', async () => {
  await db.poll();
  const won = await anAlert('Won');
  await alerts.claim(won, ANNA);
  await alerts.contact(won, ANNA, 'call', '');
  await alerts.outcome(won, ANNA, 'won', null, '');
  await timed(won, 600, 1200);
  const met = await anAlert('Met');
  await alerts.claim(met, BEN);
  await alerts.contact(met, BEN, 'email', '');
  await alerts.outcome(met, BEN, 'meeting', null, '');
  await timed(met, 60, 3600);
  const claimed = await anAlert('Claimed');
  await alerts.claim(claimed, ANNA);
  await timed(claimed, 1800);
  const wrong = await anAlert('Wrong');
  await alerts.notAFit(wrong, BEN, 'student', '', 1_000_000);
  await anAlert('Free');
  const old = await anAlert('Old');
  await alerts.claim(old, ANNA);
  await openedAgo(old, '31 days');

  const report = await stats(30);
  expect(report.all).toEqual({
    ...NONE,
    alerts: 5,
    claimed: 3,
    contacted: 2,
    toClaim: { median: 600, p90: 1800 },
    toContact: { median: 1200, p90: 3600 },
    outcomes: { won: 1, meeting: 1 },
    notAFit: 1,
  });
  expect(report.byPerson).toEqual([
    {
      user: ANNA,
      tally: {
        ...NONE,
        alerts: 2,
        claimed: 2,
        contacted: 1,
        toClaim: { median: 600, p90: 1800 },
        toContact: { median: 1200, p90: 1200 },
        outcomes: { won: 1 },
      },
    },
    {
      user: BEN,
      tally: {
        ...NONE,
        alerts: 1,
        claimed: 1,
        contacted: 1,
        toClaim: { median: 60, p90: 60 },
        toContact: { median: 3600, p90: 3600 },
        outcomes: { meeting: 1 },
      },
    },
  ]);
  expect(report.reasons).toEqual({ student: 1 });
  expect((await stats(90)).all.alerts).toBe(6);
});

test('nothing yet is nothing', async () => {
  expect(await stats(7)).toMatchObject({
    all: NONE,
    byPerson: [],
    byChannel: [],
    bySignal: [],
    byScore: [],
    reasons: {},
  });
});

test("an AE's own numbers are those of their row", async () => {
  await db.poll();
  const won = await anAlert('Won');
  await alerts.claim(won, ANNA);
  await alerts.contact(won, ANNA, 'call', '');
  await alerts.outcome(won, ANNA, 'won', null, '');
  await timed(won, 600, 1200);
  const other = await anAlert('Other');
  await alerts.claim(other, ANNA);
  await timed(other, 7200);
  const old = await anAlert('Old');
  await alerts.claim(old, ANNA);
  await openedAgo(old, '31 days');
  const numbers = {
    claimed: 2,
    contacted: 1,
    to_claim: 600,
    to_contact: 1200,
    outcomes: { won: 1 },
  };
  expect(await numbersOf(ANNA)).toEqual(numbers);
  expect((await stats(30)).byPerson[0]?.tally).toMatchObject({
    claimed: 2,
    contacted: 1,
    toClaim: { median: 600 },
    toContact: { median: 1200 },
    outcomes: { won: 1 },
  });
  expect(await numbersOf(ANNA, [CHANNEL])).toEqual(numbers);
  const nothing = { claimed: 0, contacted: 0, to_claim: null, to_contact: null, outcomes: {} };
  expect(await numbersOf(ANNA, ['C0OTHER'])).toEqual(nothing);
  expect(await numbersOf(BEN)).toEqual(nothing);
});

test('a lead released and claimed again was claimed when it was first claimed, and is with who has it', async () => {
  await db.poll();
  const id = await anAlert('Twice');
  await alerts.claim(id, ANNA);
  await timed(id, 300);
  await alerts.release(id, ANNA);
  expect(await stats(7)).toMatchObject({
    all: { claimed: 1, toClaim: { median: 300 } },
    byPerson: [],
  });
  await alerts.claim(id, BEN);
  expect(await stats(7)).toMatchObject({
    all: { claimed: 1, toClaim: { median: 300 } },
    byPerson: [{ user: BEN }],
  });
});

test('whoever has fewer alerts than many others has their numbers too', async () => {
  await db.sql(`
    insert into lead_bot.alerts (account_key, status, owner, claimed_at)
    select 'a' || n || '-' || k || '.example', 'claimed', 'U0AE' || n, now()
      from generate_series(1, 30) n cross join generate_series(1, 31 - n) k`);
  const { byPerson } = await stats(30);
  expect(byPerson).toHaveLength(30);
  expect(byPerson.at(-1)).toMatchObject({ user: 'U0AE30', tally: { alerts: 1 } });
});

test('of more than a hundred people, those with the most alerts have numbers', async () => {
  await db.sql(`
    insert into lead_bot.alerts (account_key, status, owner, claimed_at)
    select 'a' || n || '-' || k || '.example', 'claimed', 'U0AE' || n, now()
      from generate_series(1, 101) n cross join generate_series(1, case when n > 1 then 2 else 1 end) k`);
  const { byPerson } = await stats(30);
  expect(byPerson).toHaveLength(100);
  expect(byPerson.map(({ user }) => user)).not.toContain('U0AE1');
});

test('what is undone never happened', async () => {
  await db.poll();
  const id = await anAlert('Undone');
  await alerts.claim(id, ANNA);
  await undo(id, ANNA);
  expect(await noted(id)).toEqual(NOTHING_NOTED);
  expect((await stats(7)).all).toEqual({ ...NONE, alerts: 1 });
  await alerts.claim(id, ANNA);
  await alerts.contact(id, ANNA, 'call', '');
  await undo(id, ANNA);
  expect(await noted(id)).toEqual({ ...NOTHING_NOTED, claimed: true });
  await alerts.release(id, ANNA);
  await undo(id, ANNA);
  expect(await noted(id)).toEqual({ ...NOTHING_NOTED, claimed: true });
});

test('a second touch is not the first one', async () => {
  await db.poll();
  const id = await anAlert('Touched');
  await alerts.claim(id, ANNA);
  await alerts.contact(id, ANNA, 'call', '');
  await timed(id, 60, 600);
  await alerts.contact(id, ANNA, 'email', '');
  expect((await stats(7)).all.toContact).toEqual({ median: 600, p90: 600 });
});

test('an alert from the very start of the period counts in all figures or in none', async () => {
  const id = await anAlert('Acme');
  await db.sql('begin');
  try {
    await openedAgo(id, '30 days');
    const [counted] = await db.sql<{ alerts: number; by_score: number }>(
      `select (s.stats #>> '{all,alerts}')::int as alerts,
              (select coalesce(sum((b.value ->> 'alerts')::int), 0)::int
                 from jsonb_array_elements(s.stats -> 'by_score') b) as by_score
         from (select public.lead_bot_stats(30) as stats) s`,
    );
    expect(counted?.by_score).toBe(counted?.alerts);
  } finally {
    await db.sql('rollback');
  }
});

test('two alerts that turn out to be of one company count once', async () => {
  await db.poll();
  const [one, other] = [await anAlert('One'), await anAlert('Other')];
  await alerts.claim(one, ANNA);
  await alerts.claim(other, BEN);
  await db.sql(`select lead_bot.merge_alerts($1, $2, 'one.example')`, [one, other]);
  expect(await stats(7)).toMatchObject({ all: { alerts: 1, claimed: 1 } });
  expect((await stats(7)).byPerson).toHaveLength(1);
});

const deadlines = (on: object) =>
  db.database.call('lead_bot_set_deadlines', { p_on: on }, z.unknown());
const due = (id: string, at: string) =>
  db.sql('update lead_bot.alerts set due_at = now() + $2::interval where id = $1', [id, at]);

test('without deadlines nothing is in time, or late', async () => {
  await db.poll();
  const id = await anAlert('Free');
  await alerts.claim(id, ANNA);
  await alerts.contact(id, ANNA, 'call', '');
  expect(await stats(7)).toMatchObject({ all: { claimedInTime: null, contactedInTime: null } });
});

test('whether a claim was in time shows at its deadline, also without one', async () => {
  await db.poll();
  await deadlines({ claim: true });
  // Within the first minute or so, before the bot has looked at it.
  await alerts.claim(await anAlert('Fast'), ANNA);
  const inTime = await anAlert('Timely');
  await due(inTime, '1 minute');
  await alerts.claim(inTime, ANNA);
  const late = await anAlert('Late');
  await due(late, '-1 second');
  await alerts.claim(late, ANNA);
  const never = await anAlert('Never');
  await due(never, '-1 second');
  const waiting = await anAlert('Waiting');
  await due(waiting, '1 minute');
  expect((await stats(7)).all.claimedInTime).toEqual({ of: 4, inTime: 2 });
  await undo(late, ANNA);
  expect(await noted(late)).toEqual(NOTHING_NOTED);
});

test('once a deadline has passed, a lead that cools or is claimed later stays late', async () => {
  await db.poll();
  await deadlines({ claim: true });
  const cooled = await anAlert('Cooled');
  await due(cooled, '-1 second');
  await db.sql('update lead_bot.alerts set cooling_since = now() where id = $1', [cooled]);
  await db.sql('update lead_bot.alerts set due_at = null where id = $1', [cooled]);
  expect((await stats(7)).all.claimedInTime).toEqual({ of: 1, inTime: 0 });
  await alerts.claim(cooled, ANNA);
  expect((await stats(7)).all.claimedInTime).toEqual({ of: 1, inTime: 0 });
});

test('a contact is in time if no owner missed their deadline', async () => {
  await db.poll();
  await deadlines({ contact: true });
  const inTime = await anAlert('Timely');
  await alerts.claim(inTime, ANNA);
  await due(inTime, '1 minute');
  await alerts.contact(inTime, ANNA, 'call', '');
  const returned = await anAlert('Returned');
  await alerts.claim(returned, ANNA);
  await due(returned, '-1 second');
  await alerts.release(returned, ANNA);
  await alerts.claim(returned, BEN);
  await due(returned, '1 minute');
  await alerts.contact(returned, BEN, 'call', '');
  const overdue = await anAlert('Overdue');
  await alerts.claim(overdue, BEN);
  await due(overdue, '-1 second');
  expect((await stats(7)).all.contactedInTime).toEqual({ of: 3, inTime: 1 });
});

test('of alerts from before this was noted, times are unknown and not guessed', async () => {
  await db.poll();
  await deadlines({ claim: true, contact: true });
  const id = await anAlert('Before');
  await db.sql('update lead_bot.alerts set reasons = null, opened_score = null where id = $1', [
    id,
  ]);
  await due(id, '-1 second');
  await alerts.claim(id, ANNA);
  await alerts.contact(id, ANNA, 'call', '');
  const report = await stats(7);
  expect(report.all).toEqual({ ...NONE, alerts: 1, claimed: 1, contacted: 1 });
  expect(report).toMatchObject({ bySignal: [], byScore: [] });
});

const addSignal = (domain: string, type: string, strength = 'high') =>
  db.sql(
    `insert into public.expansion_signals (company_domain, signal_type, signal_title, signal_strength)
     values ($1, $2, 'Title', $3)`,
    [domain, type, strength],
  );

/** A company with these signals, before it turns hot. */
async function withSignals(company: string, signals: readonly [string, string?][], score = 85) {
  const domain = `${company.toLowerCase()}.example`;
  await db.sql('insert into public.company_enrichment (domain, company_name) values ($1, $2)', [
    domain,
    company,
  ]);
  for (const [type, strength] of signals) await addSignal(domain, type, strength);
  return anAlert(company, score);
}

test('says which signals and which scores were wrong', async () => {
  await db.poll();
  await withSignals('Right', [['funding'], ['Hiring', 'medium'], ['news', 'low']]);
  const wrong = await withSignals('Wrong', [['hiring'], ['hiring']], 97);
  await alerts.notAFit(wrong, ANNA, 'too-small', '', 1_000_000);
  const report = await stats(7);
  // API calls of all leads here have doubled.
  expect(report.bySignal).toEqual([
    { signal: 'api growth', alerts: 2, notAFit: 1 },
    { signal: 'hiring', alerts: 2, notAFit: 1 },
    { signal: 'funding', alerts: 1, notAFit: 0 },
  ]);
  expect(report.byScore).toEqual([
    { from: 85, alerts: 1, notAFit: 0 },
    { from: 95, alerts: 1, notAFit: 1 },
  ]);
});

test('what spoke for an alert stays as it was when it opened', async () => {
  await db.poll();
  await withSignals('Early', [['funding']]);
  await addSignal('early.example', 'layoffs');
  await db.sweep();
  const { bySignal } = await stats(7);
  expect(bySignal.map(({ signal }) => signal)).toEqual(['api growth', 'funding']);
});

test('signals that are long, many, or contain a comma are bounded words', async () => {
  await db.poll();
  const many = Array.from({ length: 12 }, (_, n): [string] => [`type ${n}`]);
  await withSignals('Many', [['a,b'], [`long ${'x'.repeat(200)}`], ...many]);
  const [row] = await db.sql<{ reasons: string }>('select reasons from lead_bot.alerts');
  const words = row?.reasons.split(', ') ?? [];
  expect(words).toHaveLength(9);
  expect(Math.max(...words.map(({ length }) => length))).toBeLessThanOrEqual(40);
  expect(words).toContain('a b');
});

test('a signal without a type is no reason', async () => {
  await db.poll();
  await withSignals('Blank', [[''], [' , '], ['news']]);
  const { bySignal } = await stats(7);
  expect(bySignal.map(({ signal }) => signal)).toEqual(['api growth', 'news']);
});

test.each([
  'alter table public.expansion_signals rename to signals_of_old',
  'alter table public.expansion_signals rename column signal_type to kind',
])('alerts open whatever the owner does to the signals: %s', async (change) => {
  await db.poll();
  await db.sql('begin');
  try {
    await db.sql(change);
    await db.sql(
      `select lead_bot.signal_types(array[gen_random_uuid()], array['acme.example']) as types`,
    );
  } finally {
    await db.sql('rollback');
  }
});

test('members of some channels get the numbers of these', async () => {
  await db.poll();
  const [here, there] = [await anAlert('Here'), await anAlert('There')];
  await db.sql(`update lead_bot.alerts set channel = 'C0OTHER' where id = $1`, [there]);
  await alerts.claim(here, ANNA);
  await alerts.claim(there, BEN);
  const both = await stats(7);
  expect(both.byChannel.map(({ channel, tally }) => [channel, tally.alerts])).toEqual([
    [CHANNEL, 1],
    ['C0OTHER', 1],
  ]);
  const some = await stats(7, ['C0OTHER']);
  expect(some.all.alerts).toBe(1);
  expect(some.byChannel).toEqual([]);
  expect(some.byPerson.map(({ user }) => user)).toEqual([BEN]);
  expect(await stats(7, [])).toMatchObject({ all: { alerts: 0 } });
});

test('every lead that turned hot is accounted for beside the alerts', async () => {
  await db.poll();
  await anAlert('One');
  await addLead(db, { company: 'One', domain: 'one.example' });
  await db.poll();
  const { crossings } = await stats(7);
  expect(Object.values(crossings).reduce((sum, n) => sum + n, 0)).toBe(2);
});

test('a role for reports reads the views, with the same numbers, and nothing else', async () => {
  await db.poll();
  const id = await withSignals('Seen', [['funding']]);
  await alerts.claim(id, ANNA);
  await timed(id, 600);
  await db.sql(`
    create role stats_reader login password 'reports';
    grant usage on schema lead_bot to stats_reader;
    grant select on lead_bot.alert_facts, lead_bot.alert_reasons to stats_reader`);
  const url = new URL(db.adminUrl);
  url.username = 'stats_reader';
  url.password = 'reports';
  const reader = new pg.Client({ connectionString: url.href });
  await reader.connect();
  try {
    const { rows } = await reader.query(
      `select company, channel, was_claimed, seconds_to_claim, score_band from lead_bot.alert_facts`,
    );
    expect(rows).toEqual([
      {
        company: 'seen.example',
        channel: CHANNEL,
        was_claimed: true,
        seconds_to_claim: 600,
        score_band: 85,
      },
    ]);
    expect((await reader.query('select reason from lead_bot.alert_reasons')).rows).toEqual([
      { reason: 'api growth' },
      { reason: 'funding' },
    ]);
    await expect(reader.query('select from lead_bot.alerts')).rejects.toThrow('permission denied');
    await expect(reader.query('select from lead_bot.alert_leads')).rejects.toThrow(
      'permission denied',
    );
  } finally {
    await reader.end();
    await db.sql('drop owned by stats_reader; drop role stats_reader');
  }
});

test('new blocks that Slack has refused are tried again after a day', async () => {
  const newBlocks = supabaseNewBlocks(db.database);
  expect(await newBlocks.areTaken()).toBe(true);
  await newBlocks.noteRefusal();
  expect(await newBlocks.areTaken()).toBe(false);
  await db.sql(
    `update lead_bot.poll_state set new_blocks_refused_at = new_blocks_refused_at - interval '25 hours'`,
  );
  expect(await newBlocks.areTaken()).toBe(true);
  await newBlocks.noteRefusal();
  expect(await newBlocks.areTaken()).toBe(false);
});
