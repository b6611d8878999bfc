import { formatISO } from 'date-fns/formatISO';
import pg from 'pg';
import { laterSql } from './later.ts';

const WEEKS = ['Bluepine', 'Kestrel', 'Harbor', 'Lumen', 'Quarry', 'Tandem'] as const;
const AES = ['U0ALICE', 'U0BEN', 'U0CHLOE'] as const;

interface Lead {
  domain: string;
  name: string;
  score: number;
  signal: string;
  /** Of API calls, in percent. */
  growth: number;
  /** How long ago it was scored, in days. */
  days: number;
}

/** A company of each week, and what happens to it. */
interface Part {
  name: string;
  score: number;
  signal: string;
  growth: number;
  claimed?: 'at-once' | 'soon' | 'late';
  contacted?: 'same-day' | 'next-day';
  /** Week by week, newest first; repeats. */
  outcomes?: readonly string[];
  notAFit?: readonly string[];
}

const PARTS: readonly Part[] = [
  {
    name: 'Pay',
    score: 93,
    signal: 'tech_migration',
    growth: 120,
    claimed: 'at-once',
    contacted: 'same-day',
    outcomes: ['meeting', 'won'],
  },
  {
    name: 'Health',
    score: 88,
    signal: 'tech_migration',
    growth: 70,
    claimed: 'soon',
    contacted: 'same-day',
    outcomes: ['meeting', 'no-reply', 'lost'],
  },
  {
    name: 'Freight',
    score: 84,
    signal: 'funding',
    growth: 90,
    claimed: 'late',
    contacted: 'next-day',
    outcomes: ['no-reply', 'lost'],
  },
  {
    name: 'Labs',
    score: 81,
    signal: 'hiring',
    growth: 5,
    notAFit: ['too-small', 'student', 'too-small', 'competitor'],
  },
  { name: 'Media', score: 83, signal: 'hiring', growth: 55 },
];

/** Never hot: what another threshold would bring. */
const WARM = [78, 77, 76, 76, 75, 74, 72, 71];
const COOL = 66;

interface Company extends Part, Lead {
  /** Weeks ago. */
  week: number;
  ae: string;
}

const COMPANIES: readonly Company[] = WEEKS.flatMap((first, week) =>
  PARTS.map((part, index) => ({
    ...part,
    week,
    name: `${first} ${part.name}`,
    domain: `${first}-${part.name}.example`.toLowerCase(),
    ae: AES[(week + index) % AES.length] ?? AES[0],
    days: 7 * week + 5,
  })),
);

const WARM_LEADS: readonly Lead[] = WARM.map((score, index) => ({
  domain: `retail-${index + 1}.example`,
  name: `Retail ${index + 1}`,
  score,
  signal: 'news',
  growth: 10,
  days: 60,
}));

const rowsOf = (leads: readonly Lead[]): string => `jsonb_to_recordset($$${JSON.stringify(leads)}$$)
  l (domain text, name text, score int, signal text, growth int, days int)`;

const signUp = (leads: readonly Lead[]): string => `
  insert into public.company_enrichment (domain, company_name, industry, employee_count, employee_range, funding_stage)
  select l.domain, l.name, 'Software', 90, '51-200', 'series_a' from ${rowsOf(leads)};
  insert into public.expansion_signals (company_domain, signal_type, signal_title, signal_strength, signal_date)
  select l.domain, l.signal, initcap(replace(l.signal, '_', ' ')), 'high', current_date - l.days from ${rowsOf(leads)};
  insert into public.developer_signups (email, full_name, company_domain, signup_date)
  select 'dev@' || l.domain, 'Dev of ' || l.name, l.domain, now() - make_interval(days => l.days) from ${rowsOf(leads)};
  insert into public.internal_signals (
    developer_id, project_count, billing_tier, team_member_count, api_calls_30d, api_calls_prev_30d, last_active_at, captured_at)
  select d.id, 2, 'pro', 4, 1000 * (100 + l.growth), 100000, now() - make_interval(days => l.days), now() - make_interval(days => l.days)
    from ${rowsOf(leads)} join public.developer_signups d on d.company_domain = l.domain;
  ${score(leads)}`;

const PERSONAL = 'robin.vance@gmail.com';

/** A second developer of some companies, who joins the first, and one with a personal address, who gets no card. */
const signUpOthers = (companies: readonly Lead[]): string => `
  insert into public.developer_signups (email, full_name, company_domain, signup_date)
  select 'lead@' || l.domain, 'Lead of ' || l.name, l.domain, now() - make_interval(days => l.days) from ${rowsOf(companies)}
  union all
  select '${PERSONAL}', 'Robin Vance', null, now() - interval '5 days';
  insert into public.lead_scores (
    developer_id, company_score, usage_score, expansion_score, champion_score, timing_score, suggested_action, scored_at)
  select d.id, 83, 83, 83, 83, 83, 'Ask what they are building.', d.signup_date
    from public.developer_signups d where d.email like 'lead@%.example' or d.email = '${PERSONAL}';`;

const score = (leads: readonly Lead[]): string => `
  insert into public.lead_scores (
    developer_id, company_score, usage_score, expansion_score, champion_score, timing_score, suggested_action, scored_at)
  select d.id, l.score, l.score, l.score, l.score, l.score, 'Ask what they are building.', now() - make_interval(days => l.days)
    from ${rowsOf(leads)} join public.developer_signups d on d.company_domain = l.domain;`;

/** The sample leads turn hot after all this. */
const PAST = `array(
  select d.id from public.developer_signups d where d.company_domain like '%.example' or d.email = '${PERSONAL}')`;
const SETTLE = `
  select lead_bot.settle_marks(array(select m.id from lead_bot.lead_marks m where m.developer_id = any (${PAST})), '{}');`;

const POLL = `
  select public.lead_bot_record_poll(jsonb_build_object(
    'channel', 'C0HOTLEADS', 'rearm_seconds', 30, 'rollup_reason', 'storm', 'unfinished', false, 'marks', '[]'::jsonb,
    'entries', (
      select jsonb_agg(jsonb_build_object('developer_id', m.developer_id, 'show', 'card'))
        from lead_bot.lead_marks m where m.hot and m.developer_id = any (${PAST})
    )));
  ${SETTLE}`;

/** Until when to claim and to reach out, around the clock as in the demo. */
const SET_DUE = `
  select public.lead_bot_defer_steps(jsonb_agg(jsonb_build_object(
           'alert_id', a.id, 'seen', a.step_due_at, 'at', null,
           'due_at', a.waits_since + case a.status when 'open' then interval '2 hours' else interval '8 hours' end)))
    from lead_bot.alerts a
   where a.closed_at is null and a.hold is null and a.status in ('open', 'claimed')
  having count(*) > 0;`;

/** A call of the bot for each of these companies. */
const each = (
  does: (company: Company) => unknown,
  call: (alert: string, company: Company) => string,
): string =>
  COMPANIES.filter(does)
    .map((one) => {
      const alert = `(select a.id from lead_bot.alerts a where a.account_key = '${one.domain}')`;
      return `select public.${call(alert, one)};`;
    })
    .join('\n');
const claim = (when: Part['claimed']): string =>
  each(
    ({ claimed }) => claimed === when,
    (alert, { ae }) => `lead_bot_claim(${alert}, '${ae}')`,
  );
const contact = (when: Part['contacted']): string =>
  each(
    ({ contacted }) => contacted === when,
    (alert, { ae }) => `lead_bot_contact(${alert}, '${ae}', 'email', null)`,
  );
const inWeek = <T>(list: readonly T[] | undefined, week: number): T | null =>
  list?.[week % list.length] ?? null;

/** The calls that the bot makes for one week of alerts, with the time between them. Then each week goes where it belongs. */
const stepsOf = (yesterday: Date): readonly string[] => [
  `select public.lead_bot_set_deadlines('{"claim": true, "contact": true, "follow_up": true}');
   insert into lead_bot.sweep_state default values on conflict do nothing;`,
  signUp([...COMPANIES, ...WARM_LEADS]) +
    signUpOthers(COMPANIES.filter(({ name, week }) => week % 2 === 0 && name.endsWith(' Pay'))),
  POLL + SET_DUE,
  laterSql('9 minutes'),
  claim('at-once'),
  laterSql('31 minutes'),
  claim('soon') + SET_DUE,
  laterSql('3 hours'),
  contact('same-day') + claim('late') + SET_DUE,
  laterSql('20 hours'),
  contact('next-day') +
    each(
      ({ notAFit }) => notAFit,
      (alert, { ae, notAFit, week }) =>
        `lead_bot_not_a_fit(${alert}, '${ae}', '${inWeek(notAFit, week)}', null, 7776000)`,
    ),
  laterSql('2 days'),
  each(
    ({ outcomes, week }) => inWeek(outcomes, week),
    (alert, { ae, outcomes, week }) =>
      `lead_bot_outcome(${alert}, '${ae}', '${inWeek(outcomes, week)}', null, null)`,
  ) +
    score(COMPANIES.map((one) => ({ ...one, score: COOL, days: one.days - 3 }))) +
    SETTLE,
  laterSql('12 minutes'),
  'select public.lead_bot_follow(30);',
  laterSql('30 hours'),
  ...WEEKS.slice(1).map((_, index) =>
    laterSql(
      `${7 * (index + 1)} days`,
      `array(select a.id from lead_bot.alerts a where a.account_key = any ($d$${arrayOf(index + 1)}$d$))`,
    ),
  ),
  // Nobody has to scroll past cards of old weeks, and no digest was missed.
  `select public.lead_bot_request_digest('C0SALES', '${formatISO(yesterday, { representation: 'date' })}', now());
   update lead_bot.messages m set state = 'gone' where m.state = 'pending';
   update lead_bot.poll_state p
      set first_poll_at = p.first_poll_at - interval '${7 * WEEKS.length} days', storm_since = null
    where p.only_row;
   update lead_bot.lead_marks m set at = now() where m.hot;`,
  // Of the sample lead that is not hot.
  score(
    [58, 63, 69, 71].map((points, index) => ({
      domain: 'cloudmetrics.dev',
      name: 'CloudMetrics',
      score: points,
      signal: '',
      growth: 0,
      days: 45 - 12 * index,
    })),
  ),
  // A picture of each week.
  `select lead_bot.take_pictures();
   delete from lead_bot.lead_pictures p where p.developer_id <> all (${PAST});
   insert into lead_bot.lead_pictures
   select (jsonb_populate_record(p, jsonb_build_object('taken_at', p.taken_at - make_interval(weeks => w)))).*
     from lead_bot.lead_pictures p cross join generate_series(1, ${WEEKS.length}) w;`,
];

function arrayOf(week: number): string {
  return `{${COMPANIES.filter((one) => one.week === week).map(({ domain }) => domain)}}`;
}

/**
 * Six weeks of alerts, for the reports. Must run before the bot notes anything: that would be moved back too.
 *
 * @param yesterday when the digest before the first one was due
 */
export async function seedHistory(databaseUrl: string, yesterday: Date): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    for (const sql of stepsOf(yesterday)) await client.query(`begin; ${sql} commit;`);
  } finally {
    await client.end();
  }
}
