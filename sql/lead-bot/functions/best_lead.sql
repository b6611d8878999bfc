create or replace function lead_bot.best_lead(p_account_key text, p_most int)
returns table (tier text, score int)
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_hot uuid[] := array(
    select h.developer_id
      from (
        select m.developer_id, m.score
          from lead_bot.alerts a
          join lead_bot.alert_leads m on m.alert_id = a.id
         where a.account_key = p_account_key and a.closed_at is null and m.left_at is null
         limit 100
      ) h
     order by h.score desc nulls last
     limit 3
  );
  v_some int;
begin
  -- A few developers are usually enough. If none of them is a lead (most may have personal addresses), look at more.
  foreach v_some in array array[5, p_most] loop
    return query
      select t.tier, t.score
        from lead_bot.tiers_of(v_hot || lead_bot.developers_of(p_account_key, v_some)) t
       where t.account_key = p_account_key
       order by t.score desc nulls last
       limit 1;
    if found then
      return;
    end if;
  end loop;
end;
$$;
comment on function lead_bot.best_lead is
  'Tier and score of an account''s best lead among those looked at; no row if none of p_most developers is a lead.';
revoke all on function lead_bot.best_lead from public;
