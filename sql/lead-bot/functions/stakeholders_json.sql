create or replace function lead_bot.stakeholders_json(p_domains text[])
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
             'full_name', t.full_name, 'title', left(t.title, 400), 'is_decision_maker', t.is_decision_maker,
             'is_technical', t.is_technical, 'is_budget_holder', t.is_budget_holder
           )), '[]')
      from (
        select r.*
          from unnest(p_domains) d (domain)
         cross join lateral (
           select left(s.full_name, 400) as full_name, s.title, s.is_decision_maker, s.is_technical,
                  s.is_budget_holder, s.id
             from public.stakeholders s
            where s.company_domain = d.domain
            limit 1000
         ) r
         order by r.is_decision_maker desc nulls last, r.is_budget_holder desc nulls last, r.full_name, r.id
         limit 50
      ) t
  );
-- Whatever the owner has done to the table: a card without these people is better than none.
exception when undefined_table or undefined_column then
  return '[]';
end;
$$;
comment on function lead_bot.stakeholders_json is
  'Up to 50 people of a company, decision makers first, of 1,000 that are looked at, every text bounded.';
revoke all on function lead_bot.stakeholders_json from public;
