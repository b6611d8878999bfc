import { expect, test } from 'vitest';
import { channelScopedAlerts } from '../../src/access/channel-scoped-alerts.ts';
import { readFilter } from '../../src/core/list-filter.ts';
import type { AlertList } from '../../src/core/lookup.ts';
import { botDatabase, CHANNEL } from '../support/bot-database.ts';
import { addLead } from '../support/leads.ts';

const db = await botDatabase();
const { alerts } = db;
const ANNA = 'U0ANNA';

const names = ({ alerts: all }: AlertList) => all.map(({ account }) => account.name);

function filter(words: string) {
  const read = readFilter(words);
  if (read.kind !== 'filter') throw new Error(`${words} is read as ${read.kind}`);
  return read.filter;
}

/** Companies that are hot, with these columns of company_enrichment; best score first. */
async function hot(companies: Record<string, Record<string, unknown>>): Promise<void> {
  for (const [at, [name, columns]] of Object.entries(companies).entries()) {
    const domain = `${name.toLowerCase()}.example`;
    await addLead(db, { domain, company: name, score: 99 - at });
    for (const [column, value] of Object.entries(columns)) {
      await db.sql(`update public.company_enrichment set ${column} = $2 where domain = $1`, [
        domain,
        Array.isArray(value) ? JSON.stringify(value) : value,
      ]);
    }
  }
  await db.poll();
}

const found = async (words: string) => names(await alerts.hot(15, 0, undefined, filter(words)));

test('words fit industry, kind of company, funding stage and stack', async () => {
  await hot({
    Velocity: {
      industry: 'Financial Services',
      funding_stage: 'series_b',
      company_type: 'startup',
    },
    Med: { industry: 'Health-Care / Biotech', funding_stage: 'seed' },
    Shop: {
      industry: 'Retail',
      tech_stack: ['Next.js', 'Google Cloud'],
      company_type: 'enterprise',
    },
    Robots: { industry: 'AI', funding_stage: 'series_c' },
    Unknown: { industry: null, employee_count: null },
  });
  expect(await found('fintech')).toEqual(['Velocity']);
  expect(await found('banking')).toEqual([]);
  expect(await found('healthtech')).toEqual(['Med']);
  expect(await found('biotech')).toEqual(['Med']);
  expect(await found('series b')).toEqual(['Velocity']);
  expect(await found('next.js')).toEqual(['Shop']);
  expect(await found('google cloud')).toEqual(['Shop']);
  expect(await found('startups')).toEqual(['Velocity']);
  expect(await found('enterprise')).toEqual(['Shop']);
  expect(await found('fintech series b')).toEqual(['Velocity']);
  expect(await found('fintech series c')).toEqual([]);
});

test('short words are whole ones', async () => {
  await hot({ Shop: { industry: 'Retail' }, Robots: { industry: 'AI' } });
  expect(await found('ai')).toEqual(['Robots']);
  expect(await found('ret')).toEqual([]);
  expect(await found('reta')).toEqual(['Shop']);
});

test('sizes are employees, or the lower end of their range', async () => {
  await hot({
    Small: { employee_count: 50, employee_range: '1000+' },
    Middle: { employee_count: 51 },
    Large: { employee_count: 501 },
    Ranged: { employee_count: null, employee_range: '501-1000' },
    Unknown: { employee_count: null },
  });
  expect(await found('>500')).toEqual(['Large', 'Ranged']);
  expect(await found('>=51 <=501')).toEqual(['Middle', 'Large', 'Ranged']);
  expect(await found('51-200')).toEqual(['Middle']);
  expect(await found('<51')).toEqual(['Small']);
});

test('plans and features are those of any of its leads, as of the newest usage', async () => {
  await hot({ A: {}, B: {} });
  const lead = await addLead(db, { domain: 'b.example', score: 81 });
  await db.poll();
  const usage = (plan: string, vector: boolean, at: string) =>
    db.sql(
      `insert into public.internal_signals (developer_id, billing_tier, uses_vector, captured_at) values ($1, $2, $3, $4)`,
      [lead, plan, vector, at],
    );
  await db.sql("update public.internal_signals set captured_at = '2020-01-01'");
  await usage('free', true, '2021-01-01');
  expect(await found('vector')).toEqual(['B']);
  await usage('pro', false, '2022-01-01');
  expect(await found('vector')).toEqual([]);
  expect(await found('pro plan')).toEqual(['B']);
  expect(await found('free')).toEqual(['A', 'B']);
  expect(await found('team')).toEqual([]);
});

test('late is what is past its time', async () => {
  await hot({ A: { industry: 'Banking' }, B: {} });
  const ids = await db.sql<{ id: string }>('select id from lead_bot.alerts order by account_key');
  for (const { id } of ids) await alerts.claim(id, ANNA);
  const mine = async (words: string) =>
    names(await alerts.mine(ANNA, 15, 0, undefined, filter(words)));
  expect(await mine('late')).toEqual([]);
  await db.sql("update lead_bot.alerts set due_at = now() - interval '1 minute' where id = $1", [
    ids[0]?.id,
  ]);
  await db.sql("update lead_bot.alerts set due_at = now() + interval '1 minute' where id = $1", [
    ids[1]?.id,
  ]);
  expect(await mine('late')).toEqual(['A']);
  expect(await mine('late fintech')).toEqual(['A']);
  expect(await mine('late retail')).toEqual([]);
  expect(await found('late')).toEqual(['A']);
});

test('a filtered list pages, and counts only what fits', async () => {
  await hot({
    A: { industry: 'Banking' },
    B: { industry: 'Retail' },
    C: { industry: 'Banking' },
    D: { industry: 'Payments' },
  });
  const page = await alerts.hot(2, 1, undefined, filter('fintech'));
  expect([names(page), page.total]).toEqual([['C', 'D'], 3]);
});

test('members of single channels find only what stands there', async () => {
  await hot({ A: { industry: 'Banking' }, B: { industry: 'Banking' } });
  const scoped = (channel: string) => channelScopedAlerts(alerts, [channel], null);
  await db.sql(`
    update lead_bot.messages m set channel = 'C0BANKS'
      from lead_bot.alerts a where a.id = m.alert_id and a.account_key = 'b.example'`);
  const inBanks = await scoped('C0BANKS').hot(15, 0, [CHANNEL], filter('fintech'));
  expect([names(inBanks), inBanks.total]).toEqual([['B'], 1]);
  expect(await scoped('C0OTHER').hot(15, 0, undefined, filter('fintech'))).toEqual({
    alerts: [],
    total: 0,
  });
  expect((await scoped('C0BANKS').mine(ANNA, 15, 0, undefined, filter('fintech'))).total).toBe(0);
});

test('the spelling of a domain in enrichment doesn’t matter, nor a column that is gone', async () => {
  await hot({ Velocity: { industry: 'Banking', employee_count: 700 } });
  await db.sql("update public.company_enrichment set domain = 'www.velocity.example'");
  expect(await found('fintech >500')).toEqual(['Velocity']);
  await db.sql(
    'begin; alter table public.company_enrichment rename column company_type to kind; commit',
  );
  expect(await found('fintech >500')).toEqual(['Velocity']);
  await db.sql('alter table public.company_enrichment rename column kind to company_type');
});

test('bots of older versions list without a filter', async () => {
  await hot({ A: {} });
  const rows = await db.sql<{ list: { total: number } }>(
    'select public.lead_bot_list(p_owner => null, p_limit => 15, p_offset => 0) as list',
  );
  expect(rows[0]?.list.total).toBe(1);
});

test('a range of employees may have commas', async () => {
  await hot({
    Big: { employee_count: null, employee_range: '1,001-5,000' },
    Small: { employee_count: null, employee_range: '51-200' },
  });
  expect(await found('>500')).toEqual(['Big']);
  expect(await found('<500')).toEqual(['Small']);
});
