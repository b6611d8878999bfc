create or replace function public.lead_bot_undo(p_alert_id uuid, p_user text, p_undo_id uuid)
returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_alert lead_bot.alerts;
  v_undo lead_bot.undos;
  v_before lead_bot.alerts;
  v_later_offer uuid;
  v_why text;
begin
  perform lead_bot.share_lead_tables();
  select * into v_alert from lead_bot.alerts a where a.id = p_alert_id for no key update;
  select * into v_undo from lead_bot.undos u where u.alert_id = p_alert_id;
  v_before := jsonb_populate_record(null::lead_bot.alerts, v_undo.before);
  v_why := case
    when v_alert.id is null then 'not-found'
    when v_undo.id is distinct from p_undo_id or v_undo.actor <> p_user then 'changed-since'
    when v_undo.at < now() - interval '10 minutes' then 'too-late'
    when v_alert.closed_at is distinct from v_before.closed_at then 'over'
  end;
  if v_why is null then
    update lead_bot.alerts a
       set status = v_before.status, owner = v_before.owner, claimed_at = v_before.claimed_at,
           contacted_at = v_before.contacted_at, contact_method = v_before.contact_method, touches = v_before.touches,
           hold = v_before.hold, hold_by = v_before.hold_by, held_at = v_before.held_at,
           -- The score may have moved since.
           hold_until = lead_bot.hold_end(v_before.hold, v_before.hold_until, v_before.hold_score, a.score),
           hold_score = v_before.hold_score, hold_reason = v_before.hold_reason,
           offer_due_at = v_before.offer_due_at,
           handed_by = v_before.handed_by, handed_from = v_before.handed_from, handed_at = v_before.handed_at,
           outcome = v_before.outcome, outcome_at = v_before.outcome_at, outcome_until = v_before.outcome_until,
           -- Unknown of a gesture made before there were deadlines.
           waits_since = coalesce(v_before.waits_since, a.waits_since), keeps = coalesce(v_before.keeps, a.keeps)
     where a.id = p_alert_id;
    -- lead_bot.look_for_steps would take it for something new.
    update lead_bot.alerts a
       set first_claimed_at = v_before.first_claimed_at, claimed_in_time = v_before.claimed_in_time,
           first_contacted_at = v_before.first_contacted_at, contacted_in_time = v_before.contacted_in_time
     where a.id = p_alert_id
       and (a.first_claimed_at, a.claimed_in_time, a.first_contacted_at, a.contacted_in_time)
             is distinct from (v_before.first_claimed_at, v_before.claimed_in_time,
                               v_before.first_contacted_at, v_before.contacted_in_time);
    -- Whoever got first call after a pass loses it, and the message that said so.
    if v_undo.offer_id is not null then
      v_later_offer := lead_bot.end_offer(p_alert_id, 'withdrawn');
    end if;
    update lead_bot.offers o set ended_at = null, ended = null where o.id = v_undo.offer_id;
    delete from lead_bot.alert_notes n where n.id = v_undo.note_id;
    -- The card before its reply, as everywhere.
    perform from lead_bot.messages m where m.dedupe_key = 'card:' || p_alert_id for no key update;
    perform lead_bot.unwant_messages(array(
      select v_undo.reply_id where v_undo.reply_id is not null
      union all
      select v_undo.dm_id where v_undo.dm_id is not null
      union all
      select m.id
        from lead_bot.offers o
        join lead_bot.messages m on m.alert_id = o.alert_id
       where o.id = v_later_offer and m.removal is null and m.payload ->> 'to' = o.holder
         and m.payload ->> 'kind' in ('offer', 'offered')
    ), 'undone');
    delete from lead_bot.undos u where u.alert_id = p_alert_id;
    perform lead_bot.log_event(p_alert_id, 'undone', p_user, v_undo.kind, v_alert.status, v_before.status);
  end if;
  perform lead_bot.touch_alerts(lead_bot.shown_with(p_alert_id), true);
  return lead_bot.gesture_json(p_alert_id, v_why);
end;
$$;
comment on function public.lead_bot_undo is
  'Restores an alert to what it was before its newest gesture, within ten minutes, for the one who made it. What it said in the thread and in a direct message is taken back; what polls have changed since stays.';
revoke all on function public.lead_bot_undo from public, anon, authenticated;
grant execute on function public.lead_bot_undo to service_role, lead_bot;
