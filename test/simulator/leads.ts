import { LEADS } from './scenario.ts';

/** Two companies with two developers each, one with one, and one developer whose company nobody knows. */
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

export const emailOf = (lead: number): string => `d${lead}@${DOMAINS[lead] ?? 'unknown.example'}`;

/** The lead's account, as the bot keys it. */
export const accountOf = (lead: number): string => DOMAINS[lead] ?? `lead:${leadId(lead)}`;

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

/** Writes scores as the pipeline does: new rows, of which the newest counts. */
export function scoresSql(scores: Scores): string {
  const rows = scores.map(
    ([lead, score]) => `('${leadId(lead)}', ${Array(5).fill(score).join(', ')}, 'Call them')`,
  );
  return `insert into public.lead_scores
      (developer_id, company_score, usage_score, expansion_score, champion_score, timing_score,
       suggested_action)
    values ${rows.join(', ')}`;
}
