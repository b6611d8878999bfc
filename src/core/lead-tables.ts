/** The given tables below `lead_dashboard`, in the schema `public`. */
export const LEAD_TABLES: readonly string[] = [
  'developer_signups',
  'internal_signals',
  'company_enrichment',
  'stakeholders',
  'expansion_signals',
  'lead_scores',
];
