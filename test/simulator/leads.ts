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

const leadId = (lead: number): string =>
  `00000000-0000-4000-8000-00000000000${lead % LEADS.length}`;

/** Writes the leads with their first scores. */
export function addLeads(hot: readonly boolean[]): string {
  const domains = [...new Set(DOMAINS)].filter((domain) => domain !== null);
  const companies = domains.map((domain) => `('${domain}', '${domain.split('.')[0]}', 120)`);
  const developers = LEADS.map((lead) => {
    const domain = DOMAINS[lead] ?? null;
    const email = `d${lead}@${domain ?? 'unknown.example'}`;
    return `('${leadId(lead)}', '${email}', 'Dev ${lead}', ${domain === null ? 'null' : `'${domain}'`})`;
  });
  return `
    insert into public.company_enrichment (domain, company_name, employee_count)
    values ${companies.join(', ')};
    insert into public.developer_signups (id, email, full_name, company_domain)
    values ${developers.join(', ')};
    ${scoresSql(LEADS.map((lead) => [lead, hot[lead] ? HOT : WARM]))}`;
}

/** Writes scores as the pipeline does: new rows, of which the newest counts. 80 and above is hot. */
export function scoresSql(scores: readonly (readonly [lead: number, score: number])[]): string {
  const rows = scores.map(
    ([lead, score]) => `('${leadId(lead)}', ${Array(5).fill(score).join(', ')}, 'Call them')`,
  );
  return `insert into public.lead_scores
      (developer_id, company_score, usage_score, expansion_score, champion_score, timing_score,
       suggested_action)
    values ${rows.join(', ')}`;
}
