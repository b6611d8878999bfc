create or replace function lead_bot.stakeholders_json(p_domains text[])
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  return (
    select coalesce(jsonb_agg(lead_bot.clipped(to_jsonb(t))), '[]')
      from (
        select r.*
          from unnest(p_domains) d (domain)
         cross join lateral (
           select s.full_name, s.title, s.is_decision_maker, s.is_technical, s.is_budget_holder, s.id
             from public.stakeholders s
            where s.company_domain = d.domain
            limit 1000
         ) r
         order by r.is_decision_maker desc nulls last, r.is_budget_holder desc nulls last, r.full_name, r.id
         limit 50
      ) t
  );
end;
$$;
comment on function lead_bot.stakeholders_json is 'Up to 50 people of a company, decision makers first, of 1,000 that are looked at.';
revoke all on function lead_bot.stakeholders_json from public;
