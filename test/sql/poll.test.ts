import { expect, onTestFinished, test } from 'vitest';
import { byNameAlone } from '../../src/core/command.ts';
import { botDatabase, CHANNEL, POLICY } from '../support/bot-database.ts';
import { addLead, rescore } from '../support/leads.ts';
import { outboxStage } from '../support/outbox-stage.ts';

const db = await botDatabase();
const { alerts, polls } = db;
const { takeOne, shown, later } = outboxStage(db);

const messages = () =>
  db.sql<{ kind: string; channel: string; alerts: number; payload: Record<string, unknown> }>(
    `select m.kind, m.channel, m.payload,
            (select count(*)::int from lead_bot.message_alerts a where a.message_id = m.id) as alerts
       from lead_bot.messages m order by m.created_at, m.kind, m.id`,
  );
const kinds = async () => (await messages()).map((message) => message.kind);

/** Polls once while no lead is hot. */
const begin = () => db.poll();

test('a lead that turns hot opens one alert with one card in ALERT_CHANNEL', async () => {
  await begin();
  const id = await addLead(db, { score: 62 });
  expect(await db.poll()).toBeNull();
  await rescore(db, id, 85);
  expect(await db.poll()).toMatchObject({ opened: 1, joined: 0, left: 0, cooled: 0 });

  expect(await messages()).toMatchObject([{ kind: 'card', channel: CHANNEL, alerts: 1 }]);
  const picture = await alerts.find(await db.onlyAlert());
  expect(picture).toMatchObject({
    alert: { status: 'open', accountKey: 'acme.example', owner: null },
    account: { name: 'Acme', leads: [{ developerId: id, totalScore: 85 }] },
    past: null,
  });
});

test('the alert shows what the lead looked like before it turned hot', async () => {
  await begin();
  const id = await addLead(db, { score: 62 });
  await rescore(db, id, 71);
  await rescore(db, id, 85);
  await db.poll();
  const picture = await alerts.find(await db.onlyAlert());
  expect(picture?.account.leads[0]?.before).toMatchObject({
    totalScore: 71,
    tier: 'warm',
    components: { company: 71, usage: 71, expansion: 71, champion: 71, timing: 71 },
  });
});

test('a poll with nothing new records nothing', async () => {
  await addLead(db);
  await db.poll();
  expect(await db.poll()).toBeNull();
  expect(await kinds()).toEqual(['card']);
});

test("a second developer joins the company's alert, with a notice in the card's thread", async () => {
  await begin();
  await addLead(db, { name: 'Ada' });
  await db.poll();
  const id = await db.onlyAlert();
  await addLead(db, { name: 'Grace', score: 91 });
  const summary = await db.poll();

  expect(summary).toMatchObject({ opened: 0, joined: 1 });
  const [notice] = await db.sql(
    `select n.kind, n.payload, p.dedupe_key = 'card:' || $1::text as under_the_card
       from lead_bot.messages n join lead_bot.messages p on p.id = n.parent_id`,
    [id],
  );
  expect(notice).toEqual({
    kind: 'notice',
    payload: { kind: 'joined', who: 'Grace', score: 91, others: 0 },
    under_the_card: true,
  });
  const picture = await alerts.find(id);
  expect(picture?.account.leads.map((lead) => lead.championName)).toEqual(['Grace', 'Ada']);
  expect(picture?.events.map((event) => [event.kind, event.detail])).toEqual([
    ['opened', 'Ada'],
    ['joined', 'Grace'],
  ]);
});

test('a notice falls back to the address if the name is blank', async () => {
  await begin();
  await addLead(db);
  await db.poll();
  await addLead(db, { name: '\u115f\u3164\u{e0041} ', email: 'grace@acme.example' });
  await db.poll();
  const [notice] = await db.sql(
    `select payload ->> 'who' as who from lead_bot.messages where kind = 'notice'`,
  );
  expect(notice).toEqual({ who: 'grace@acme.example' });
});

test('a notice names nobody while the view has no names', async () => {
  await begin();
  await addLead(db);
  await db.poll();
  await db.sql('alter view public.lead_dashboard rename column champion_name to person');
  onTestFinished(async () => {
    await db.sql('alter view public.lead_dashboard rename column person to champion_name');
  });
  await addLead(db, { name: 'Grace' });
  expect(await db.poll()).toMatchObject({ joined: 1 });
  const [notice] = await db.sql(
    `select payload ->> 'who' as who from lead_bot.messages where kind = 'notice'`,
  );
  expect(notice).toEqual({ who: 'A developer' });
});

test('developers of one company who turn hot together share a card, without a notice', async () => {
  await begin();
  await addLead(db, { name: 'Ada' });
  await addLead(db, { name: 'Grace', domain: 'acme.example' });
  await db.poll();
  await db.onlyAlert();
  expect(await kinds()).toEqual(['card']);
});

test('a company is one account however its domain is spelled', async () => {
  await begin();
  await addLead(db, { domain: 'Acme.Example' });
  await addLead(db, { domain: 'acme.example' });
  await db.poll();
  const picture = await alerts.find(await db.onlyAlert());
  expect(picture?.account).toMatchObject({
    key: 'acme.example',
    domain: 'acme.example',
    name: 'Acme',
  });
  expect(picture?.account.leads).toHaveLength(2);
});

test('five spellings of a domain make one account with one card, whichever way leads enter', async () => {
  await begin();
  const spelled = [
    'globex.example',
    'www.globex.example',
    'https://globex.example',
    'globex.example ',
    'globex.example/',
  ];
  for (const domain of spelled) await addLead(db, { domain, company: 'Globex' });
  expect(await db.poll()).toMatchObject({ opened: 1, joined: 4 });
  await addLead(db, { domain: 'GLOBEX.example.', company: null });
  expect(await db.poll()).toMatchObject({ opened: 0, joined: 1 });
  const { account } = (await alerts.find(await db.onlyAlert())) ?? {};
  expect(account).toMatchObject({
    key: 'globex.example',
    domain: 'globex.example',
    name: 'Globex',
  });
  expect(account?.leads).toHaveLength(6);
  expect(await kinds()).toEqual(['card', 'notice']);
});

test('an internationalized domain is one account in Unicode and in Punycode', async () => {
  await begin();
  await addLead(db, { domain: 'münchen.example', email: 'ada@mail.example' });
  await addLead(db, { domain: 'xn--mnchen-3ya.example', email: 'ben@mail.example' });
  expect(await db.poll()).toMatchObject({ opened: 1 });
});

test.each([null, '', 'n/a', 'gmail.com', `${'a'.repeat(254)}.example`])(
  'leads with the domain %j belong to the domain of their address',
  async (domain) => {
    await begin();
    await addLead(db, { domain, company: null, name: 'Ada', email: 'ada@newco.example' });
    await addLead(db, { domain, company: null, name: 'Grace', email: 'Grace@NewCo.Example' });
    expect(await db.poll()).toMatchObject({ opened: 1, joined: 1 });
    const { account } = (await alerts.find(await db.onlyAlert())) ?? {};
    expect(account).toMatchObject({ key: 'newco.example', domain: 'newco.example' });
    expect(account?.leads.map((lead) => lead.championName).sort()).toEqual(['Ada', 'Grace']);
  },
);

test('a company known only by addresses gets its name and details from enrichment', async () => {
  await begin();
  await db.sql(`insert into public.company_enrichment (domain, company_name, linkedin_url)
      values ('newco.example', 'NewCo', 'https://www.linkedin.com/company/newco');
    insert into public.stakeholders (company_domain, full_name, is_decision_maker, linkedin_url)
      values ('newco.example', 'Max Decider', true, 'https://www.linkedin.com/in/max');
    insert into public.expansion_signals (company_domain, signal_type, signal_title) values ('newco.example', 'news', 'Grows')`);
  await addLead(db, { domain: null, email: 'ada@newco.example' });
  await db.poll();
  expect((await alerts.find(await db.onlyAlert()))?.account).toMatchObject({
    name: 'NewCo',
    linkedinUrl: 'https://www.linkedin.com/company/newco',
    stakeholders: [{ fullName: 'Max Decider', linkedinUrl: 'https://www.linkedin.com/in/max' }],
    signals: [{ title: 'Grows' }],
  });
});

test.each([
  ['ADA@GMAIL.COM', null],
  ['Bob@Gmail.com', 'Gmail.com'],
  ['ada@gmx.de', null],
  ['ada@gmx.de', 'https://www.GMX.de/'],
  ['ada@localhost', null],
  ['ada@googlemail.com', 'gmail.com'],
])('%s with the domain %j has no company and gets no card', async (email, domain) => {
  await begin();
  const id = await addLead(db, { domain, company: null, email });
  await addLead(db, { domain, company: null, email: `x${email}` });
  expect(await db.poll()).toBeNull();
  expect(await db.sweep()).toBeNull();
  expect(await db.sql('select * from lead_bot.lead_marks')).toEqual([]);
  expect(await db.alertIds()).toEqual([]);
  const key = `lead:${id}`;
  expect(await alerts.lookup({ ...byNameAlone(''), emails: [email] })).toMatchObject({
    kind: 'found',
    picture: { account: { key, domain: null, name: email } },
  });
});

test('a sweep that finds more than 2,000 leads is over only with the next one', async () => {
  await db.sql(
    `with crowd as (
       insert into public.developer_signups (email, company_domain)
       select 'lead@c' || n || '.example', 'c' || n || '.example' from generate_series(1, 2001) n returning id
     ), usage as (
       insert into public.internal_signals (developer_id) select id from crowd
     )
     insert into public.lead_scores
       (developer_id, company_score, usage_score, expansion_score, champion_score, timing_score)
     select id, 85, 85, 85, 85, 85 from crowd`,
  );
  await db.sql('delete from lead_bot.lead_marks where true');
  for (const [found, isOver] of [
    [2_000, false],
    [1, true],
  ]) {
    expect(await polls.sweep()).toMatchObject({ swept: true, found });
    expect(await polls.changes(POLICY)).toMatchObject({ swept: isOver, sweepDue: !isOver });
  }
});

test('a sweep finds no lead whose long address ends without a company', async () => {
  // A sweep first reads 2,000 characters, which look like one of Acme's.
  const email = `ada@acme.example${' '.repeat(2_000)}@localhost`;
  await addLead(db, { domain: null, email });
  await db.sql('delete from lead_bot.lead_marks where true');
  expect(await polls.sweep()).toMatchObject({ swept: true, found: 0 });
  expect(await db.sql('select from lead_bot.lead_marks')).toEqual([]);
});

test("a personal address with a company domain gets that company's card", async () => {
  await begin();
  await addLead(db, { email: 'ada@gmx.de', domain: 'acme.example' });
  await addLead(db, { email: 'ADA@GMAIL.COM', domain: 'Acme.example' });
  expect(await db.poll()).toMatchObject({ opened: 1, joined: 1 });
});

test('a domain marked as a company by hand is one, whatever the list says', async () => {
  await begin();
  const BY_HAND = `update lead_bot.mail_providers set gives_addresses = $1, by_hand = not $1 where domain = 'gmx.de'`;
  await db.sql(BY_HAND, [false]);
  onTestFinished(async () => {
    await db.sql(BY_HAND, [true]);
  });
  await addLead(db, { email: 'ada@gmx.de', domain: null });
  expect(await db.poll()).toMatchObject({ opened: 1 });
});

test('only developers in the view are leads, and those who drop out leave', async () => {
  await begin();
  const { definition } =
    (await db.sql(`select pg_get_viewdef('public.lead_dashboard'::regclass) as definition`))[0] ??
    {};
  const view = (where: string) =>
    db.sql(`create or replace view public.lead_dashboard with (security_invoker = on) as
              select * from (${String(definition).replace(/;\s*$/, '')}) v ${where}`);
  await view(`where company_domain is distinct from 'customer.example'`);
  onTestFinished(async () => {
    await view('');
  });
  await addLead(db, { domain: 'customer.example' });
  const prospect = await addLead(db, { domain: 'prospect.example' });
  expect(await db.poll()).toMatchObject({ opened: 1 });
  expect(await db.sweep()).toBeNull();
  const picture = await alerts.find(await db.onlyAlert());
  expect(picture?.account.leads).toMatchObject([{ developerId: prospect }]);

  await view(`where company_domain is distinct from 'prospect.example'`);
  expect(await db.sweep()).toMatchObject({ opened: 1 });
  await db.age('51 seconds');
  expect(await db.sweep()).toMatchObject({ left: 1 });
});

test('developers with a personal address never enter', async () => {
  await begin();
  await addLead(db, { email: 'ada@gmail.com' });
  expect(await db.poll()).toBeNull();
  expect(await db.alertIds()).toEqual([]);
});

test('several usage rows are one lead with the newest figures', async () => {
  await begin();
  const id = await addLead(db);
  await db.sql(
    `insert into public.internal_signals (developer_id, api_calls_30d, captured_at)
     values ($1, 7777, now() + interval '1 s'), ($1, 1, now() - interval '9 days'), ($1, 2, null)`,
    [id],
  );
  await db.poll();
  const picture = await alerts.find(await db.onlyAlert());
  expect(picture?.account.leads).toMatchObject([{ developerId: id, apiCalls30d: 7777 }]);
});

test.each([
  ['employee_count', 'employee_count = -5'],
  ['tech_stack', `tech_stack = '"React"'`],
  ['tech_stack', `tech_stack = '{"a": 1}'`],
])("a hot lead enters without a %s that doesn't parse", async (field, set) => {
  await begin();
  const odd = await addLead(db, { domain: 'odd.example' });
  await db.sql(`update public.company_enrichment set ${set} where domain = 'odd.example'`);
  const changes = await polls.changes(POLICY);
  expect(changes.malformed).toMatchObject([
    { developerId: odd, setAside: false, problems: [{ field }] },
  ]);
  expect(await db.poll()).toMatchObject({ opened: 1 });
  expect((await db.outbox.take(1, 60_000)).unreadable).toEqual([]);
});

test('reads a tech stack of objects by their names', async () => {
  await begin();
  await addLead(db, { domain: 'odd.example' });
  await db.sql(`update public.company_enrichment set tech_stack = '[{"name": "React"}, "AWS"]'`);
  const changes = await polls.changes(POLICY);
  expect(changes.malformed).toEqual([]);
  expect(changes.entering[0]?.lead.techStack).toEqual(['React', 'AWS']);
});

test('the first run puts the hot leads into one roll-up, best first', async () => {
  for (const [i, score] of [82, 95, 88].entries()) {
    await addLead(db, { domain: `d${i}.example`, company: `D${score}`, score });
  }
  expect((await polls.changes(POLICY)).firstRun).toBe(true);
  await db.poll({ firstRun: 'rollup' });
  expect(await messages()).toMatchObject([
    { kind: 'rollup', alerts: 3, payload: { reason: 'first-run', total: 3 } },
  ]);
  const { deliveries } = await db.outbox.take(5, 60_000);
  expect(deliveries[0]?.content).toMatchObject({
    kind: 'rollup',
    rollup: {
      reason: 'first-run',
      alerts: [
        { account: { name: 'D95' } },
        { account: { name: 'D88' } },
        { account: { name: 'D82' } },
      ],
    },
  });
  expect((await polls.changes(POLICY)).firstRun).toBe(false);
});

test('joining many alerts without cards makes no more cards than new companies would', async () => {
  for (let i = 0; i < 4; i++) await addLead(db, { domain: `d${i}.example` });
  await db.poll({ firstRun: 'rollup' });
  for (let i = 0; i < 4; i++) await addLead(db, { domain: `d${i}.example` });
  expect(await db.poll({ maxCardsPerPoll: 1 })).toMatchObject({ joined: 4 });
  expect(await kinds()).toEqual(['rollup', 'card']);
});

test('a storm of colleagues after a silent first run is shown in a roll-up', async () => {
  for (let i = 0; i < 4; i++) await addLead(db, { domain: `d${i}.example` });
  await db.poll({ firstRun: 'silent' });
  for (let i = 0; i < 4; i++) await addLead(db, { domain: `d${i}.example` });
  await db.poll({ maxCardsPerPoll: 1 });
  expect((await messages()).map(({ kind, alerts }) => [kind, alerts]).sort()).toEqual([
    ['card', 1],
    ['rollup', 3],
  ]);
});

test('a storm of colleagues makes one reply and a roll-up, and a reply that waits takes in more', async () => {
  await begin();
  for (const domain of ['one.example', 'two.example']) {
    await addLead(db, { domain });
    await db.poll();
    await shown(await takeOne());
    await later('1 minute');
  }
  await db.age('1 minute');
  await addLead(db, { domain: 'one.example', score: 95 });
  await addLead(db, { domain: 'two.example' });
  await db.poll({ maxCardsPerPoll: 1 });
  const news = async () =>
    (await messages())
      .filter(({ kind }) => kind !== 'card')
      .map(({ kind, alerts, payload }) => [kind, alerts, payload['others']])
      .sort();
  expect(await news()).toEqual([
    ['notice', 0, 0],
    ['rollup', 1, undefined],
  ]);
  await addLead(db, { domain: 'one.example' });
  await db.poll({ maxCardsPerPoll: 1 });
  expect(await news()).toEqual([
    ['notice', 0, 1],
    ['rollup', 1, undefined],
  ]);
});

test('a roll-up counts no cards that are more than a minute old', async () => {
  await begin();
  await addLead(db, { domain: 'one.example' });
  await db.poll({ maxCardsPerPoll: 1 });
  await alerts.claim(await db.onlyAlert(), 'U1');
  await db.age('90 seconds');
  await addLead(db, { domain: 'one.example', score: 95 });
  await addLead(db, { domain: 'two.example' });
  await db.poll({ maxCardsPerPoll: 1 });
  expect(await kinds()).toEqual(['card', 'rollup']);
  await addLead(db, { domain: 'three.example' });
  await db.poll({ maxCardsPerPoll: 1 });
  expect(await kinds()).toEqual(['card', 'rollup', 'card']);
});

test('colleagues who join an alert without a card together count as one card', async () => {
  await addLead(db, { domain: 'd.example' });
  await db.poll({ firstRun: 'silent' });
  for (let i = 0; i < 3; i++) await addLead(db, { domain: 'd.example' });
  await db.poll({ maxCardsPerPoll: 2 });
  await addLead(db, { domain: 'new.example' });
  await db.poll({ maxCardsPerPoll: 2 });
  expect(await kinds()).toEqual(['card', 'card']);
});

test('a first run larger than one call counts as one first run', async () => {
  for (let i = 0; i < 5; i++) await addLead(db, { domain: `d${i}.example` });
  for (const unfinished of [true, true, false]) {
    const rows = await db.sql<{
      changes: { entered: { developer_id: string }[]; marks: number[]; more: boolean };
    }>('select public.lead_bot_changes(86400, 2) as changes');
    const [row] = rows;
    if (row === undefined) throw new Error('no answer');
    expect(row.changes).toMatchObject({ first_run: true, more: unfinished });
    const entries = row.changes.entered.map(({ developer_id }) => ({
      developerId: developer_id,
      show: 'none' as const,
    }));
    const { marks } = row.changes;
    await polls.record({ entries, rollupReason: 'first-run', unfinished, marks }, POLICY);
    expect((await alerts.hot(9)).alerts.every(({ alert }) => alert.hotAtFirstPoll)).toBe(true);
  }
  expect(await db.poll()).toBeNull();
  expect(await kinds()).toEqual([]);
  const { alerts: hot } = await alerts.hot(9);
  expect(hot.map(({ alert }) => alert.hotAtFirstPoll)).toEqual(Array(5).fill(true));
});

test('an impossible score takes no slot from a valid one', async () => {
  await begin();
  await addLead(db, { domain: 'broken.example', score: 244 });
  await addLead(db, { domain: 'fine.example', score: 81 });
  const [row] = await db.sql<{ changes: { entered: { company_domain: string }[] } }>(
    'select public.lead_bot_changes(86400, 1) as changes',
  );
  expect(row?.changes.entered).toMatchObject([{ company_domain: 'fine.example' }]);
});

test('a poll gets no more than 200 leads at once, even if an older bot asks for 5,000', async () => {
  await db.sql(
    `insert into lead_bot.lead_marks (developer_id, hot, score)
     select gen_random_uuid(), true, '85' from generate_series(1, 201)`,
  );
  const [row] = await db.sql<{ changes: { marks: number[]; more: boolean } }>(
    'select public.lead_bot_changes(86400, 5000) as changes',
  );
  expect(row?.changes.marks.length).toBeLessThanOrEqual(200);
  expect(row?.changes.more).toBe(true);
});

test('only alerts of the first poll are marked as hot at the first run', async () => {
  await addLead(db, { domain: 'early.example' });
  await db.poll({ firstRun: 'rollup' });
  await addLead(db, { domain: 'later.example' });
  await db.poll();
  const { alerts: hot } = await alerts.hot(5);
  const early = hot.map(({ alert }) => [alert.accountKey, alert.hotAtFirstPoll]);
  expect(Object.fromEntries(early)).toEqual({ 'early.example': true, 'later.example': false });
});

test('a silent first run records the hot leads and posts nothing', async () => {
  await addLead(db);
  await db.poll({ firstRun: 'silent' });
  expect(await kinds()).toEqual([]);
  expect(await alerts.hot(5)).toMatchObject({ total: 1 });
});

test.each([
  ['silent', ['card']],
  ['rollup', ['rollup', 'card']],
  ['cards', ['card', 'card']],
] as const)(
  'with FIRST_RUN=%s a lead that turns hot while two bots start gets its card',
  async (firstRun, expected) => {
    const policy = { ...POLICY, firstRun };
    await addLead(db, { domain: 'early.example' });
    await polls.sweep();
    const earlier = await db.plan(policy);
    await addLead(db, { domain: 'later.example' });
    const later = await db.plan(policy);
    await polls.record(earlier, policy);
    await polls.record(later, policy);
    await db.poll(policy);
    expect(await kinds()).toEqual(expected);
    const { alerts: hot } = await alerts.hot(5);
    const early = hot.map(({ alert }) => [alert.accountKey, alert.hotAtFirstPoll]);
    expect(Object.fromEntries(early)).toEqual({ 'early.example': true, 'later.example': false });
  },
);

test('a first run without hot leads is recorded, so the next lead gets its card', async () => {
  await db.poll({ firstRun: 'silent' });
  await addLead(db);
  await db.poll({ firstRun: 'silent' });
  expect(await kinds()).toEqual(['card']);
});

test('a colleague who joins an alert of a roll-up gets it a card', async () => {
  await addLead(db);
  await db.poll({ firstRun: 'rollup' });
  await addLead(db, { name: 'Grace' });
  expect(await db.poll()).toMatchObject({ joined: 1 });
  expect(await kinds()).toEqual(['rollup', 'card']);
});

test('a poll reads of each entering lead whether its company has an open alert, and a card', async () => {
  await begin();
  await addLead(db, { domain: 'card.example' });
  await db.poll();
  await addLead(db, { domain: 'row.example' });
  await db.poll({ maxCardsPerPoll: 0 });
  for (const name of ['card', 'row', 'new']) await addLead(db, { domain: `${name}.example` });
  const { entering } = await polls.changes(POLICY);
  // Bots of an older version count the cards of a poll by it.
  expect(
    Object.fromEntries(entering.map(({ accountKey, openAlert }) => [accountKey, openAlert])),
  ).toEqual({
    'card.example': 'with-card',
    'row.example': 'without-card',
    'new.example': 'none',
  });
});

test('recording a plan twice makes one alert and one card', async () => {
  await begin();
  await addLead(db);
  await addLead(db, { name: 'Grace' });
  const plan = await db.plan();
  expect(await polls.record(plan, POLICY)).toMatchObject({ opened: 1, joined: 1 });
  expect(await polls.record(plan, POLICY)).toMatchObject({ opened: 0, joined: 0 });
  await db.onlyAlert();
  expect(await kinds()).toEqual(['card']);
});

test('two replicas recording the same plan make one alert and one card', async () => {
  await begin();
  for (let i = 0; i < 5; i++) await addLead(db, { domain: `d${i}.example` });
  const plan = await db.plan();
  const summaries = await Promise.all([polls.record(plan, POLICY), polls.record(plan, POLICY)]);
  expect(summaries.map((summary) => summary.opened).sort()).toEqual([0, 5]);
  expect(await kinds()).toEqual(Array(5).fill('card'));
});

test('two replicas joining the same colleague post one notice', async () => {
  await begin();
  await addLead(db);
  await db.poll();
  await addLead(db, { name: 'Grace' });
  const plan = await db.plan();
  await Promise.all([polls.record(plan, POLICY), polls.record(plan, POLICY)]);
  expect((await kinds()).sort()).toEqual(['card', 'notice']);
});

test('a silent first run says nothing under a card that is already there', async () => {
  await begin();
  await addLead(db);
  await db.poll();
  await db.sql('update lead_bot.poll_state set first_poll_at = null');
  await addLead(db, { name: 'Grace' });
  expect(await db.poll({ firstRun: 'silent' })).toMatchObject({ joined: 1 });
  expect(await kinds()).toEqual(['card']);
});

test('a lead that cooled before the plan is recorded does not enter', async () => {
  await begin();
  const id = await addLead(db);
  const plan = await db.plan();
  await rescore(db, id, 50);
  expect(await polls.record(plan, POLICY)).toMatchObject({ opened: 0 });
  expect(await db.alertIds()).toEqual([]);
});
