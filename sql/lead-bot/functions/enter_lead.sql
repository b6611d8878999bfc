create or replace function lead_bot.enter_lead(p_developer_id uuid, p_tiers jsonb)
returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_lead record;
  v_alert_id uuid;
  v_over lead_bot.alerts;
  v_hot uuid[] := '{}';
  v_status text;
  v_figures smallint[];
  v_opened boolean;
  v_joined boolean;
begin
  if p_tiers is null then
    select t.account_key, t.score, t.tier into v_lead from lead_bot.tiers_of(array[p_developer_id]) t;
  else
    select t.account_key, t.score, t.tier into v_lead
      from jsonb_to_record(p_tiers -> p_developer_id::text) t (account_key text, score int, tier text);
  end if;
  if v_lead.tier is distinct from 'hot' or v_lead.account_key like 'lead:%' then
    return null;
  end if;
  v_figures := lead_bot.figures_of(lead_bot.newest_score(p_developer_id));

  -- The clock, not now(): a digest made while this transaction waits counts from its own time.
  insert into lead_bot.alerts (account_key, opened_at, score, opened_score, opened_figures)
  values (v_lead.account_key, clock_timestamp(), v_lead.score, v_lead.score, v_figures)
  on conflict (account_key) where closed_at is null do nothing
  returning id into v_alert_id;
  v_opened := found;
  if not v_opened then
    -- Somebody new is news about a company that was not a fit.
    select * into v_over
      from lead_bot.alerts a
     where a.account_key = v_lead.account_key and a.closed_at is null and a.hold = 'not-a-fit'
       and not exists (
         select from lead_bot.alert_leads m where m.alert_id = a.id and m.developer_id = p_developer_id and m.active
       )
       for no key update;
    if found then
      v_hot := lead_bot.reopen(v_over);
      insert into lead_bot.alerts (account_key, opened_at, score, opened_score, opened_figures)
      values (v_lead.account_key, clock_timestamp(), v_lead.score, v_lead.score, v_figures)
      returning id into v_alert_id;
      v_opened := true;
    end if;
  end if;
  if not v_opened then
    select a.id, a.status into v_alert_id, v_status
      from lead_bot.alerts a
     where a.account_key = v_lead.account_key and a.closed_at is null
       for no key update;
  end if;

  -- The clock here, too: of leads that enter together, the one that opens the alert comes first.
  insert into lead_bot.alert_leads (alert_id, developer_id, entered_at, score_at_entry, score)
  values (v_alert_id, p_developer_id, clock_timestamp(), v_lead.score, v_lead.score)
  on conflict do nothing;
  v_joined := found;

  if v_opened then
    perform lead_bot.log_lead_event(v_alert_id, 'opened', p_developer_id, null, 'open');
    if cardinality(v_hot) > 0 then
      perform lead_bot.bring_along(v_alert_id, v_over.id, v_hot);
    end if;
  elsif v_joined then
    update lead_bot.alerts a
       set cooling_since = null, told_cold_at = null, score = greatest(a.score, v_lead.score),
           hold_until = lead_bot.hold_end(a.hold, a.hold_until, a.hold_score, greatest(a.score, v_lead.score))
     where a.id = v_alert_id;
    perform lead_bot.log_lead_event(v_alert_id, 'joined', p_developer_id, v_status, v_status);
  end if;
  return jsonb_build_object(
    'alert_id', v_alert_id, 'opened', v_opened, 'joined', not v_opened and v_joined, 'score', v_lead.score,
    'closed', v_over.id
  );
end;
$$;
comment on function lead_bot.enter_lead is
  'Puts a hot lead into the open alert of its account, opening one if needed; null if the lead is no longer hot or has no company. p_tiers: rows of lead_bot.tiers_of by developer, read in bulk; null reads this one.';
revoke all on function lead_bot.enter_lead from public;
