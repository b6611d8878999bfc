create or replace function lead_bot.missing_indexes()
returns jsonb
language sql stable security definer set search_path = ''
as $$
  -- An index for a join may have any name: after a table swap it is a copy. The others are recognized by name.
  with wanted (name, relation, read, is_join) as (
    values
      ('lead_scores_newest', 'lead_scores', 'developer_id', true),
      ('lead_scores_hot', 'lead_scores', 'tier', false),
      ('internal_signals_newest_per_developer', 'internal_signals', 'developer_id', true),
      ('stakeholders_company_domain', 'stakeholders', 'company_domain', true),
      ('expansion_signals_company_domain', 'expansion_signals', 'company_domain', true),
      ('developer_signups_host', 'developer_signups', 'company_domain', false),
      ('developer_signups_address', 'developer_signups', 'email', false),
      ('company_enrichment_plain_name', 'company_enrichment', 'company_name', false),
      ('company_enrichment_plain_trgm', 'company_enrichment', 'company_name', false),
      ('company_enrichment_domain_trgm', 'company_enrichment', 'domain', false),
      ('developer_signups_mail_host', 'developer_signups', 'email', false),
      ('developer_signups_person', 'developer_signups', 'full_name', false),
      ('stakeholders_person', 'stakeholders', 'full_name', false),
      ('company_enrichment_linkedin', 'company_enrichment', 'linkedin_url', false),
      ('stakeholders_linkedin', 'stakeholders', 'linkedin_url', false)
  )
  select coalesce(jsonb_agg(w.name order by w.name), '[]')
    from wanted w
    join pg_catalog.pg_class c on c.oid = to_regclass('public.' || w.relation) and c.relkind = 'r'
    join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = w.read and not a.attisdropped
   where (w.name not like '%\_trgm' or exists (select from pg_catalog.pg_available_extensions e where e.name = 'pg_trgm'))
     and not exists (
       select from pg_catalog.pg_index i
         join pg_catalog.pg_class x on x.oid = i.indexrelid
        where i.indrelid = c.oid and i.indisvalid
          and (
            x.relname = w.name or x.relname ~ ('^' || w.name || '_\d+$')
            or w.is_join and i.indkey[0] = a.attnum and i.indpred is null
            or w.name = 'lead_scores_hot' and pg_get_expr(i.indpred, i.indrelid) ~ '^\(+tier\)?(::\w+)?\)? = ''hot'''
          )
     );
$$;
comment on function lead_bot.missing_indexes is
  'Which indexes of sql/lead-scoring/indexes.sql are missing (npm run db:apply would build them), on columns that exist.';
revoke all on function lead_bot.missing_indexes from public;
