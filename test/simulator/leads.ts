import { LEADS } from './scenario.ts';

/** Two companies with two developers, one with one, and one developer whose company is only in the email address. */
const DOMAINS = [
  'acme.example',
  'acme.example',
  'bolt.example',
  'bolt.example',
  'core.example',
  null,
];

const HOT = 88;
const WARM = 65;

/** @param lead number from a scenario, modulo the number of leads */
export const leadId = (lead: number): string =>
  `00000000-0000-4000-8000-00000000000${lead % LEADS.length}`;

const MAIL_HOSTS = [
  'acme.example',
  'acme.example',
  'bolt.example',
  'bolt.example',
  'gmx.de',
  'dove.example',
];

export const emailOf = (lead: number): string => `d${lead}@${MAIL_HOSTS[lead % LEADS.length]}`;

/** Spellings of domains, each with its account; null means the account of the email address. */
const WRITTEN: readonly (readonly [written: string | null, account: string | null])[] = [
  ['acme.example', 'acme.example'],
  ['https://www.Acme.example/', 'acme.example'],
  ['BOLT.example ', 'bolt.example'],
  ['core.example', 'core.example'],
  [null, null],
  ['GMail.com', null],
];

/** Account owners. One of them is no user. */
const OWNERS: Readonly<Record<string, string>> = {
  'acme.example': 'u0@ours.example',
  'bolt.example': 'left@ours.example',
  'core.example': 'u1@ours.example',
};

/** The column of the leads' view. */
export const OWNER_COLUMN = `case d.company_domain ${Object.entries(OWNERS)
  .map(([domain, email]) => `when '${domain}' then '${email}'`)
  .join(' ')} end as owner_email`;

/** The user with the address of an account owner. */
export function ownerWith(email: string): { user: string } | { why: 'unknown' } {
  const user = /^u(\d)@/.exec(email)?.[1];
  return user === undefined ? { why: 'unknown' } : { user: `U${user}` };
}

/** The company of a lead's email address; null for a free mail provider. */
const byAddress = (lead: number): string | null => {
  const host = MAIL_HOSTS[lead % LEADS.length];
  return host === undefined || host === 'gmx.de' ? null : host;
};

/** The account of a lead, initially or after a domain change; null without a company. */
export function accountOf(lead: number, domain?: number): string | null {
  if (domain === undefined) return DOMAINS[lead % LEADS.length] ?? byAddress(lead);
  return WRITTEN[domain % WRITTEN.length]?.[1] ?? byAddress(lead);
}

export function domainSql(lead: number, domain: number): string {
  const written = WRITTEN[domain % WRITTEN.length]?.[0] ?? null;
  return `update public.developer_signups
             set company_domain = ${written === null ? 'null' : `'${written}'`} where id = '${leadId(lead)}'`;
}

export type Scores = readonly (readonly [lead: number, score: number])[];

export const isHot = (score: number): boolean => score >= 80;

/** Scores before the first poll. */
export const firstScores = (hot: readonly boolean[]): Scores =>
  LEADS.map((lead) => [lead, hot[lead] ? HOT : WARM]);

export function addLeads(): string {
  const domains = [...new Set(DOMAINS)].filter((domain) => domain !== null);
  const companies = domains.map((domain) => `('${domain}', '${domain.split('.')[0]}', 120)`);
  const developers = LEADS.map((lead) => {
    const domain = DOMAINS[lead] ?? null;
    return `('${leadId(lead)}', '${emailOf(lead)}', 'Dev ${lead}', ${domain === null ? 'null' : `'${domain}'`})`;
  });
  return `
    insert into public.company_enrichment (domain, company_name, employee_count)
    values ${companies.join(', ')};
    insert into public.developer_signups (id, email, full_name, company_domain)
    values ${developers.join(', ')}`;
}

/** Adds score rows as the pipeline does; the newest counts. Skips deleted leads. */
export function scoresSql(scores: Scores): string {
  const rows = scores.map(([lead, score]) => `('${leadId(lead)}'::uuid, ${score})`);
  return `insert into public.lead_scores
      (developer_id, company_score, usage_score, expansion_score, champion_score, timing_score,
       suggested_action)
    select d.id, n.score, n.score, n.score, n.score, n.score, 'Call them'
      from (values ${rows.join(', ')}) n (id, score)
      join public.developer_signups d on d.id = n.id`;
}

export const deleteSql = (lead: number): string =>
  `delete from public.developer_signups where id = '${leadId(lead)}'`;

/** Enables or disables the bot's triggers. */
export const triggersSql = (enabled: boolean): string =>
  `alter table public.lead_scores ${enabled ? 'enable' : 'disable'} trigger user`;

/** All scores, for a reload. */
export const SCORES = `select coalesce(jsonb_agg(to_jsonb(s)), '[]') as scores from public.lead_scores s`;

/** Loads scores, except those of deleted leads. */
export function loadSql(scores: readonly unknown[]): string {
  const columns =
    'id, developer_id, company_score, usage_score, expansion_score, champion_score, timing_score, suggested_action, scored_at';
  const json = JSON.stringify(scores).replaceAll("'", "''");
  return `insert into public.lead_scores (${columns})
    select ${columns} from jsonb_populate_recordset(null::public.lead_scores, '${json}') s
     where exists (select from public.developer_signups d where d.id = s.developer_id)`;
}
