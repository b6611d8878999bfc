create or replace function lead_bot.tier_rows(p_developer_ids uuid[])
returns table (developer_id uuid, account_key text, tier text, score int)
language plpgsql stable security definer
-- Each lead is looked up by itself, by index: without statistics, or with those of a table that was small, the
-- planner would read whole tables. Planning takes several times as long as the query runs.
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
begin
  return query
    select i.id, v.account_key, v.tier, lead_bot.whole_points(v.total_score)
      from (select distinct u.id from unnest(p_developer_ids) u (id)) i
     cross join lateral (
       select r.*
         from (
           select lead_bot.account_key(i.id, d.company_domain::text) as account_key, left(d.tier::text, 100) as tier,
                  to_jsonb(d.total_score) as total_score, count(*) over () as copies
             from public.lead_dashboard d
            where d.developer_id = i.id
         ) r
        -- The view joins scores without saying "newest", so a second score shows a lead twice.
        order by case when r.copies > 1 then
          (select lead_bot.newest_score(i.id)) @> jsonb_build_object('tier', r.tier, 'total_score', r.total_score)
        end desc nulls last
        limit 1
     ) v;
end;
$$;
comment on function lead_bot.tier_rows is 'The rows of lead_bot.tiers_of; throws when one of them can''t be read.';
revoke all on function lead_bot.tier_rows from public;
