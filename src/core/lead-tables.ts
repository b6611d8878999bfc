/** The tables in `public` that `lead_dashboard` reads. */
export const LEAD_TABLES: readonly string[] = [
  'developer_signups',
  'internal_signals',
  'company_enrichment',
  'stakeholders',
  'expansion_signals',
  'lead_scores',
];
