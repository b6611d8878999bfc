create or replace function lead_bot.hot_now(out hot uuid[], out account_keys text[])
language plpgsql stable security definer
-- Few leads are hot: look each one up by index, even without statistics.
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set random_page_cost = 1.1 set jit = off
as $$
declare
  v_doubtful uuid[];
begin
  begin
    select coalesce(array_agg(h.developer_id), '{}'),
           coalesce(array_agg(lead_bot.account_key(h.developer_id, h.company_domain, h.email)), '{}')
      into hot, account_keys
      from (
        select distinct on (v.developer_id) v.*
          -- A column missing from the owner's view resolves to this null.
          from (select null::text as company_domain, null::text as email) missing
         cross join lateral (
           select d.developer_id, left(company_domain::text, 2000) as company_domain, left(email::text, 2000) as email
             from public.lead_dashboard d
            where d.tier::text = 'hot'
         ) v
      ) h;
  exception when others then
    -- The view may lack the column tier as well.
    if not lead_bot.concerns_row(sqlstate) and sqlstate <> '42703' then
      raise;
    end if;
    -- One lead makes the view unreadable; that shouldn't hide the others. Unreadable doesn't mean "has left", so it
    -- counts as hot.
    select coalesce(array_agg(t.developer_id), '{}'), coalesce(array_agg(t.account_key), '{}')
      into hot, account_keys
      from lead_bot.tiers_of(array(select distinct s.developer_id from public.lead_scores s where s.tier::text = 'hot')) t
     where t.tier = 'hot' or t.account_key is null;
  end;
  -- The view joins scores without picking the newest, so an old hot score may show a lead that has cooled.
  begin
    v_doubtful := array(
      select h.id
        from unnest(hot) h (id)
       where (
         select s.tier::text is distinct from 'hot'
           from public.lead_scores s
          where s.developer_id = h.id
          order by s.scored_at desc nulls last, s.id desc
          limit 1
       )
    );
  exception when undefined_table or undefined_column or undefined_function or datatype_mismatch then
    return;
  end;
  if cardinality(v_doubtful) = 0 then
    return;
  end if;
  v_doubtful := array(
    select t.developer_id from lead_bot.tiers_of(v_doubtful) t where t.tier is distinct from 'hot' and t.account_key is not null
  );
  select coalesce(array_agg(h.id), '{}'), coalesce(array_agg(h.key), '{}')
    into hot, account_keys
    from unnest(hot, account_keys) h (id, key)
   where h.id <> all (v_doubtful);
end;
$$;
comment on function lead_bot.hot_now is
  'Every lead that is hot in lead_dashboard by its newest score, with its account (null if unreadable). Costs as much as reading the hot part of the view.';
revoke all on function lead_bot.hot_now from public;
