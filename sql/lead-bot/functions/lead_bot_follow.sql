create or replace function public.lead_bot_follow(p_rearm_seconds int)
returns jsonb
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off
as $$
declare
  v_closed uuid[];
  v_ended uuid[];
  v_cold uuid[];
  v_lapsed uuid[];
  v_settled jsonb;
  v_examined uuid[];
  v_drawn uuid[];
begin
  -- Another bot is recording or following. Nothing to wait for.
  if not pg_try_advisory_xact_lock(hashtextextended('lead_bot.record_poll', 0)) then
    return jsonb_build_object('left', 0, 'returned', 0, 'cooled', 0, 'redrawn', 0, 'more', false);
  end if;
  perform lead_bot.share_lead_tables();
  v_closed := lead_bot.close_cooled(p_rearm_seconds, 50);
  v_ended := lead_bot.end_holds(50);
  v_cold := lead_bot.tell_cold(p_rearm_seconds, 50);
  v_lapsed := lead_bot.lapse_offers(50);
  v_settled := lead_bot.settle_marks(
    array(select k.id from lead_bot.lead_marks k where not k.hot order by k.id limit 2000), v_closed
  );
  -- Each is compared with what its owner knows, which takes longer than the rest.
  v_examined := lead_bot.examine_alerts(25);
  v_drawn := array(select d.id::uuid from jsonb_array_elements_text(v_settled -> 'drawn') d (id)) || v_examined;
  perform lead_bot.touch_alerts(v_closed || v_ended || v_cold || v_lapsed || v_drawn, false);
  return jsonb_build_object(
    'left', v_settled -> 'left', 'returned', v_settled -> 'returned', 'cooled', cardinality(v_closed), 
    'redrawn', cardinality(v_drawn || v_ended || v_cold || v_lapsed),
    'more', 50 in (cardinality(v_closed), cardinality(v_ended), cardinality(v_cold), cardinality(v_lapsed)) or (v_settled ->> 'settled')::int = 2000 or cardinality(v_examined) >= 25
            or (v_settled ->> 'later')::int > 0
  );
end;
$$;
comment on function public.lead_bot_follow is
  'The part of a poll that handles open alerts, in bounded steps: closes cooled ones, settles marks, has cards redrawn. more: call it again.';
revoke all on function public.lead_bot_follow from public, anon, authenticated;
grant execute on function public.lead_bot_follow to service_role, lead_bot;
