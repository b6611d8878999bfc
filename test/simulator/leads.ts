import { LEADS } from './scenario.ts';

/** Two companies with two developers each, one with one, and one developer whose address alone tells the company. */
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

/** @param lead a number from a scenario, taken modulo how many leads there are */
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

/** Domains as somebody may write them, and the account that each stands for; null: that of the address. */
const WRITTEN: readonly (readonly [written: string | null, account: string | null])[] = [
  ['acme.example', 'acme.example'],
  ['https://www.Acme.example/', 'acme.example'],
  ['BOLT.example ', 'bolt.example'],
  ['core.example', 'core.example'],
  [null, null],
  ['GMail.com', null],
];

/** The company of whoever has only an address; null at a provider. */
const byAddress = (lead: number): string | null => {
  const host = MAIL_HOSTS[lead % LEADS.length];
  return host === undefined || host === 'gmx.de' ? null : host;
};

/** The account of a lead, null for no company: at first, or after it was given another domain. */
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

/** What the leads score before the first poll. */
export const firstScores = (hot: readonly boolean[]): Scores =>
  LEADS.map((lead) => [lead, hot[lead] ? HOT : WARM]);

/** Writes the leads. */
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

/** Writes scores as the pipeline does: new rows, of which the newest counts; none for a lead that was deleted. */
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

/** Makes the bot's triggers stand, or go. */
export const triggersSql = (stand: boolean): string =>
  `alter table public.lead_scores ${stand ? 'enable' : 'disable'} trigger user`;

/** All scores, to be loaded again. */
export const SCORES = `select coalesce(jsonb_agg(to_jsonb(s)), '[]') as scores from public.lead_scores s`;

/** Loads some of these scores, but for those of leads that were deleted. */
export function loadSql(scores: readonly unknown[]): string {
  const columns =
    'id, developer_id, company_score, usage_score, expansion_score, champion_score, timing_score, suggested_action, scored_at';
  const json = JSON.stringify(scores).replaceAll("'", "''");
  return `insert into public.lead_scores (${columns})
    select ${columns} from jsonb_populate_recordset(null::public.lead_scores, '${json}') s
     where exists (select from public.developer_signups d where d.id = s.developer_id)`;
}
