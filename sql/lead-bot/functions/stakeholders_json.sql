create or replace function lead_bot.stakeholders_json(p_domains text[])
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
             'full_name', coalesce(t.full_name, ''), 'title', left(t.title, 400),
             'is_decision_maker', t.is_decision_maker, 'is_technical', t.is_technical,
             'is_budget_holder', t.is_budget_holder, 'linkedin_url', left(t.linkedin_url, 500)
           )), '[]')
      from (
        select r.*
          from unnest(p_domains) d (domain)
         -- A column that the owner has dropped or renamed resolves to `missing`, and so to null.
         cross join (
           select null::text as full_name, null::text as title, null::boolean as is_decision_maker,
                  null::boolean as is_technical, null::boolean as is_budget_holder, null::text as linkedin_url,
                  null::uuid as id
         ) missing
         cross join lateral (
           select left(full_name::text, 400) as full_name, title::text as title,
                  lower(is_decision_maker::text) in ('true', 't', 'yes', '1') as is_decision_maker,
                  lower(is_technical::text) in ('true', 't', 'yes', '1') as is_technical,
                  lower(is_budget_holder::text) in ('true', 't', 'yes', '1') as is_budget_holder,
                  linkedin_url::text as linkedin_url, id::text as id
             from public.stakeholders s
            where s.company_domain = d.domain
            limit 1000
         ) r
         order by r.is_decision_maker desc nulls last, r.is_budget_holder desc nulls last, r.full_name, r.id
         limit 50
      ) t
  );
-- Whatever the owner has done to the table, a card without these people is better than none.
exception when undefined_table or undefined_column or undefined_function or datatype_mismatch then
  return '[]';
end;
$$;
comment on function lead_bot.stakeholders_json is
  'Up to 50 stakeholders of a company, decision makers first, from up to 1,000 rows, every text bounded.';
revoke all on function lead_bot.stakeholders_json from public;
