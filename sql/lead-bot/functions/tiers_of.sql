create or replace function lead_bot.tiers_of(p_developer_ids uuid[])
returns table (developer_id uuid, account_key text, tier text, score int)
language plpgsql stable security definer
-- Each lead is looked up by itself, by index: without statistics, or with those of a table that was small, the
-- planner would read whole tables.
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  return query
    select i.id, lead_bot.account_key(i.id, v.company_domain), v.tier, lead_bot.whole_points(v.total_score)
      from (select distinct u.id from unnest(p_developer_ids) u (id)) i
     cross join lateral (
       select r.*
         from (
           select d.company_domain::text, d.tier::text, to_jsonb(d.total_score) as total_score, count(*) over () as copies
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
comment on function lead_bot.tiers_of is
  'Tier and score of leads, as lead_dashboard shows them. One that it does not show has no row: it is no lead.';
revoke all on function lead_bot.tiers_of from public;
