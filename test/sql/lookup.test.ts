import { expect, onTestFinished, test } from 'vitest';
import { byNameAlone, type LookupQuery, parseCommand } from '../../src/core/command.ts';
import type { LookupResult } from '../../src/core/lookup.ts';
import { botDatabase } from '../support/bot-database.ts';
import { addLead, rescore } from '../support/leads.ts';
import { lookupQuery } from '../support/lookup-query.ts';

const db = await botDatabase();
const { alerts } = db;

/** Looks up what an AE typed after `/lead`. */
const lookup = (asked: string): Promise<LookupResult> => alerts.lookup(lookupQuery(asked));

async function companies(): Promise<void> {
  await addLead(db, {
    domain: 'velocitypay.io',
    company: 'VelocityPay',
    email: 'Marcus.Chen@velocitypay.io',
    score: 88,
  });
  await addLead(db, { domain: 'homefront.tech', company: 'HomeFront Technologies', score: 86 });
  await addLead(db, { domain: 'medisync.health', company: 'MediSync', score: 68 });
}

test.each([
  'velocitypay.io',
  'VelocityPay.IO',
  'app.velocitypay.io',
  'a.b.velocitypay.io',
  'https://www.velocitypay.io/pricing?x=1',
  '<http://velocitypay.io|velocitypay.io>',
  'marcus.chen@velocitypay.io',
  '<mailto:marcus.chen@velocitypay.io|marcus.chen@velocitypay.io>',
  'somebody.else@velocitypay.io',
  'VelocityPay',
  'velocitypay',
  'velocity',
  'locitypay',
])('%s finds VelocityPay', async (asked) => {
  await companies();
  expect(await lookup(asked)).toMatchObject({
    kind: 'found',
    picture: { account: { key: 'velocitypay.io', name: 'VelocityPay' }, current: null },
  });
});

test('the longest known domain wins', async () => {
  await addLead(db, { domain: 'bigcorp.example', company: 'BigCorp' });
  await addLead(db, { domain: 'labs.bigcorp.example', company: 'BigCorp Labs' });
  expect(await lookup('x.labs.bigcorp.example')).toMatchObject({
    picture: { account: { name: 'BigCorp Labs' } },
  });
  expect(await lookup('shop.bigcorp.example')).toMatchObject({
    picture: { account: { name: 'BigCorp' } },
  });
});

test("an address finds its developer's company, even on another domain", async () => {
  await addLead(db, { domain: 'acme.example', email: 'ada@contractor.example' });
  expect(await lookup('ada@contractor.example')).toMatchObject({
    kind: 'found',
    picture: { account: { key: 'acme.example' } },
  });
});

test('finds a developer without a company by address', async () => {
  const id = await addLead(db, { domain: null, email: 'solo@localhost' });
  expect(await search({ emails: ['solo@localhost'] })).toMatchObject({
    kind: 'found',
    picture: { account: { key: `lead:${id}`, name: 'solo@localhost', domain: null } },
  });
});

test('a developer with a personal address is no lead', async () => {
  await addLead(db, { domain: null, email: 'ada@gmail.com' });
  await addLead(db, { domain: 'hidden.example', company: 'Hidden', email: 'b@gmail.com' });
  expect(await lookup('ada@gmail.com')).toEqual({ kind: 'none', isMailProvider: true });
  expect(await lookup('hidden.example')).toEqual({ kind: 'none' });
  expect(await lookup('Hidden')).toEqual({ kind: 'none' });
});

test.each(['velocty pay', 'VelocityPaid', 'velocitypay.com'])(
  'offers VelocityPay for %s',
  async (asked) => {
    await companies();
    const result = await lookup(asked);
    expect(result).toMatchObject({ kind: 'near', fitting: 0 });
    expect(result.kind === 'near' && result.matches[0]).toEqual({
      accountKey: 'velocitypay.io',
      name: 'VelocityPay',
      domain: 'velocitypay.io',
      totalScore: 88,
      tier: 'hot',
    });
  },
);

test('an ambiguous part of a name asks which company, and gives the count', async () => {
  for (let i = 0; i < 12; i++) {
    await addLead(db, { domain: `north${i}.example`, company: `North Wind ${i}` });
  }
  await addLead(db, { domain: 'norm-windows.example', company: 'Norm Windows' });
  const result = await lookup('north wind');
  expect(result).toMatchObject({ kind: 'near', fitting: 12 });
  expect(result.kind === 'near' && result.matches.length).toBe(10);
});

test('offers at most five near matches', async () => {
  for (let i = 0; i < 7; i++) {
    await addLead(db, { domain: `north${i}.example`, company: `North Wind ${i}` });
  }
  const result = await lookup('nort wind');
  expect(result).toMatchObject({ kind: 'near', fitting: 0 });
  expect(result.kind === 'near' && result.matches.length).toBe(5);
});

test('offers a company with the score of the hottest of its hundred leads', async () => {
  await addLead(db, { domain: 'velocitypay.io', company: 'VelocityPay', score: 81 });
  await db.sql(`
    with developers as (
      insert into public.developer_signups (id, email, full_name, company_domain)
      select ('ffffffff-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, n || '@velocitypay.io', 'Dev', 'velocitypay.io'
        from generate_series(1, 99) n
      returning id
    )
    insert into public.lead_scores
      (developer_id, company_score, usage_score, expansion_score, champion_score, timing_score)
    select id, 82, 82, 82, 82, 82 from developers`);
  await db.poll();
  await rescore(db, 'ffffffff-0000-4000-8000-000000000099', 97);
  await db.poll();
  expect(await lookup('velocty pay')).toMatchObject({ matches: [{ totalScore: 97, tier: 'hot' }] });
});

test('offers a company with the best score of its five leads, although none is hot', async () => {
  for (const score of [20, 30, 40, 50, 60]) {
    await addLead(db, { domain: 'velocitypay.io', company: 'VelocityPay', score });
  }
  expect(await lookup('velocty pay')).toMatchObject({ matches: [{ totalScore: 60 }] });
});

test.each([
  [19, 'offered'],
  [20, 'not offered'],
])('a company whose first %i developers are no leads is %s for the next one', async (some, is) => {
  for (let i = 0; i < some; i++) {
    await addLead(db, {
      domain: 'velocitypay.io',
      company: 'VelocityPay',
      email: `${i}@gmail.com`,
    });
  }
  // Who is only known by their address is looked at last.
  await addLead(db, { domain: null, email: 'ada@velocitypay.io' });
  expect((await lookup('velocty pay')).kind).toBe(is === 'offered' ? 'near' : 'none');
});

test("doesn't match the top-level domain as part of a name", async () => {
  await companies();
  expect(await lookup('health')).toMatchObject({ kind: 'near', fitting: 0 });
});

test('a name shared by several companies asks which one', async () => {
  await addLead(db, { domain: 'apex.example', company: 'Apex', score: 90 });
  await addLead(db, { domain: 'apex-group.example', company: 'APEX', score: 50 });
  await addLead(db, { domain: 'apexes.example', company: 'Apexes', score: 50 });
  const result = await lookup('apex');
  expect(result).toMatchObject({ kind: 'near', fitting: 2 });
  expect(result.kind === 'near' && result.matches.map((match) => match.domain).sort()).toEqual([
    'apex-group.example',
    'apex.example',
  ]);
});

test('finds nothing for an unknown name', async () => {
  await companies();
  expect(await lookup('zzzyqx')).toEqual({ kind: 'none' });
  expect(await lookup('zzzyqx.example')).toEqual({ kind: 'none' });
});

test.each(["'; drop table alerts; --", '100%', '_', '\\', 'a\u0000b', '%%%', '🎉 velocitypay'])(
  '%j does no harm',
  async (asked) => {
    await companies();
    const command = parseCommand(asked);
    if (command.kind === 'lookup') await alerts.lookup(command.query);
    expect(await alerts.hot(5)).toMatchObject({ total: 0 });
  },
);

test("returns a company's leads, signals and stakeholders, strongest first", async () => {
  await addLead(db, { score: 62, name: 'Ada' });
  await addLead(db, { score: 75, name: 'Grace' });
  await db.sql(
    `insert into public.expansion_signals (company_domain, signal_type, signal_title, signal_strength, signal_date)
     values ('acme.example', 'news', 'weak', 'low', '2026-03-02'),
            ('acme.example', 'hiring', 'old', 'high', '2026-01-01'),
            ('acme.example', 'funding', 'new', 'high', '2026-03-01')`,
  );
  await db.sql(
    `insert into public.stakeholders (company_domain, full_name, is_decision_maker)
     values ('acme.example', 'Ann Engineer', false), ('acme.example', 'Zoe Chief', true)`,
  );
  const result = await lookup('acme.example');
  if (result.kind !== 'found') throw new Error(result.kind);
  const { account } = result.picture;
  expect(account.leads.map((lead) => lead.championName)).toEqual(['Grace', 'Ada']);
  expect(account.signals.map((signal) => signal.title)).toEqual(['new', 'old', 'weak']);
  expect(account.stakeholders.map((person) => person.fullName)).toEqual([
    'Zoe Chief',
    'Ann Engineer',
  ]);
});

test('returns a stakeholder whose name is missing, with what else is known', async () => {
  await addLead(db);
  await db.sql('alter table public.stakeholders alter full_name drop not null');
  onTestFinished(async () => {
    await db.sql(
      'delete from public.stakeholders; alter table public.stakeholders alter full_name set not null',
    );
  });
  await db.sql(
    `insert into public.stakeholders (company_domain, title) values ('acme.example', 'CTO')`,
  );
  expect(await lookup('acme.example')).toMatchObject({
    picture: { account: { stakeholders: [{ fullName: '', title: 'CTO' }] } },
  });
});

test("returns a company's open alert, or else its newest", async () => {
  const lead = await addLead(db);
  await db.poll();
  const first = await db.onlyAlert();
  const current = async () => {
    const result = await lookup('acme.example');
    return result.kind === 'found' ? result.picture.current?.alert : undefined;
  };
  expect(await current()).toMatchObject({ id: first, status: 'open' });
  await rescore(db, lead, 50);
  await db.poll();
  await db.age('30 hours');
  await db.poll();
  expect(await current()).toMatchObject({ id: first, status: 'cooled' });
  await rescore(db, lead, 90);
  await db.poll();
  const second = await current();
  expect(second?.id).not.toBe(first);
  expect(second?.status).toBe('open');
  await rescore(db, lead, 50);
  await db.poll();
  await db.age('30 hours');
  await db.poll();
  expect(await current()).toMatchObject({ id: second?.id, status: 'cooled' });
});

/** Calls the function directly, without the app's truncation. */
const search = (query: Partial<LookupQuery>) =>
  alerts.lookup({
    keys: [],
    emails: [],
    names: [],
    profiles: [],
    near: null,
    parts: true,
    ...query,
  });

test.each([10_000, 100_000])('uses the first 200 of %i characters', async (length) => {
  const name = 'velocity pay '.repeat(16).slice(0, 200);
  await addLead(db, { domain: 'v.example', company: name.toUpperCase() });
  const typed = name.padEnd(length, 'velocity pay ');
  expect(await search({ names: [typed], near: typed })).toMatchObject({
    kind: 'found',
    picture: { account: { key: 'v.example' } },
  });
  expect(await search({ names: [], near: 'xxxx xxx'.repeat(length / 8) })).toEqual({
    kind: 'none',
  });
});

test('looks up domains and addresses up to their maximum length', async () => {
  const domain = `${'d'.repeat(242)}.example-co`;
  const email = `${'m'.repeat(306)}@localhost`.padEnd(320, 'e');
  await addLead(db, { domain });
  const solo = await addLead(db, { domain: null, email });
  expect(await search({ keys: [domain] })).toMatchObject({
    picture: { account: { key: domain } },
  });
  expect(await search({ keys: [domain.padEnd(100_000, 'x')] })).toEqual({ kind: 'none' });
  expect(await search({ emails: [email.padEnd(100_000, 'x')] })).toMatchObject({
    picture: { account: { key: `lead:${solo}` } },
  });
  const keys = Array.from({ length: 10_000 }, (_, i) => `${i}.example`);
  expect(await search({ keys: ['nobody.example', domain, ...keys] })).toMatchObject({
    picture: { account: { key: domain } },
  });
  expect(await search({ keys: [...keys, domain] })).toEqual({ kind: 'none' });
});

test('returns 25 of very many developers, hot ones first', async () => {
  await addLead(db, { domain: 'big.example', company: 'Big', score: 20 });
  await db.sql(`
    insert into public.developer_signups (email, company_domain)
    select 'dev' || i || '@big.example', 'big.example' from generate_series(1, 3000) i`);
  for (const score of [85, 95, 90]) await addLead(db, { domain: 'big.example', score });
  await db.poll();
  const result = await lookup('big.example');
  if (result.kind !== 'found') throw new Error(result.kind);
  const scores = result.picture.account.leads.map((lead) => lead.totalScore);
  expect(scores.slice(0, 4)).toEqual([95, 90, 85, 20]);
  expect(scores.length).toBe(25);
  expect(result.picture.current?.account).toEqual(result.picture.account);
});

test('finds a company however many of its developers have personal addresses', async () => {
  await addLead(db, { domain: 'mixed.example', company: 'Mixed', email: 'a@gmail.com' });
  await db.sql(`
    insert into public.developer_signups (email, company_domain)
    select 'dev' || i || '@gmail.com', 'mixed.example' from generate_series(1, 100) i`);
  expect(await lookup('mixed.example')).toEqual({ kind: 'none' });
  await addLead(db, { domain: 'mixed.example', email: 'a@mixed.example' });
  expect(await lookup('mixed.example')).toMatchObject({ kind: 'found' });
});

test.each(['homebrew', 'home', 'homebrw', 'homebrewing', 'homebrew.com'])(
  '%s is near a company known only by domain',
  async (asked) => {
    await companies();
    await addLead(db, { domain: 'homebrew.dev', score: 70 });
    await db.sql(`delete from public.company_enrichment where domain = 'homebrew.dev'`);
    const result = await lookup(asked);
    const domains =
      result.kind === 'near'
        ? result.matches.map((match) => match.domain)
        : [result.kind === 'found' && result.picture.account.domain];
    expect(domains).toContain('homebrew.dev');
  },
);

test.each(['homefrnt', 'Homefront Tecnologies', 'hmoefront', 'home front tech'])(
  '%s is near HomeFront Technologies, whatever its domain',
  async (asked) => {
    await companies();
    await addLead(db, { domain: 'hft.example', company: 'HomeFront Technologies', score: 30 });
    expect(await lookup(asked)).toMatchObject({
      kind: 'near',
      fitting: 0,
      matches: expect.arrayContaining([expect.objectContaining({ domain: 'hft.example' })]),
    });
  },
);

test('a company without leads is neither found nor offered', async () => {
  await addLead(db, { domain: 'north.example', company: 'North Wind' });
  await addLead(db, { domain: 'norths.example', company: 'North Winds', email: 'n@gmail.com' });
  await db.sql(
    `insert into public.company_enrichment (domain, company_name)
     values ('northerly.example', 'North Wind'), ('northward.example', 'North Winds')`,
  );
  for (const asked of ['north wind', 'north win', 'North']) {
    expect(await lookup(asked)).toMatchObject({
      kind: 'found',
      picture: { account: { key: 'north.example' } },
    });
  }
  expect(await lookup('nort wind')).toMatchObject({
    kind: 'near',
    matches: [{ domain: 'north.example' }],
  });
});

/**
 * Adds companies of one developer each, with an address at its domain, named by the pattern. The first `personal` have
 * no lead.
 */
async function manyCompanies(name: string, count: number, personal = 0): Promise<void> {
  await db.sql(
    `with companies as (
       insert into public.company_enrichment (domain, company_name)
       select lower(replace($1, ' ', '')) || i || '.example', $1 || ' ' || i from generate_series(1, $2) i
       returning domain
     )
     insert into public.developer_signups (email, company_domain)
     select case when c.place <= $3 then c.domain || '@gmail.com' else 'dev@' || c.domain end, c.domain
       from (select domain, row_number() over () as place from companies) c`,
    [name, count, personal],
  );
}

test('shows ten of over a hundred matches, and says there are more', async () => {
  await manyCompanies('Wind of the North', 300, 9);
  for (const asked of ['wind', 'of the north', 'nd of']) {
    const result = await lookup(asked);
    expect(result).toMatchObject({ kind: 'near', fitting: 101 });
    expect(result.kind === 'near' && result.matches.length).toBe(10);
  }
});

test.each(['jomefront tech', 'jhomefront technologies', 'komefront', 'the homefront techs'])(
  '%s is near HomeFront Technologies among many names with the same prefix',
  async (asked) => {
    await companies();
    for (const begins of ['Jam', 'Jute', 'Ogre', 'Ox', 'The']) await manyCompanies(begins, 40);
    const result = await lookup(asked);
    expect(result).toMatchObject({ kind: 'near', fitting: 0 });
    expect(result.kind === 'near' && result.matches[0]?.domain).toBe('homefront.tech');
  },
);

test('a misspelled name finds a company whose name begins with many blanks', async () => {
  const company = `${' '.repeat(300)}HomeFront Technologies`;
  await addLead(db, { domain: 'hft.example', company });
  for (const begins of ['Homea', 'Homefp']) await manyCompanies(begins, 11);
  const result = await lookup('homefornt technologies');
  expect(result.kind === 'near' && result.matches[0]?.domain).toBe('hft.example');
});

test('finds an inner part of a name among very many names', async () => {
  await companies();
  for (const begins of ['Ease', 'Mew', 'Clam']) await manyCompanies(begins, 110);
  for (const asked of ['efront', 'meFront tech', 'citypay']) {
    expect(await lookup(asked)).toMatchObject({ kind: 'found' });
  }
});

test('finds a rare part of a name, however common the beginning of that part is', async () => {
  // More companies than are read have it in their domain.
  await db.sql(
    `insert into public.company_enrichment (domain, company_name)
     select 'windy' || n || '.example', repeat('Winds ', 30) from generate_series(1, 350) n`,
  );
  await addLead(db, { domain: 'meant.example', company: 'Big Windy' });
  expect(await lookup('windy')).toMatchObject({
    kind: 'found',
    picture: { account: { key: 'meant.example' } },
  });
});

test('finds a non-ASCII name by its prefix', async () => {
  await companies();
  await addLead(db, { domain: 'tepco.example', company: '東京電力ホールディングス' });
  expect(await lookup('東京電力')).toMatchObject({
    kind: 'found',
    picture: { account: { key: 'tepco.example' } },
  });
  expect(await lookup('京都電力')).toEqual({ kind: 'none' });
});

test('similarity is the same with and without pg_trgm', async () => {
  const rows = await db.sql(`
    select a, b, extensions.similarity(a, b), lead_bot.similarity(a, b) as ours
      from unnest(array['velocitypay', 'velocity pay', 'a-b_c', 'ab ab', '', '!', 'n26', 'x']) a,
           unnest(array['velocty pay', 'velocitypay.io', 'ab', '', 'x y']) b
     where lead_bot.similarity(a, b) is distinct from extensions.similarity(a, b)`);
  expect(rows).toEqual([]);
});

/** The account keys an answer offers. */
async function keysFor(asked: string): Promise<string[]> {
  const result = await lookup(asked);
  if (result.kind === 'found') return [result.picture.account.key];
  // A near match is no answer.
  if (result.kind === 'none' || result.fitting === 0) return [];
  return result.matches.map((match) => match.accountKey).sort();
}

test.each([
  ['株式会社ＡＢＣ', '株式会社ＡＢＣ', ['株式会社ABCD', '株式会社ABCE']],
  ['株式会社ABC', '株式会社ＡＢＣ', ['株式会社ABCD', '株式会社ABCE']],
  ['ΟΔΟΣ', 'ΟΔΟΣ', []],
  ['οδος', 'ΟΔΟΣ', []],
  ['A™', 'A™', ['A', 'ATMs']],
  ['Crédit\u00a0Agricole', 'Crédit\u00a0Agricole', ['Crédit Agricole Leasing']],
  ['Crédit Agricole', 'Crédit\u00a0\u00a0Agricole', ['Crédit Agricole Leasing']],
  ['Crédit Agricole', 'Cre\u0301dit Agricole', []],
  ['Credit Agricole', 'Crédit Agricole', []],
  ['Rolls-Royce', 'Rolls\u2011Royce', ['Rolls-Royce Motor Cars']],
  [
    'Dr.Smile',
    'Dr.Smile',
    ['Dr. Oetker', 'Dr. Martens', 'Dr. Reddy', 'Dr. Hauschka', 'Dr. Pepper'],
  ],
  ['C.H.Robinson', 'C.H. Robinson', ['H', 'H&M', 'Robinson']],
  ['VelocityPay, Inc.', 'VelocityPay', ['VelocityPayments']],
  ['VelocityPay', 'VelocityPay, Inc.', ['VelocityPayments']],
  ['VelocityPay – Payments', 'VelocityPay', ['Payments']],
  ['#paid', '#paid', ['paid', 'Paid Search']],
  ['<#C012AB3CD|paid>', '#paid', []],
  ['@ten', '@ten', ['Tenfold']],
  ['<@U012AB3CD|ten>', '@ten', []],
  ['company Hot', 'Hot', ['Hotels']],
  ['Claim Co', 'Claim Co', ['Claimants']],
  ['Booking.com', 'Booking.com', ['Booking Holdings']],
])('%s finds the company stored as %s among %j', async (asked, stored, others) => {
  await addLead(db, { domain: 'meant.example', company: stored, score: 50 });
  for (const [at, company] of others.entries()) {
    await addLead(db, { domain: `other${at}.example`, company, score: 90 });
  }
  expect(await keysFor(asked)).toEqual(['meant.example']);
});

test.each([
  'Marcus Chen <marcus.chen@velocitypay.io>',
  'Marcus Chen &lt;<mailto:marcus.chen@velocitypay.io|marcus.chen@velocitypay.io>&gt;',
  '<mailto:somebody@velocitypay.io?subject=Hi there|somebody@velocitypay.io>',
  'velocitypay.io please',
  '<http://velocitypay.io|velocitypay.io> please',
  'see velocitypay.io',
  'see https://www.velocitypay.io/pricing, please',
  '<http://velocitypay.io|our customer>',
  'claim velocitypay.io',
  'claim <http://velocitypay.io|velocitypay.io>',
  'claim VelocityPay',
  'mark contacted velocitypay.io',
  '@velocitypay.io please',
])('recognizes an address or domain in %s', async (asked) => {
  await companies();
  expect(await keysFor(asked)).toEqual(['velocitypay.io']);
});

test.each([
  ['Marcus Chen', ['velocitypay.io']],
  ['MARCUS  CHEN', ['velocitypay.io']],
  ['Sarah Kim', ['velocitypay.io']],
  ['Ann Li', ['homefront.tech', 'medisync.health']],
  ['Anna Sa', ['cloudy.example']],
  ['Nobody Known', []],
])('%s is a stakeholder of %j', async (asked, expected) => {
  await companies();
  await addLead(db, { domain: 'velocitypay.io', name: 'Marcus Chen' });
  await addLead(db, { domain: 'homefront.tech', name: 'Ann Li' });
  await addLead(db, { domain: 'cloudy.example', company: 'Cloudy', name: 'Anna Sá' });
  await db.sql(
    `insert into public.stakeholders (company_domain, full_name, linkedin_url)
     values ('velocitypay.io', 'Sarah Kim', 'https://linkedin.com/in/sarahkim/'), ('medisync.health', 'Ann Li', null)`,
  );
  expect(await keysFor(asked)).toEqual(expected);
});

test('offers a lead without a company by address', async () => {
  await companies();
  const solo = await addLead(db, { domain: null, name: 'Ann Li', email: 'ann@localhost' });
  await addLead(db, { domain: 'homefront.tech', name: 'Ann Li' });
  const result = await lookup('Ann Li');
  expect(result.kind === 'near' && result.matches).toContainEqual(
    expect.objectContaining({ accountKey: `lead:${solo}`, name: 'ann@localhost', domain: null }),
  );
});

test.each([
  'https://www.linkedin.com/company/velocity-pay',
  '<https://www.linkedin.com/company/velocity-pay/about/>',
  'linkedin.com/company/Velocity-Pay?trk=x',
  'https://de.linkedin.com/company/velocity-pay/',
  'see https://www.linkedin.com/company/velocity-pay',
])('the LinkedIn page %s finds its company', async (asked) => {
  await companies();
  await addLead(db, { domain: 'linkedin.com', company: 'LinkedIn' });
  await db.sql(
    `update public.company_enrichment set linkedin_url = 'http://linkedin.com/company/velocity-pay/' where domain = 'velocitypay.io'`,
  );
  expect(await keysFor(asked)).toEqual(['velocitypay.io']);
});

test('a command word matches a company only by its exact name', async () => {
  await addLead(db, { domain: 'hotels.example', company: 'Hotels' });
  expect(await alerts.lookup(byNameAlone('hot'))).toEqual({ kind: 'none' });
  await addLead(db, { domain: 'hot.example', company: 'HOT' });
  expect(await alerts.lookup(byNameAlone('hot'))).toMatchObject({ kind: 'found' });
});

test.each([
  ['developer_signups', 'host', 'company_domain'],
  ['developer_signups', 'name', 'full_name'],
  ['stakeholders', 'name', 'full_name'],
  ['company_enrichment', 'name', 'company_name'],
])('in %s the expression for a %s matches an index on %s', async (table, what, column) => {
  const [written] = await db.sql<{ sql: string }>(
    `select format('create index probe on public.%I ((%s))', $1::text, lead_bot.indexed_${what}($2)) as sql`,
    [table, column],
  );
  await db.sql(written?.sql ?? '');
  const indexes = await db.sql<{ name: string }>(
    `select i.indexrelid::regclass::text as name
       from pg_index i, pg_index p
      where p.indexrelid = 'public.probe'::regclass and i.indrelid = p.indrelid and i.indexrelid <> p.indexrelid
        and pg_get_expr(i.indexprs, i.indrelid) = pg_get_expr(p.indexprs, p.indrelid)`,
  );
  await db.sql('drop index public.probe');
  expect(indexes).not.toEqual([]);
});

test('the index expression equals normal_name, apart from legal forms', async () => {
  const [expression] = await db.sql<{ sql: string }>(`select lead_bot.indexed_name('x') as sql`);
  const rows = await db.sql(
    `select x from unnest(array['Crédit  Agricole', '株式会社ＡＢＣ', 'ΟΔΟΣ', 'A™', 'Dr.Smile', 'O’Reilly ''Media''', 'Acme, Inc.', 'C++', ' [x] '])  x
      where not ${expression?.sql} = any (lead_bot.spellings_of(lead_bot.normal_name(x)))`,
  );
  expect(rows).toEqual([]);
});

test.each([
  ['globex.example', ['globex.example', 'www.globex.example', 'https://globex.example/a?b']],
  [
    'globex.example',
    ['GLOBEX.example.', ' globex.example\u00a0', 'http://u:p@www.globex.example:80'],
  ],
  ['münchen.de', ['münchen.de', 'xn--mnchen-3ya.de', 'MU\u0308NCHEN.de', 'www.XN--MNCHEN-3YA.de/']],
  ['правда.рф', ['правда.рф', 'xn--80aafi6cg.xn--p1ai']],
  ['例え.jp', ['例え.jp', 'xn--r8jz45g.jp', '例え。jp']],
])('the developers of %s are those of %j', async (key, stored) => {
  for (const [at, domain] of stored.entries())
    await addLead(db, { domain, email: `${at}@gmail.com` });
  await addLead(db, { domain: null, email: `ada@${key.toUpperCase()}` });
  for (const domain of [`not${key}`, `${key}.example`, `${key}.`.slice(0, -2)]) {
    await addLead(db, { domain, email: `${domain}@gmail.com` });
  }
  await addLead(db, { domain: 'other.example', email: `ben@${key}` });
  const [row] = await db.sql<{ count: number }>(
    'select cardinality(lead_bot.developers_of($1, 20)) as count',
    [key],
  );
  expect(row?.count).toBe(stored.length + 1);
});
