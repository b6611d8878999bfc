create or replace function lead_bot.colleagues(p_account_key text, p_without uuid[], p_limit int)
returns uuid[]
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_some uuid[] := array(
    select d.id
      from unnest(lead_bot.developers_of(p_account_key, greatest(p_limit * 4, 20) + cardinality(p_without))) d (id)
     where d.id <> all (p_without)
  );
begin
  return array(
    select d.id
      from unnest(v_some) d (id)
      left join lateral (
        select to_jsonb(s.total_score) as score
          from public.lead_scores s
         where s.developer_id = d.id
         order by s.scored_at desc nulls last, s.id desc
         limit 1
      ) n on true
     order by n.score desc nulls last, d.id
     limit p_limit
  );
-- The owner may have dropped, renamed or rebuilt the table. Rely on lead_dashboard alone.
exception when undefined_table or undefined_column or undefined_function or datatype_mismatch then
  return v_some[1:p_limit];
end;
$$;
comment on function lead_bot.colleagues is
  'Up to p_limit developers of an account: the best of a slightly larger sample, since a company may have 20,000.';
revoke all on function lead_bot.colleagues from public;
