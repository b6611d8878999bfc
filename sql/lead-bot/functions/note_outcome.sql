create or replace function lead_bot.note_outcome(p_event lead_bot.alert_events)
returns void
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_alert lead_bot.alerts;
  v_type text;
  v_undone text;
  v_undone_sequence int;
  v_sequence int;
begin
  if not exists (select from lead_bot.outcome_endpoints e where e.seen_at > now() - interval '3 days') then
    return;
  end if;
  select * into v_alert from lead_bot.alerts a where a.id = p_event.alert_id;
  v_type := lead_bot.outcome_type(p_event.kind, p_event.detail, p_event.to_status, v_alert.hold);
  if v_type is null or v_type = 'lead.hot_again' and not exists (
    select from lead_bot.outcome_queues q where q.alert_id = p_event.alert_id and q.is_cold
  ) then
    return;
  end if;
  if v_type = 'lead.undone' then
    select o.type, o.sequence into v_undone, v_undone_sequence
      from lead_bot.outcomes o
     cross join lateral (select e.kind from lead_bot.alert_events e where e.id = o.event_id offset 0) e
     where o.alert_id = p_event.alert_id and e.kind = p_event.detail
     order by o.sequence desc
     limit 1;
  end if;

  insert into lead_bot.outcome_queues as q (alert_id, written, due_at, is_cold)
  values (p_event.alert_id, 1, now(), v_type = 'lead.cooled')
  on conflict (alert_id) do update
    set written = q.written + 1, due_at = coalesce(q.due_at, now()),
        is_cold = case v_type when 'lead.cooled' then true when 'lead.hot_again' then false else q.is_cold end
  returning q.written into v_sequence;
  insert into lead_bot.outcomes (alert_id, sequence, event_id, at, type, owner, facts)
  select p_event.alert_id, v_sequence, p_event.id, p_event.at, v_type, v_alert.owner,
         jsonb_build_object(
           'status', p_event.to_status, 'closed', v_alert.closed_at is not null,
           'owned', v_alert.owner is not null, 'score', v_alert.score, 'hot', not q.is_cold,
           'touches', v_alert.touches, 'outcome', v_alert.outcome,
           'not_a_fit', case v_alert.hold when 'not-a-fit' then jsonb_build_object(
             'reason', v_alert.hold_reason, 'until', v_alert.hold_until
           ) end
         )
         || case
              when p_event.kind = 'expired' then '{"why": "not-contacted"}'
              when v_type = 'lead.released' then jsonb_build_object('why', p_event.kind)
              when v_type = 'lead.handed_over' then jsonb_build_object('given_back', p_event.kind = 'given-back')
              when v_type = 'lead.contacted' then jsonb_build_object('method', p_event.detail)
              when v_type = 'lead.outcome' then jsonb_build_object('try_again_at', v_alert.outcome_until)
              when v_type = 'lead.merged' then jsonb_build_object('continues_as', v_alert.merged_into)
              when v_type = 'lead.undone' then jsonb_build_object(
                'undone', coalesce(v_undone, lead_bot.outcome_type(p_event.detail, null, p_event.from_status, null)),
                'undone_sequence', v_undone_sequence
              )
              else '{}'
            end
    from lead_bot.outcome_queues q
   where q.alert_id = p_event.alert_id;
end;
$$;
comment on function lead_bot.note_outcome is
  'Queues a line of the history as a webhook, in the transaction that wrote it, if bots send any and this line is reported. The alert must be as it is after the event.';
revoke all on function lead_bot.note_outcome from public;
