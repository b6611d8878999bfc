create or replace function public.lead_bot_sweep()
returns jsonb
language plpgsql volatile security definer
set search_path = '' set random_page_cost = 1.1 set jit = off
as $$
declare
  v_begun timestamptz := clock_timestamp();
  v_state lead_bot.sweep_state;
  v_hot uuid[];
  v_keys text[];
  v_new uuid[];
  v_found int;
  v_members int;
  v_missing uuid[];
  v_back uuid[];
  v_believed int := 0;
  v_waiting int;
  v_ms int;
begin
  -- One bot sweeps at a time. The others don't wait.
  if not pg_try_advisory_xact_lock(hashtextextended('lead_bot.sweep', 0)) then
    return jsonb_build_object('swept', false, 'found', 0, 'missing', 0, 'believed', 0, 'ms', 0, 'large', false);
  end if;
  perform lead_bot.share_lead_tables();
  insert into lead_bot.sweep_state default values on conflict do nothing;
  select * into v_state from lead_bot.sweep_state;

  perform lead_bot.take_pictures();

  -- Throws if the view is missing or broken. Then nothing is noted, and the next sweep tries again.
  select h.hot, h.account_keys into v_hot, v_keys from lead_bot.hot_now() h;

  -- Set operations use hashes, however many rows the planner expects.
  v_new := array(
    -- A lead without a company gets no card, and mustn't take another's place.
    select h.developer_id from unnest(v_hot, v_keys) h (developer_id, key) where coalesce(h.key, '') not like 'lead:%'
    except select m.developer_id from lead_bot.alert_leads m where m.active and m.left_at is null
    except select k.developer_id from lead_bot.lead_marks k where k.hot
    limit 2000
  );
  insert into lead_bot.lead_marks (developer_id, hot, score)
  select t.developer_id, true, to_jsonb(t.score)
    from lead_bot.tiers_of(v_new) t
   -- Mark unreadable leads too: the poll reports them.
   where t.tier = 'hot' and t.account_key not like 'lead:%' or t.account_key is null;
  get diagnostics v_found = row_count;

  -- Domains change without a new score.
  insert into lead_bot.lead_marks (developer_id, hot)
  select h.developer_id, false
    from unnest(v_hot, v_keys) h (developer_id, key)
   cross join lateral (
     select m.alert_id from lead_bot.alert_leads m
      where m.active and m.developer_id = h.developer_id and m.left_at is null
     offset 0
   ) m
   cross join lateral (select a.account_key from lead_bot.alerts a where a.id = m.alert_id offset 0) a
   where h.key <> a.account_key or h.key like 'lead:%'
   limit 2000;

  -- A table being reloaded looks as if everyone had left, so it takes two sweeps to believe that a lead is missing.
  -- While there are no scores at all, it is never believed.
  v_missing := array(
    select m.developer_id from lead_bot.alert_leads m where m.active and m.left_at is null
    except select h.developer_id from unnest(v_hot) h (developer_id)
    limit 5000
  );
  v_back := array(
    select m.developer_id from lead_bot.alert_leads m where m.active and m.missing_since is not null
    except select g.developer_id from unnest(v_missing) g (developer_id)
  );
  update lead_bot.alert_leads m
     set missing_since = null
    from unnest(v_back) b (developer_id)
   where m.active and m.developer_id = b.developer_id;
  -- A card drawn in the meantime doesn't show them.
  insert into lead_bot.lead_marks (developer_id, hot) select b.developer_id, false from unnest(v_back) b (developer_id);
  if cardinality(v_hot) > 0 or lead_bot.anyone_scored() then
    insert into lead_bot.lead_marks (developer_id, hot)
    select distinct m.developer_id, false
      from unnest(v_missing) g (developer_id)
      join lead_bot.alert_leads m on m.active and m.developer_id = g.developer_id
     where m.missing_since <= now() - interval '50 seconds';
    get diagnostics v_believed = row_count;
  end if;
  update lead_bot.alert_leads m
     set missing_since = now()
    from unnest(v_missing) g (developer_id)
   where m.active and m.developer_id = g.developer_id and m.left_at is null and m.missing_since is null;
  v_waiting := cardinality(v_missing) - v_believed;
  select count(*) into v_members from lead_bot.alert_leads m where m.active and m.left_at is null;

  v_ms := ceil(extract(epoch from clock_timestamp() - v_begun) * 1000);
  update lead_bot.sweep_state s
     set swept_at = case when cardinality(v_new) < 2000 then clock_timestamp() else s.swept_at end,
         ms = v_ms, missing = v_waiting,
         -- A slow sweep runs less often: sweeps take at most a twentieth of the time.
         due_at = case when cardinality(v_new) < 2000
                       then clock_timestamp() + greatest(interval '60 seconds', make_interval(secs => v_ms * 0.019))
                       else now() end
   where s.only_row;
  return jsonb_build_object(
    'swept', true, 'found', v_found, 'missing', v_waiting, 'believed', v_believed, 'ms', v_ms,
    -- Reported once, when it is new.
    'large', v_waiting > v_state.missing and (v_waiting * 2 > v_members or v_waiting > 10 and v_waiting * 10 > v_members)
  );
end;
$$;
comment on function public.lead_bot_sweep is
  'Compares all hot leads in lead_dashboard with the open alerts, and marks differences for the next poll, including those the trigger didn''t see. found: hot and in no open alert; missing: to be confirmed by the next sweep; believed: marked as left; large: so many are missing that a table is probably being reloaded.';
revoke all on function public.lead_bot_sweep from public, anon, authenticated;
grant execute on function public.lead_bot_sweep to service_role, lead_bot;
