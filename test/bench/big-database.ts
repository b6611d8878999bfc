import type pg from 'pg';
import {
  ADJECTIVES,
  ENDS,
  FIRST_NAMES,
  LAST_NAMES,
  MIDDLES,
  NOUNS,
  STARTS,
  TLDS,
  TRADES,
} from './names.ts';

export interface BigSizes {
  /** Developers with a company email address. */
  leads: number;
  companies: number;
  /** Hot leads, each in its own company. */
  hot: number;
  /** Developers of the company with domain `GIANT`. */
  giant: number;
  /** Developers with a personal email address, who are not leads. */
  personal: number;
  /** Hot leads with an open alert and a card. */
  openAlerts: number;
  /** Two years of closed alerts. */
  closedAlerts: number;
  messages: number;
  events: number;
  /** Weekly pictures of each lead with 60 points. */
  pictures: number;
}

export const GIANT = 'gigantic-systems.com';
export const CHANNEL = 'C0HOTLEADS';

const FULL: BigSizes = {
  leads: 1_000_000,
  companies: 250_000,
  hot: 5_000,
  giant: 20_000,
  personal: 100_000,
  openAlerts: 5_000,
  closedAlerts: 100_000,
  messages: 1_000_000,
  events: 2_000_000,
  pictures: 52,
};

/** Default sizes, scaled from those for a million leads. */
export function bigSizes(given: Partial<BigSizes> = {}): BigSizes {
  const share = (given.leads ?? FULL.leads) / FULL.leads;
  const of = (size: number) => Math.max(1, Math.round(size * share));
  const sizes = {
    leads: of(FULL.leads),
    companies: of(FULL.companies),
    hot: of(FULL.hot),
    giant: of(FULL.giant),
    personal: of(FULL.personal),
    openAlerts: of(FULL.openAlerts),
    closedAlerts: of(FULL.closedAlerts),
    messages: of(FULL.messages),
    events: of(FULL.events),
    pictures: FULL.pictures,
    ...given,
  };
  if (sizes.companies + sizes.giant > sizes.leads || sizes.hot > sizes.companies) {
    throw new Error(
      'there are too few leads for so many companies, or companies for so many hot leads',
    );
  }
  if (sizes.openAlerts > sizes.hot) throw new Error('every open alert has a hot lead');
  if (sizes.closedAlerts * 2 > sizes.messages)
    throw new Error('every closed alert has its messages');
  return sizes;
}

/**
 * Fills a database that has our SQL but no rows: the lead tables, and two years of the bot's data. Drops
 * indexes and foreign keys first, and rebuilds them after the rows.
 *
 * @param client as the superuser, to disable triggers and foreign keys
 * @param say called with a line per step
 */
export async function fillDatabase(
  client: pg.Client,
  sizes: BigSizes,
  say: (line: string) => void = () => {},
): Promise<void> {
  const step = async (what: string, ...texts: string[]): Promise<void> => {
    const begun = performance.now();
    for (const text of texts) await client.query(text);
    say(`  ${what}: ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  };
  await client.query(`
    set session_replication_role = replica; set search_path = public; set jit = off;
    set work_mem = '256MB'; set maintenance_work_mem = '512MB'; set synchronous_commit = off`);
  const definitions = await dropIndexes(client);
  await step(`${count(sizes.companies)} companies`, ...companies(sizes));
  await step(`${count(sizes.leads + sizes.personal)} developers`, developers(sizes));
  await step('their usage', usage(sizes));
  await step(`their scores, ${count(sizes.hot)} hot`, scores(sizes));
  await step('stakeholders and signals', ...surroundings(sizes));
  await step(`${count(sizes.closedAlerts)} closed alerts`, ...closedAlerts(sizes));
  await step(`${count(sizes.messages)} messages`, ...messages(sizes));
  await step(`${count(sizes.events)} events`, events(sizes));
  await step('crossings and pictures', ...pictures(sizes));
  await step(`${count(sizes.openAlerts)} open alerts`, ...openAlerts(sizes));
  await step(`${definitions.length} indexes and keys`, ...definitions);
  await client.query(
    'drop table pg_temp.big_companies, pg_temp.big_closed, pg_temp.big_warm; reset all',
  );
  await appendColumns(client);
  const { rows } = await client.query<{ name: string }>(`
    select c.oid::regclass::text as name from pg_class c
     where c.relkind = 'r' and c.relnamespace in ('public'::regnamespace, 'lead_bot'::regnamespace)`);
  await step('vacuum analyze', `vacuum (analyze) ${rows.map(({ name }) => name).join(', ')}`);
}

/** Appends the columns that the owner may add to the view. The channel is the measured one. */
async function appendColumns(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ given: string }>(
    `select rtrim(pg_get_viewdef('public.lead_dashboard'), '; ') as given`,
  );
  await client.query(`
    create or replace view public.lead_dashboard with (security_invoker = true) as
    select v.*,
           case when v.employee_count >= 1000 and v.industry is distinct from 'Education' then '${CHANNEL}' end as alert_channel,
           'owner' || length(v.company_domain) || '@ours.example' as owner_email,
           'https://crm.example/accounts/' || v.company_domain as crm_url,
           jsonb_build_object('Region', v.industry, 'Plan', v.billing_tier, 'Seats', v.team_member_count) as card_fields
      from (${rows[0]?.given}) v`);
}

/** Makes tables look newly created: no statistics, and unknown sizes. Default: all tables. */
export async function forgetStatistics(
  client: pg.Client,
  tables?: readonly string[],
): Promise<void> {
  await client.query(
    `with forgotten as (
       select c.oid from pg_catalog.pg_class c
        where c.relkind = 'r' and c.relnamespace in ('public'::regnamespace, 'lead_bot'::regnamespace)
          and ($1::regclass[] is null or c.oid = any ($1::regclass[]))
     ),
     without_values as (
       delete from pg_catalog.pg_statistic s using forgotten f where s.starelid = f.oid
     )
     update pg_catalog.pg_class c set relpages = 0, reltuples = -1, relallvisible = 0
       from forgotten f
      where c.oid = f.oid or c.oid in (select i.indexrelid from pg_catalog.pg_index i where i.indrelid = f.oid)`,
    [tables ?? null],
  );
}

/** Drops all indexes and keys of the two schemas. Returns the statements that recreate them, in order. */
async function dropIndexes(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ take: string; make: string }>(`
    with tables as (
      select c.oid from pg_class c
       where c.relkind = 'r' and c.relnamespace in ('public'::regnamespace, 'lead_bot'::regnamespace)
    )
    select d.take, d.make
      from (
        select format('alter table %s drop constraint %I', c.conrelid::regclass, c.conname) as take,
               format('alter table %s add constraint %I %s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid)) as make,
               case c.contype when 'f' then 3 else 1 end as place, c.conname as name
          from pg_constraint c
          join tables t on t.oid = c.conrelid
         where c.contype in ('p', 'u', 'f')
        union all
        select format('drop index %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid), 2, i.indexrelid::regclass::text
          from pg_index i
          join tables t on t.oid = i.indrelid
         where not exists (select from pg_constraint c where c.conindid = i.indexrelid)
      ) d
     order by d.place, d.name`);
  for (const { take } of rows.toReversed()) await client.query(take);
  return rows.map(({ make }) => make);
}

/** A pseudorandom number below `below`, from `i` and `seed`. */
const dice = (i: string, seed: number, below: number): string =>
  `((hashint4extended(${i}, ${seed}) & 2147483647) % ${below})::int`;
/** A pseudorandom number from 0 to 1. */
const share = (i: string, seed: number): string =>
  `((hashint4extended(${i}, ${seed}) & 2147483647) / 2147483648.0::float8)`;
const pick = (words: readonly string[], i: string, seed: number): string =>
  `('{${words.map((word) => `"${word}"`).join(',')}}'::text[])[1 + ${dice(i, seed, words.length)}]`;
const id = (kind: string, i: string): string => `md5('${kind}' || ${i})::uuid`;
/** The numbers 1 to `most` as `i`, in random order. */
const shuffled = (most: number): string =>
  `(select (n::bigint * 7368787 % ${most} + 1)::int as i from generate_series(1, ${most}) n)`;
const count = (n: number): string => n.toLocaleString('en-US');

/** The first companies have one hot lead each, and the most developers. */
function companies({ companies }: BigSizes): string[] {
  const stem = `${pick(STARTS, 'i', 1)} || ${pick(MIDDLES, 'i', 2)} || ${pick(ENDS, 'i', 3)}`;
  return [
    `create temporary table big_companies as
     select row_number() over (order by hashint4(u.i))::int + 1 as i, u.domain, u.name
       from (
         select distinct on (c.domain) c.i, c.domain, c.name
           from (
             select w.i,
                    w.name,
                    lower(replace(w.name, ' ', case ${dice('i', 8, 6)} when 0 then '-' else '' end))
                      || '.' || ${pick(TLDS, 'i', 9)} as domain
               from (
                 select i, case
                          when ${dice('i', 4, 10)} < 2 then initcap(${stem})
                          when ${dice('i', 4, 10)} < 7 then initcap(${stem}) || ' ' || ${pick(TRADES, 'i', 5)}
                          else ${pick(ADJECTIVES, 'i', 6)} || ' ' || ${pick(NOUNS, 'i', 7)} || ' ' || ${pick(TRADES, 'i', 5)}
                        end as name
                   from generate_series(1, ${Math.ceil(companies * 1.5) + 100}) i
               ) w
           ) c
          where c.domain <> '${GIANT}'
          order by c.domain, c.i
       ) u
      order by 1
      limit ${companies - 1}`,
    `insert into big_companies values (1, '${GIANT}', 'Gigantic Systems')`,
    'create unique index on big_companies (i)',
    'analyze big_companies',
    `insert into public.company_enrichment
       (domain, company_name, industry, employee_count, employee_range, company_type, funding_stage,
        total_funding_usd, tech_stack, linkedin_url, enriched_at)
     select c.domain, c.name,
            ${pick(['Fintech', 'Healthcare', 'Developer Tools', 'E-commerce', 'Logistics', 'Education', 'Real Estate', 'Media', 'Gaming', 'Insurance'], 'c.i', 11)},
            5 + ${dice('c.i', 12, 3000)},
            ${pick(['1-10', '11-50', '51-200', '201-500', '501-1000', '1000+'], 'c.i', 13)},
            ${pick(['startup', 'scaleup', 'enterprise', 'agency'], 'c.i', 14)},
            ${pick(['seed', 'series_a', 'series_b', 'series_c', 'series_d'], 'c.i', 15)},
            500000 * (1 + ${dice('c.i', 16, 400)})::bigint,
            jsonb_build_array(
              ${pick(['Firebase', 'Supabase', 'MongoDB', 'MySQL', 'Postgres'], 'c.i', 17)},
              ${pick(['AWS', 'Azure', 'Google Cloud', 'Vercel', 'Fly.io'], 'c.i', 18)},
              ${pick(['Next.js', 'Rails', 'Django', 'Spring', 'Laravel', 'Svelte'], 'c.i', 19)}
            ),
            'https://www.linkedin.com/company/' || replace(c.domain, '.', '-'),
            now() - make_interval(days => ${dice('c.i', 20, 90)})
       from big_companies c`,
  ];
}

/** The first developer of each company has the company's number. Next come the giant's others, then the rest. */
function developers({ leads, companies, giant, personal }: BigSizes): string {
  return `
    insert into public.developer_signups
      (id, email, full_name, company_domain, signup_date, signup_source, created_at, updated_at)
    select ${id('lead', 'd.i')},
           lower(d.first_name || '.' || d.last_name) || d.i || '@' || coalesce(c.domain, 'gmail.com'),
           d.first_name || ' ' || d.last_name, c.domain, d.at,
           ${pick(['organic', 'github', 'google', 'referral'], 'd.i', 23)}, d.at, d.at
      from (
        select r.i, ${pick(FIRST_NAMES, 'r.i', 21)} as first_name, ${pick(LAST_NAMES, 'r.i', 22)} as last_name,
               case when r.i <= ${companies} then r.i
                    when r.i <= ${companies + giant - 1} then 1
                    when r.i <= ${leads} then 2 + floor(${companies - 1} * power(${share('r.i', 24)}, 1.5))::int
               end as company,
               now() - make_interval(days => ${dice('r.i', 25, 900)}) as at
          from ${shuffled(leads + personal)} r
      ) d
      left join big_companies c on c.i = d.company`;
}

function usage({ leads, personal }: BigSizes): string {
  return `
    insert into public.internal_signals
      (developer_id, project_count, active_projects, uses_auth, uses_storage, uses_edge_functions, uses_realtime,
       uses_vector, uses_cron, billing_tier, team_member_count, team_members_added_last_30d, api_calls_30d,
       api_calls_prev_30d, last_active_at, dashboard_logins_30d, captured_at)
    select ${id('lead', 'r.i')}, 1 + ${dice('r.i', 31, 9)}, 1 + ${dice('r.i', 32, 3)}, ${dice('r.i', 33, 2)} = 0,
           ${dice('r.i', 34, 3)} = 0, ${dice('r.i', 35, 4)} = 0, ${dice('r.i', 36, 3)} = 0, ${dice('r.i', 37, 5)} = 0,
           ${dice('r.i', 38, 6)} = 0, ${pick(['free', 'free', 'free', 'pro', 'pro', 'team', 'enterprise'], 'r.i', 39)},
           1 + ${dice('r.i', 40, 20)}, ${dice('r.i', 41, 4)}, 1000 * ${dice('r.i', 42, 4000)}::bigint,
           1000 * ${dice('r.i', 43, 3000)}::bigint, now() - make_interval(hours => ${dice('r.i', 44, 700)}),
           ${dice('r.i', 45, 60)}, now() - make_interval(mins => ${dice('r.i', 46, 1440)})
      from ${shuffled(leads + personal)} r`;
}

/** Hot leads have 82 to 93 points, others below 80, most of them far below. */
function scores({ leads, personal, hot }: BigSizes): string {
  const component = (seed: number) => `greatest(0, b.base - 5 + ${dice('b.i', seed, 11)})`;
  return `
    insert into public.lead_scores
      (developer_id, company_score, usage_score, expansion_score, champion_score, timing_score, suggested_action, scored_at)
    select ${id('lead', 'b.i')}, ${component(51)}, ${component(52)}, ${component(53)}, ${component(54)}, ${component(55)},
           'Ask ' || ${pick(FIRST_NAMES, 'b.i', 21)} || ' about '
             || ${pick(['the Firebase bill', 'the audit next quarter', 'the two open backend roles', 'the launch in spring', 'the vector search prototype'], 'b.i', 56)}
             || ', and offer ' || ${pick(['a migration review', 'a Team plan walkthrough', 'a security review with the CISO', 'a load test'], 'b.i', 57)}
             || ' this week; then take the cost case to whoever holds the budget.',
           now() - make_interval(mins => ${dice('b.i', 58, 1440)})
      from (
        select r.i,
               -- Personal addresses have scores too, and some are hot without being leads.
               case when r.i <= ${hot} or r.i > ${leads} and ${dice('r.i', 59, 200)} = 0
                    then 87 + ${dice('r.i', 60, 2)}
                    else 5 + (68 * power(${share('r.i', 61)}, 1.6))::int end as base
          from ${shuffled(leads + personal)} r
      ) b`;
}

function surroundings({ hot, companies }: BigSizes): string[] {
  return [
    `insert into public.stakeholders
       (company_domain, full_name, title, department, seniority, is_decision_maker, is_technical, is_budget_holder)
     select c.domain, ${pick(FIRST_NAMES, 'c.i + n', 71)} || ' ' || ${pick(LAST_NAMES, 'c.i + n', 72)},
            ${pick(['CTO', 'VP of Engineering', 'Head of Platform', 'CISO', 'VP of Finance'], 'c.i + n', 73)},
            ${pick(['engineering', 'product', 'security', 'finance'], 'c.i + n', 74)},
            ${pick(['manager', 'director', 'vp', 'c-level'], 'c.i + n', 75)},
            n = 1, ${dice('c.i + n', 76, 2)} = 0, n = 2
       from big_companies c cross join generate_series(1, 3) n
      where c.i <= ${hot} or c.i % 10 = 0`,
    `insert into public.expansion_signals
       (company_domain, signal_type, signal_title, signal_detail, signal_date, signal_strength)
     select c.domain, ${pick(['hiring', 'funding', 'tech_migration', 'news'], 'c.i + n', 77)},
            ${pick(['Hiring 4 Backend Engineers', 'Series B closed', 'Auth0 contract renewal coming up', 'Announced SOC 2 Type II', 'Launching in 12 more metro areas'], 'c.i + n', 78)},
            'Found in a posting of this month, and named by two people in the company.',
            current_date - ${dice('c.i + n', 79, 60)}, ${pick(['low', 'medium', 'high'], 'c.i + n', 80)}
       from big_companies c cross join generate_series(1, 2) n
      where c.i <= ${hot} or c.i % 5 = 0`,
    // Large companies have many of both.
    `insert into public.stakeholders (company_domain, full_name, title)
     select '${GIANT}', ${pick(FIRST_NAMES, 'n', 81)} || ' ' || ${pick(LAST_NAMES, 'n', 82)}, 'Director'
       from generate_series(1, ${Math.min(500, companies)}) n`,
  ];
}

/** Alerts closed before this have no personal data, so tidy has nothing to do. */
const SCRUBBED = "interval '335 days'";

function closedAlerts({ closedAlerts, companies }: BigSizes): string[] {
  return [
    `create temporary table big_closed as
     select a.i, 1 + ${dice('a.i', 101, companies)} as company, a.opened_at,
            a.opened_at + interval '30 hours' + make_interval(hours => ${dice('a.i', 102, 300)}) as closed_at,
            ${dice('a.i', 103, 10)} < 6 as contacted, 'U0AE' || lpad(${dice('a.i', 104, 40)}::text, 4, '0') as owner
       from (select i, now() - interval '700 days' + make_interval(secs => i * 686 * 86400.0 / ${closedAlerts}) as opened_at
               from generate_series(1, ${closedAlerts}) i) a`,
    'analyze big_closed',
    `insert into lead_bot.alerts
       (id, account_key, status, opened_at, closed_at, cooling_since, owner, claimed_at, contacted_at, contact_method,
        contact_note, scrubbed_at, waits_since, step_due_at, opened_score, opened_figures, reasons, first_claimed_at,
        claimed_in_time, first_contacted_at, contacted_in_time)
     select ${id('closed', 'a.i')}, c.domain, case when a.contacted then 'contacted' else 'cooled' end, a.opened_at, a.closed_at,
            a.closed_at - interval '1 day', case when a.contacted then a.owner end,
            case when a.contacted then a.opened_at + interval '20 minutes' end,
            case when a.contacted then a.opened_at + interval '3 hours' end,
            case when a.contacted then ${pick(['email', 'call', 'linkedin', 'meeting'], 'a.i', 105)} end,
            case when a.contacted and a.closed_at > now() - ${SCRUBBED} then 'Talked about the migration; sends the bill.' end,
            case when a.closed_at <= now() - ${SCRUBBED} then a.closed_at + ${SCRUBBED} end,
            a.opened_at + case when a.contacted then interval '3 hours' else '0' end, null,
            80 + ${dice('a.i', 106, 15)}, array_fill((80 + ${dice('a.i', 106, 15)})::smallint, '{5}'),
            ${pick(['', 'funding', 'api growth, funding', 'hiring', 'hiring, news, tech_migration'], 'a.i', 107)},
            case when a.contacted then a.opened_at + make_interval(secs => ${dice('a.i', 108, 20_000)}) end,
            a.contacted and ${dice('a.i', 108, 20_000)} < 7200,
            case when a.contacted then a.opened_at + make_interval(secs => 20000 + ${dice('a.i', 109, 90_000)}) end,
            case when a.contacted then ${dice('a.i', 109, 90_000)} < 30000 end
       from big_closed a
       join big_companies c on c.i = a.company`,
    // The reminder of each, and the question what came of it.
    `insert into lead_bot.steps (alert_id, kind, period, at)
     select ${id('closed', 'a.i')}, 'reminder', a.opened_at, a.opened_at + interval '2 hours'
       from big_closed a
     union all
     select ${id('closed', 'a.i')}, 'follow-up', a.opened_at + interval '3 hours', a.closed_at - interval '1 hour'
       from big_closed a
      where a.contacted`,
    `insert into lead_bot.alert_leads (alert_id, developer_id, entered_at, left_at, score_at_entry, active, score)
     select ${id('closed', 'a.i')}, ${id('lead', 'a.company')}, a.opened_at, a.closed_at - interval '1 day',
            80 + ${dice('a.i', 106, 15)}, false, 70
       from big_closed a
      where a.closed_at > now() - ${SCRUBBED}`,
  ];
}

const slackTs = (at: string): string => `extract(epoch from ${at})::numeric(16, 6)::text`;

/** A card per closed alert, a digest per day, a roll-up every third day. The rest are replies. */
function messages({ closedAlerts, messages }: BigSizes): string[] {
  const days = Math.min(698, Math.floor(messages / 50));
  const lists = `(
    select n as i, 'digest' as kind, now() - make_interval(days => ${days + 1} - n) as at from generate_series(1, ${days}) n
    union all
    select n, 'rollup', now() - make_interval(days => ${days + 1} - n) + interval '5 hours' from generate_series(3, ${days}, 3) n
  )`;
  const replies = Math.max(0, messages - closedAlerts - days - Math.floor(days / 3));
  return [
    `insert into lead_bot.messages
       (id, kind, alert_id, channel, dedupe_key, created_at, wanted_version, shown_version, shown_hash, state, slack_channel,
        slack_ts, posted_at, next_try_at, last_error)
     select ${id('card', 'a.i')}, 'card', ${id('closed', 'a.i')}, '${CHANNEL}', 'card:' || ${id('closed', 'a.i')}, a.opened_at,
            4, case when a.i % 2000 = 0 then 0 else 4 end, md5(a.i::text),
            case when a.i % 2000 = 0 then 'dead' else 'posted' end,
            case when a.i % 2000 <> 0 then '${CHANNEL}' end, case when a.i % 2000 <> 0 then ${slackTs('a.opened_at')} end,
            case when a.i % 2000 <> 0 then a.opened_at + interval '1 second' end, a.closed_at,
            case when a.i % 2000 = 0 then 'invalid_blocks' end
       from big_closed a`,
    `insert into lead_bot.messages
       (id, kind, alert_id, parent_id, channel, dedupe_key, payload, created_at, wanted_version, shown_version, shown_hash,
        state, slack_channel, slack_ts, posted_at, next_try_at, removal)
     select ${id('notice', 'r.n')}, 'notice', ${id('closed', 'a.i')}, ${id('card', 'a.i')}, '${CHANNEL}',
            'joined:' || ${id('closed', 'a.i')} || ':' || ${id('lead', 'r.n')},
            jsonb_build_object('kind', 'joined', 'who', ${pick(FIRST_NAMES, 'r.n', 111)}, 'score', 84, 'others', 0),
            a.opened_at + make_interval(mins => ${dice('r.n', 112, 1500)}), 1, 1, md5(r.n::text),
            case when a.closed_at > now() - ${SCRUBBED} then 'posted' else 'gone' end, '${CHANNEL}',
            ${slackTs('a.opened_at + make_interval(secs => r.n % 90000)')}, a.opened_at + interval '1 day', a.closed_at,
            case when a.closed_at <= now() - ${SCRUBBED} then 'expired' end
       from generate_series(1, ${replies}) r (n)
       join big_closed a on a.i = 1 + ((r.n - 1)::bigint * ${closedAlerts} / ${Math.max(1, replies)})
      where a.i % 2000 <> 0`,
    `insert into lead_bot.messages
       (id, kind, channel, dedupe_key, payload, created_at, wanted_version, shown_version, shown_hash, state, slack_channel,
        slack_ts, posted_at, next_try_at)
     select md5(l.kind || l.i)::uuid, l.kind, '${CHANNEL}', l.kind || ':' || '${CHANNEL}:' || l.at::date,
            case l.kind when 'rollup' then jsonb_build_object('reason', 'storm', 'made_at', l.at, 'total', 40)
                        else jsonb_build_object('made_at', l.at, 'since', l.at - interval '1 day', 'local_date', l.at::date) end,
            l.at, 9, 9, md5(l.i::text), 'posted', '${CHANNEL}', ${slackTs('l.at')}, l.at, l.at
       from ${lists} l`,
    `insert into lead_bot.message_alerts (message_id, alert_id)
     select ${id('card', 'a.i')}, ${id('closed', 'a.i')} from big_closed a`,
    `insert into lead_bot.message_alerts (message_id, alert_id, section, position)
     select md5(l.kind || l.i)::uuid, ${id('closed', 'a.i')}, case l.kind when 'digest' then 'unclaimed' else 'alerts' end, p
       from ${lists} l
      cross join generate_series(1, 40) p
       join big_closed a on a.i = 1 + ((l.i - 1)::bigint * ${closedAlerts} / ${days} + p) % ${closedAlerts}`,
  ];
}

/** The same number per closed alert, from opened to cooled. */
function events({ closedAlerts, events }: BigSizes): string {
  const each = Math.max(2, Math.floor(events / closedAlerts));
  return `
    insert into lead_bot.alert_events (alert_id, at, kind, actor, detail, from_status, to_status, developer_id)
    select ${id('closed', 'a.i')}, a.opened_at + (a.closed_at - a.opened_at) * (e.n / ${each - 1}.0), e.kind,
           case when e.kind in ('claimed', 'released', 'contacted') then a.owner end,
           case when e.kind = 'contacted' then 'email' end,
           case e.kind when 'opened' then null when 'claimed' then 'open' else 'claimed' end,
           case e.kind when 'cooled' then 'cooled' when 'released' then 'open' when 'opened' then 'open' else 'claimed' end,
           case when e.kind in ('opened', 'joined', 'left', 'returned') then ${id('lead', 'a.company')} end
      from big_closed a
     cross join (
       select n, case when n = 0 then 'opened' when n = ${each - 1} then 'cooled'
                      else (array['claimed', 'joined', 'left', 'returned', 'released', 'claimed', 'contacted'])[1 + n % 7] end as kind
         from generate_series(0, ${each - 1}) n
     ) e`;
}

function pictures({ closedAlerts, pictures }: BigSizes): string[] {
  return [
    `insert into lead_bot.crossings (developer_id, at, score, fate, alert_id, before)
     select ${id('lead', 'a.company')}, a.opened_at, 80 + ${dice('a.i', 106, 15)}, 'card', ${id('closed', 'a.i')},
            jsonb_build_object('total_score', 70, 'tier', 'warm', 'company_score', 70, 'usage_score', 66, 'expansion_score', 72,
                               'champion_score', 71, 'timing_score', 70)
       from big_closed a
      order by a.i
      limit ${closedAlerts}`,
    `create temporary table big_warm as
     select s.developer_id, ${dice('hashtext(s.developer_id::text)', 121, 604800)} as seconds,
            jsonb_build_object(
              'total_score', s.total_score, 'tier', s.tier, 'company_score', s.company_score, 'usage_score', s.usage_score,
              'expansion_score', s.expansion_score, 'champion_score', s.champion_score, 'timing_score', s.timing_score,
              'api_calls_30d', 100000, 'api_call_growth_pct', 12.5, 'team_member_count', 4, 'project_count', 3,
              'billing_tier', 'pro', 'features_used', '["Auth", "Storage"]'::jsonb) as picture,
            hashtextextended(d.company_domain, 0) as account_hash, s.tier = 'hot' as hot, s.total_score as score,
            array[s.company_score, s.usage_score, s.expansion_score, s.champion_score, s.timing_score]::smallint[] as figures
       from public.lead_scores s
       join public.developer_signups d on d.id = s.developer_id
      where s.total_score >= 60`,
    // The newest less than a week old, so each sweep takes a few.
    ...Array.from(
      { length: pictures },
      (_, week) => `
     insert into lead_bot.lead_pictures (developer_id, taken_at, picture, account_hash, hot, score, figures)
     select w.developer_id, now() - make_interval(days => ${7 * (pictures - 1 - week)}, secs => w.seconds), w.picture,
            w.account_hash, w.hot, w.score, w.figures
       from big_warm w`,
    ),
  ];
}

function openAlerts({ openAlerts }: BigSizes): string[] {
  return [
    `insert into lead_bot.alerts
       (id, account_key, status, opened_at, owner, claimed_at, contacted_at, contact_method, contact_note, score,
        examined_at, redraw_due_at, waits_since, step_due_at)
     select ${id('open', 'c.i')}, c.domain, o.status, o.at,
            case when o.status <> 'open' then 'U0AE' || lpad(${dice('c.i', 131, 40)}::text, 4, '0') end,
            case when o.status <> 'open' then o.at + interval '20 minutes' end,
            case when o.status = 'contacted' then o.at + interval '1 hour' end,
            case when o.status = 'contacted' then 'email' end,
            case when o.status = 'contacted' then 'Sent the migration guide.' end,
            s.total_score, now(), now() + make_interval(secs => 60 + ${dice('c.i', 132, 3600)}),
            o.at + case o.status when 'claimed' then interval '20 minutes' when 'contacted' then '1 hour' else '0' end,
            now() + make_interval(secs => 60 + ${dice('c.i', 135, 3600)})
       from big_companies c
       join public.lead_scores s on s.developer_id = ${id('lead', 'c.i')}
      cross join lateral (
        select now() - interval '2 hours' - make_interval(mins => ${dice('c.i', 133, 28000)}) as at,
               (array['open', 'open', 'open', 'open', 'open', 'open', 'claimed', 'claimed', 'claimed', 'contacted'])[1 + ${dice('c.i', 134, 10)}] as status
      ) o
      where c.i <= ${openAlerts}`,
    `insert into lead_bot.alert_leads (alert_id, developer_id, entered_at, score_at_entry, score)
     select ${id('open', 'i')}, ${id('lead', 'i')}, a.opened_at, a.score, a.score
       from generate_series(1, ${openAlerts}) i
       join lead_bot.alerts a on a.id = ${id('open', 'i')}`,
    `insert into lead_bot.messages
       (id, kind, alert_id, channel, dedupe_key, created_at, wanted_version, shown_version, shown_hash, state, slack_channel,
        slack_ts, posted_at, next_try_at)
     select ${id('opencard', 'i')}, 'card', a.id, '${CHANNEL}', 'card:' || a.id, a.opened_at, 3, 3, md5(i::text), 'posted',
            '${CHANNEL}', ${slackTs('a.opened_at')}, a.opened_at, a.opened_at
       from generate_series(1, ${openAlerts}) i
       join lead_bot.alerts a on a.id = ${id('open', 'i')}`,
    `insert into lead_bot.message_alerts (message_id, alert_id)
     select ${id('opencard', 'i')}, ${id('open', 'i')} from generate_series(1, ${openAlerts}) i`,
    `insert into lead_bot.alert_events (alert_id, at, kind, to_status, developer_id)
     select a.id, a.opened_at, 'opened', 'open', ${id('lead', 'i')}
       from generate_series(1, ${openAlerts}) i
       join lead_bot.alerts a on a.id = ${id('open', 'i')}`,
    `insert into lead_bot.crossings (developer_id, at, score, fate, alert_id, before)
     select ${id('lead', 'i')}, a.opened_at, a.score, 'card', a.id,
            jsonb_build_object('total_score', 74, 'tier', 'warm', 'company_score', 70, 'usage_score', 76, 'expansion_score', 72,
                               'champion_score', 71, 'timing_score', 80)
       from generate_series(1, ${openAlerts}) i
       join lead_bot.alerts a on a.id = ${id('open', 'i')}`,
    ...(openAlerts === 0
      ? []
      : [
          `insert into lead_bot.channels (channel, next_post_at) values ('${CHANNEL}', now() - interval '1 minute')`,
          `insert into lead_bot.poll_state (first_poll_at, deadlines)
           select o.at, jsonb_build_object('claim', o.at, 'contact', o.at, 'follow_up', o.at)
             from (select now() - interval '701 days' as at) o`,
          `insert into lead_bot.sweep_state (swept_at, due_at, ms) values (now(), now() + interval '60 seconds', 200)`,
        ]),
  ];
}
