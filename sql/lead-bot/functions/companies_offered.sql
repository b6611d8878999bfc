create or replace function lead_bot.companies_offered(p_domains text[], p_names text[], p_most int, p_channels text[])
returns table (matches jsonb, fitting int)
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set plan_cache_mode = force_generic_plan
as $$
declare
  v_lead record;
begin
  if p_channels is not null then
    select array_agg(u.domain order by u.place), array_agg(u.name order by u.place) into p_domains, p_names
      from unnest(p_domains, p_names) with ordinality u (domain, name, place)
     where lead_bot.account_stands_in(u.domain, p_channels);
  end if;
  matches := '[]';
  fitting := coalesce(cardinality(p_domains), 0);
  for v_place in 1 .. least(fitting, 40) loop
    exit when jsonb_array_length(matches) = p_most;
    select * into v_lead from lead_bot.best_lead(p_domains[v_place], 20);
    if not found then
      fitting := fitting - 1;
      continue;
    end if;
    matches := matches || jsonb_build_object(
      'account_key', p_domains[v_place],
      'name', coalesce(p_names[v_place], lead_bot.account_name(p_domains[v_place])),
      'domain', case when p_domains[v_place] not like 'lead:%' then p_domains[v_place] end,
      'total_score', v_lead.score, 'tier', v_lead.tier
    );
  end loop;
  if cardinality(p_domains) > 100 then
    fitting := 101;
  end if;
  return next;
end;
$$;
comment on function lead_bot.companies_offered is
  'The first p_most of these companies that have a lead, each with its best one, and how many have one among those looked at; 101 means more than 100. With p_channels, only companies whose card belongs there.';
revoke all on function lead_bot.companies_offered from public;
