import type { Random } from '../kill/random.ts';
import { HOLIDAYS, wallOf } from './calendar.ts';
import { TIME_ZONE } from './people.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const HOT = 80;

export interface ScorePlan {
  /** The score of each lead before the first poll. */
  first: readonly number[];
  /** In the order of time. */
  batches: readonly Batch[];
}

/** What the pipeline writes in one transaction. */
export interface Batch {
  at: number;
  /** The newest score of each lead it touches. */
  scores: ReadonlyMap<number, number>;
  /** Everything shifts at once. */
  isStorm: boolean;
  /** Companies about which something else changes. */
  changes: readonly { company: number; kind: 'growth-halved' | 'signal' | 'decision-maker' }[];
}

export interface ScoreSettings {
  leads: number;
  days: number;
  startsAt: number;
  /** Companies that turn hot on a working day, besides re-scores. */
  hotPerDay: number;
  /** Of each mass re-score: when, and how many companies turn hot. */
  storms: readonly { at: number; companies: number }[];
  random: Random;
}

export const companiesOf = (leads: number): number => Math.max(1, Math.round(leads / 2.5));
/** The first developer of each company, then the second, and so on. */
export const companyOf = (lead: number, leads: number): number => lead % companiesOf(leads);

/**
 * Plans what an hourly pipeline writes. A company is hot for hours, days or weeks; every third one flaps around the
 * threshold meanwhile; some get a second champion.
 */
export function planScores(settings: ScoreSettings): ScorePlan {
  const { leads, days, startsAt, hotPerDay, storms, random } = settings;
  const companies = companiesOf(leads);
  const endsAt = startsAt + days * DAY_MS;
  const first = Array.from({ length: leads }, () => Math.round(random.between(15, 74)));
  const changes = new Map<number, { scores: Map<number, number>; others: Batch['changes'] }>();
  const hourOf = (at: number): number => Math.floor((at - startsAt) / HOUR_MS);
  const batchAt = (at: number) => {
    const hour = hourOf(at);
    const found = changes.get(hour) ?? { scores: new Map<number, number>(), others: [] };
    changes.set(hour, found);
    return found;
  };
  const set = (at: number, lead: number, score: number): void => {
    if (at < endsAt) batchAt(at).scores.set(lead, score);
  };
  const whole = (from: number, to: number): number => Math.round(random.between(from, to));

  const busyUntil = new Map<number, number>();
  const freeCompany = (at: number): number | null => {
    for (let tries = 0; tries < 50; tries++) {
      const company = Math.floor(random.next() * companies);
      if ((busyUntil.get(company) ?? 0) < at) return company;
    }
    return null;
  };

  const heat = (company: number, from: number, lasting: number): void => {
    const until = from + lasting;
    busyUntil.set(company, until + 2 * DAY_MS);
    const peak = whole(82, 96);
    set(from, company, peak);
    const flaps = random.chance(0.35);
    for (let at = from + HOUR_MS; at < Math.min(until, endsAt); at += HOUR_MS) {
      if (flaps && random.chance(0.05)) {
        set(at, company, whole(74, 79));
        at += whole(1, 5) * HOUR_MS;
        set(at, company, Math.min(99, peak + whole(-2, 3)));
      } else if (random.chance(0.02)) {
        set(at, company, Math.min(99, Math.max(HOT, peak + whole(-6, 14))));
      }
    }
    const second = company + companies;
    if (second < leads && random.chance(0.2)) {
      const joins = from + random.between(0, 0.8) * lasting;
      set(joins, second, whole(HOT, 93));
      set(until, second, whole(40, 72));
    }
    if (random.chance(0.15)) {
      const at = from + random.between(0.1, 0.9) * Math.min(lasting, 3 * DAY_MS);
      const kind = random.pick(['growth-halved', 'signal', 'decision-maker'] as const);
      if (at < endsAt && kind !== undefined) {
        const batch = batchAt(at);
        batch.others = [...batch.others, { company, kind }];
      }
    }
    set(until, company, whole(45, 74));
  };

  const lasting = (): number => {
    const dice = random.next();
    if (dice < 0.6) return random.between(8 * HOUR_MS, 2 * DAY_MS);
    if (dice < 0.88) return random.between(2 * DAY_MS, 6 * DAY_MS);
    return random.between(8 * DAY_MS, 40 * DAY_MS);
  };

  // Some were hot before the bot first ran.
  for (let i = 0; i < hotPerDay; i++) {
    const company = freeCompany(startsAt);
    if (company === null) continue;
    first[company] = whole(82, 94);
    const until = startsAt + lasting();
    busyUntil.set(company, until + 2 * DAY_MS);
    set(until, company, whole(45, 74));
  }
  for (let day = 0; day < days; day++) {
    const midnight = startsAt + day * DAY_MS;
    const { date, weekday } = wallOf(midnight + DAY_MS / 2, TIME_ZONE);
    const isQuiet = weekday === 'Sat' || weekday === 'Sun' || HOLIDAYS.includes(date);
    const count = Math.round(hotPerDay * (isQuiet ? 0.25 : random.between(0.8, 1.2)));
    for (let i = 0; i < count; i++) {
      // Mostly while Europe or America works.
      const hour = random.chance(0.85) ? random.between(7, 24) : random.between(0, 7);
      const from = midnight + hour * HOUR_MS;
      const company = freeCompany(from);
      if (company !== null) heat(company, from, lasting());
    }
    for (let i = 0; i < leads / 50; i++) {
      const lead = Math.floor(random.next() * leads);
      if ((busyUntil.get(companyOf(lead, leads)) ?? 0) < midnight) {
        set(midnight + random.between(0, DAY_MS), lead, whole(15, 74));
      }
    }
  }

  const stormHours = new Set<number>();
  for (const { at, companies: turning } of storms) {
    stormHours.add(hourOf(at));
    for (let lead = 0; lead < leads; lead++) {
      const isCold = (busyUntil.get(companyOf(lead, leads)) ?? 0) < at;
      if (isCold) set(at, lead, whole(20, 77));
    }
    for (let i = 0; i < turning; i++) {
      const company = freeCompany(at);
      if (company !== null) heat(company, at, random.between(0.5, 5) * DAY_MS);
    }
  }

  const batches = [...changes]
    .sort(([one], [other]) => one - other)
    .map(([hour, { scores, others }]) => ({
      // Not on the full hour, when digests are due.
      at: startsAt + hour * HOUR_MS + 7 * 60_000,
      scores,
      isStorm: stormHours.has(hour),
      changes: others,
    }));
  return { first, batches };
}

const leadId = (lead: number): string =>
  `00000000-0000-4000-8000-${String(lead).padStart(12, '0')}`;
export const domainOf = (company: number): string => `c${String(company).padStart(5, '0')}.example`;

/** Companies, developers, their usage and their first scores. */
export function addLeadsSql(first: readonly number[]): string {
  const leads = first.length;
  const companies = companiesOf(leads);
  const domain = (number: string): string => `'c' || lpad((${number})::text, 5, '0') || '.example'`;
  const id = `('00000000-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid`;
  return `
    insert into public.company_enrichment (domain, company_name, employee_count)
    select ${domain('i')}, 'Company ' || i, 50 + i % 900 from generate_series(0, ${companies - 1}) i;
    insert into public.developer_signups (id, email, full_name, company_domain)
    select ${id}, 'dev' || i || '@' || ${domain(`i % ${companies}`)}, 'Dev ' || i, ${domain(`i % ${companies}`)}
      from generate_series(0, ${leads - 1}) i;
    insert into public.internal_signals (developer_id, project_count, api_calls_30d, api_calls_prev_30d)
    select ${id}, 2, 20000, 10000 from generate_series(0, ${leads - 1}) i;
    insert into public.lead_scores
      (developer_id, company_score, usage_score, expansion_score, champion_score, timing_score, suggested_action)
    select d.id, n.score, n.score, n.score, n.score, n.score, 'Call them'
      from jsonb_array_elements_text('${JSON.stringify(first)}') with ordinality s (score, place)
     cross join lateral (select s.score::int) n (score)
      join public.developer_signups d
        on d.id = ('00000000-0000-4000-8000-' || lpad((s.place - 1)::text, 12, '0'))::uuid`;
}

export function batchSql({ scores, changes }: Batch): string {
  const rows = [...scores].map(([lead, score]) => `('${leadId(lead)}'::uuid, ${score})`);
  const others = changes.map(({ company, kind }) => changeSql(company, kind));
  const rescore = `update public.lead_scores s
      set company_score = n.score, usage_score = n.score, expansion_score = n.score, champion_score = n.score,
          timing_score = n.score, scored_at = sim.clock_timestamp()
     from (values ${rows.join(', ')}) n (id, score)
    where s.developer_id = n.id`;
  return [...(rows.length === 0 ? [] : [rescore]), ...others].join(';\n');
}

type Change = Batch['changes'][number]['kind'];

function changeSql(company: number, kind: Change): string {
  const domain = domainOf(company);
  switch (kind) {
    case 'growth-halved':
      return `update public.internal_signals set api_calls_30d = 11000 where developer_id = '${leadId(company)}'`;
    case 'signal':
      return `insert into public.expansion_signals (company_domain, signal_type, signal_title, signal_strength)
              values ('${domain}', 'hiring', 'Hiring a platform team', 'high')`;
    case 'decision-maker':
      return `insert into public.stakeholders (company_domain, full_name, title, is_decision_maker)
              values ('${domain}', 'Dana Example', 'CTO', true)`;
  }
}
