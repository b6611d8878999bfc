create or replace function lead_bot.leads_of(p_developer_ids uuid[])
returns table (developer_id uuid, account_key text, tier text, score int, lead jsonb)
language plpgsql stable security definer
-- Each lead is looked up by itself, by index: without statistics, or with those of a table that was small, the
-- planner would read whole tables.
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  return query
    select i.id, lead_bot.account_key(i.id, v.lead ->> 'company_domain'), v.lead ->> 'tier',
           lead_bot.whole_points(v.lead -> 'total_score'),
           lead_bot.clipped(v.lead || lead_bot.score_components(n.score))
             || jsonb_build_object('account_key', lead_bot.account_key(i.id, v.lead ->> 'company_domain'))
      from (select distinct u.id from unnest(p_developer_ids) u (id)) i
     cross join lateral (select lead_bot.newest_score(i.id) as score offset 0) n
     cross join lateral (
       select r.lead
         from (
           select to_jsonb(d) as lead, count(*) over () as copies
             from public.lead_dashboard d
            where d.developer_id = i.id
         ) r
        -- The view joins scores and usage without saying "newest", so a second row of either shows a lead twice.
        order by case when r.copies > 1 then r.lead -> 'tier' = n.score -> 'tier' and r.lead -> 'total_score' = n.score -> 'total_score'
                                           and r.lead -> 'suggested_action' = n.score -> 'suggested_action' end desc nulls last,
                 case when r.copies > 1 then (select lead_bot.newest_usage(i.id)) @> lead_bot.usage_columns(r.lead) end desc nulls last
        limit 1
     ) v;
end;
$$;
comment on function lead_bot.leads_of is
  'Leads as lead_dashboard shows them, with the components of the newest score, every value bounded. One that it does not show has no row: it is no lead.';
revoke all on function lead_bot.leads_of from public;
