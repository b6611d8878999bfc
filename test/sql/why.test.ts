import { expect, onTestFinished, test } from 'vitest';
import { supabaseReports } from '../../src/adapters/supabase-reports.ts';
import type { Why, WhyQuery } from '../../src/core/why.ts';
import { botDatabase, CHANNEL } from '../support/bot-database.ts';
import { addLead, rescore } from '../support/leads.ts';

const db = await botDatabase();
const reports = supabaseReports(db.database);

/** What the bot says of a company, which must be known. */
async function why(query: Partial<WhyQuery>, within?: readonly string[]): Promise<Why> {
  const answer = await reports.why({ keys: [], emails: [], ...query }, within);
  if (answer === null) throw new Error('nothing is known');
  return answer;
}
const ofDomain = (domain: string) => why({ keys: [domain] });

test('accounts for a card and a colleague who joined it', async () => {
  await db.poll();
  const ada = await addLead(db, { score: 62, name: 'Ada' });
  const bob = await addLead(db, { score: 62, name: 'Bob' });
  await rescore(db, ada, 90);
  await db.poll();
  await rescore(db, bob, 85);
  await db.poll();
  const answer = await ofDomain('acme.example');
  expect(answer).toMatchObject({
    account: { domain: 'acme.example' },
    current: { alert: { status: 'open' } },
    crossings: [
      { who: 'Bob', score: 85, fate: 'joined' },
      {
        who: 'Ada',
        score: 90,
        fate: 'card',
        message: { kind: 'card', channel: CHANNEL, state: 'pending', postedAt: null },
      },
    ],
    history: [{ score: 90 }],
    waiting: [],
    setAside: [],
    hidden: [],
    hasTrigger: true,
  });
  expect(answer.watchingSince).toBeInstanceOf(Date);
});

test('of several people asked for, it answers about those of one company', async () => {
  await db.poll();
  const ada = await addLead(db, { score: 62, name: 'Ada', email: 'ada@acme.example' });
  const eve = await addLead(db, {
    domain: 'other.example',
    score: 62,
    name: 'Eve',
    email: 'eve@other.example',
  });
  await rescore(db, ada, 90);
  await rescore(db, eve, 85);
  await db.poll();
  await db.sql(`update lead_bot.crossings set alert_id = null, fate = 'unknown'`);
  for (const emails of [
    ['ada@acme.example', 'eve@other.example'],
    ['eve@other.example', 'ada@acme.example'],
  ]) {
    const { account, crossings } = await why({ emails });
    expect(crossings.map(({ who }) => who)).toEqual([
      account.domain === 'acme.example' ? 'Ada' : 'Eve',
    ]);
  }
});

test('says the first 200 characters of a name', async () => {
  await db.poll();
  const name = `Ada ${'Example'.repeat(30)}`;
  await addLead(db, { name });
  await db.poll();
  expect(await ofDomain('acme.example')).toMatchObject({
    crossings: [{ who: name.slice(0, 200) }],
  });
});

test('knows the field that sets a hot lead aside, and that another one waits', async () => {
  await db.poll();
  await addLead(db, {
    domain: 'aside.example',
    email: `${'a'.repeat(400)}@aside.example`,
    name: 'Ada',
  });
  await db.poll();
  expect(await ofDomain('aside.example')).toMatchObject({
    current: null,
    crossings: [{ who: 'Ada', fate: 'set-aside', alertId: null }],
    setAside: [{ who: 'Ada', fields: ['email'] }],
    waiting: [],
  });
  await addLead(db, { domain: 'waits.example', name: 'Bob' });
  expect(await ofDomain('waits.example')).toMatchObject({
    crossings: [],
    waiting: [{ who: 'Bob', score: 85 }],
    setAside: [],
  });
});

test('finds whoever has no company, or is not shown, by their address', async () => {
  await db.poll();
  const eve = await addLead(db, { domain: null, email: 'eve@gmail.com', name: 'Eve', score: 62 });
  await rescore(db, eve, 90);
  await db.sql(`insert into public.developer_signups (email, full_name, company_domain)
                values ('new@hidden.example', 'New', 'hidden.example')`);
  await db.poll();
  expect(await why({ emails: ['EVE@gmail.com'], keys: ['gmail.com'] })).toMatchObject({
    account: { domain: null },
    person: 'Eve',
    crossings: [{ who: 'Eve', score: 90, fate: 'personal' }],
  });
  await db.sql(`delete from public.lead_scores where true`);
  expect(await reports.why({ keys: ['nowhere.example'], emails: ['x@gmail.com'] })).toBeNull();
});

test('tells members of single channels only about companies that stand there', async () => {
  await db.poll();
  await addLead(db);
  await db.poll();
  const query = { keys: ['acme.example'], emails: [] };
  expect(await reports.why(query, ['C0ELSEWHERE'])).toBeNull();
  expect(await reports.why(query, [CHANNEL])).toMatchObject({ crossings: [{ fate: 'card' }] });
});

test('of more than twenty alerts it accounts for the newest twenty', async () => {
  await addLead(db, { score: 50 });
  await db.sql(`
    with closed as (
      insert into lead_bot.alerts (account_key, opened_at, closed_at, status, score)
      select 'acme.example', now() - make_interval(days => n), now() - make_interval(days => n, hours => -1), 'cooled', n
        from generate_series(1, 25) n
      returning id, opened_at, score
    )
    insert into lead_bot.crossings (developer_id, at, score, fate, alert_id)
    select gen_random_uuid(), c.opened_at, c.score, 'card', c.id from closed c`);
  const { crossings } = await ofDomain('acme.example');
  expect(crossings.map(({ score }) => score)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
});

test('tells the newest scores of whoever turned hot very often', async () => {
  const ada = await addLead(db, { score: 50 });
  await db.sql(
    `insert into lead_bot.crossings (developer_id, at, score, fate)
     select $1, now() - make_interval(days => n, hours => 1), 100 - n, 'unknown' from generate_series(1, 25) n`,
    [ada],
  );
  const { history } = await ofDomain('acme.example');
  // The last one is today's.
  const scores = [...Array.from({ length: 19 }, (_, n) => 81 + n), 50];
  expect(history.map(({ score }) => score)).toEqual(scores);
});

test('says until when a company was not a fit', async () => {
  await db.poll();
  const ada = await addLead(db, { score: 62 });
  await rescore(db, ada, 85);
  await db.poll();
  await db.alerts.notAFit(await db.onlyAlert(), 'U1', 'partner', '', 86_400_000);
  await rescore(db, ada, 62);
  await db.poll();
  await rescore(db, ada, 85);
  await db.poll();
  const answer = await ofDomain('acme.example');
  expect(answer.crossings).toMatchObject([
    { fate: 'not-a-fit', until: expect.any(Date) },
    { fate: 'card', until: null },
  ]);
});

test('finds a developer whom lead_dashboard does not show among many colleagues', async () => {
  await db.poll();
  for (let n = 0; n < 30; n++) await addLead(db, { score: 50, name: `Colleague ${n}` });
  const [view] = await db.sql<{ text: string }>(
    `select pg_get_viewdef('public.lead_dashboard'::regclass) as text`,
  );
  const given = view?.text.replace(/;\s*$/, '') ?? '';
  onTestFinished(async () => {
    await db.sql(`create or replace view public.lead_dashboard as ${given}`);
  });
  await db.sql(`create or replace view public.lead_dashboard as
    select * from (${given}) v where v.champion_name is distinct from 'Hidden'`);
  const hidden = await addLead(db, { email: 'hid@acme.example', name: 'Hidden', score: 40 });
  await rescore(db, hidden, 91);
  await db.poll();
  expect(await why({ keys: ['acme.example'], emails: ['hid@acme.example'] })).toMatchObject({
    account: { domain: 'acme.example' },
    hidden: [{ who: 'Hidden', score: 91, isHot: true }],
    crossings: [{ who: 'Hidden', fate: 'not-shown' }],
  });
  await addLead(db);
  await db.poll();
  const limited = await why({ keys: ['acme.example'] }, [CHANNEL]);
  expect(limited.hidden).toEqual([]);
  expect(limited.crossings).toMatchObject([{ fate: 'card' }]);
});

test('after an erasure nothing is left of whom it was about', async () => {
  await db.poll();
  const ada = await addLead(db, { score: 62, name: 'Ada' });
  await rescore(db, ada, 90);
  await db.poll();
  await db.sql(`select lead_bot.erase_leads(array[$1::uuid], null, 'person')`, [ada]);
  expect(await db.sql('select from lead_bot.crossings')).toEqual([]);
  expect(await reports.why({ keys: ['acme.example'], emails: [] })).toBeNull();
});

test('names nobody any more once an alert is scrubbed and the developer gone', async () => {
  await db.poll();
  const ada = await addLead(db, { score: 62, name: 'Ada' });
  await rescore(db, ada, 90);
  await db.poll();
  await rescore(db, ada, 50);
  await db.poll();
  await db.age('2 days');
  await db.poll();
  await db.age('400 days');
  await db.tidy(365);
  await db.sql('delete from public.developer_signups where id = $1', [ada]);
  expect((await ofDomain('acme.example')).crossings).toMatchObject([{ who: null, fate: 'card' }]);
});
