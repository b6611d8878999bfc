-- The given schema has no index on any foreign key, so `lead_dashboard` scans whole tables for each
-- lead it shows. With a million leads, reading the hot ones did not finish within two minutes; with
-- these it takes a fifth of a second.
--
-- Building one keeps writers of its table waiting, for about a second per million rows, until all of this
-- script is committed. One that is there is not touched: even `create index if not exists` would lock its
-- table against the scoring pipeline.
do $$
declare
  v_index record;
begin
  for v_index in
    select * from (values
      -- The newest score of a lead (a lead may have several), and the join of the view. The id decides
      -- between two scores of the same moment, so that every reader picks the same one. It carries the
      -- tier, which each poll asks of every tracked lead.
      ('lead_scores_newest_per_developer',
       'on public.lead_scores (developer_id, scored_at desc nulls last, id desc) include (tier)'),

      -- The poll's question "who is hot?": as small as the hot tier, however many leads there are.
      ('lead_scores_hot', 'on public.lead_scores (developer_id) where tier = ''hot'''),

      -- The newest usage of a lead, and the join of the view.
      ('internal_signals_newest_per_developer',
       'on public.internal_signals (developer_id, captured_at desc nulls last, id desc)'),

      -- The view counts both of these once per lead.
      ('stakeholders_company_domain', 'on public.stakeholders (company_domain)'),
      ('expansion_signals_company_domain', 'on public.expansion_signals (company_domain)'),

      -- Whose address is personal, and who is therefore no lead: each poll asks that of every tracked one.
      ('developer_signups_personal', 'on public.developer_signups (id) where not is_company_email'),

      -- All leads of one account: accounts are keyed by the lower-cased domain, and the same expression
      -- serves `/lead velocitypay.io` however the domain is spelled.
      ('developer_signups_account',
       'on public.developer_signups (lower(company_domain) text_pattern_ops)'),

      -- `/lead velocitypay` and `/lead marcus.chen@velocitypay.io`, in any letter case. With
      -- text_pattern_ops one index answers both `=` and `like 'velocity%'`, in any collation.
      ('company_enrichment_name',
       'on public.company_enrichment (lower(company_name) text_pattern_ops)'),
      ('developer_signups_email', 'on public.developer_signups (lower(email) text_pattern_ops)')
    ) as wanted (name, definition)
    where to_regclass('public.' || name) is null
  loop
    execute format('create index %I %s', v_index.name, v_index.definition);
  end loop;
end;
$$;
