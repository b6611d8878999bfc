create or replace function lead_bot.hot_now()
returns uuid[]
language plpgsql stable security definer
-- The hot ones are few among many: each is looked up by index, with no statistics, too.
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set random_page_cost = 1.1 set jit = off
as $$
declare
  v_shown uuid[];
  v_doubtful uuid[];
begin
  begin
    v_shown := array(select distinct d.developer_id from public.lead_dashboard d where d.tier::text = 'hot');
  exception when others then
    -- The view may lack the column tier, too.
    if not lead_bot.concerns_row(sqlstate) and sqlstate <> '42703' then
      raise;
    end if;
    -- The view can't be read because of one of them, who is not to hide the others. What is not known of a
    -- lead is not "has left", so one that can't be read counts as hot.
    v_shown := array(
      select t.developer_id
        from lead_bot.tiers_of(array(select distinct s.developer_id from public.lead_scores s where s.tier::text = 'hot')) t
       where t.tier = 'hot' or t.account_key is null
    );
  end;
  -- The view joins scores without saying "newest": an old hot score shows a lead that has cooled since.
  begin
    v_doubtful := array(
      select h.id
        from unnest(v_shown) h (id)
       where (
         select s.tier::text is distinct from 'hot'
           from public.lead_scores s
          where s.developer_id = h.id
          order by s.scored_at desc nulls last, s.id desc
          limit 1
       )
    );
  exception when undefined_table or undefined_column or undefined_function or datatype_mismatch then
    return v_shown;
  end;
  if cardinality(v_doubtful) = 0 then
    return v_shown;
  end if;
  return array(
    select h.id from unnest(v_shown) h (id)
    except
    select t.developer_id from lead_bot.tiers_of(v_doubtful) t where t.tier is distinct from 'hot' and t.account_key is not null
  );
end;
$$;
comment on function lead_bot.hot_now is
  'Everyone whom lead_dashboard shows as hot, by their newest score. Costs as much as reading the hot part of the view.';
revoke all on function lead_bot.hot_now from public;
