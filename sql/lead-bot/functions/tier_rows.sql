create or replace function lead_bot.tier_rows(p_developer_ids uuid[])
returns table (developer_id uuid, account_key text, tier text, score int)
language plpgsql stable security definer
-- Look each lead up by index: without statistics, or with those of a once small table, the planner would read whole
-- tables. Planning takes several times as long as running the query.
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
begin
  return query
    select i.id, lead_bot.account_key(i.id, v.company_domain, v.email), v.tier, lead_bot.whole_points(to_jsonb(v.total_score))
      from (select distinct u.id from unnest(p_developer_ids) u (id)) i
     -- A column missing from the owner's view resolves to this row: score and tier from the newest score, everything
     -- else null.
     cross join lateral (
       select null::text as company_domain, null::text as email, s.score ->> 'tier' as tier,
              s.score -> 'total_score' as total_score
         from (select lead_bot.newest_score(i.id) as score) s
     ) missing
     cross join lateral (
       select company_domain::text as company_domain, email::text as email, left(tier::text, 100) as tier,
              total_score as total_score
         from public.lead_dashboard d
        where d.developer_id = i.id
        limit 1
     ) v;
end;
$$;
comment on function lead_bot.tier_rows is
  'The rows of lead_bot.tiers_of, any row of a lead with several; throws if one can''t be read.';
revoke all on function lead_bot.tier_rows from public;
