create or replace function lead_bot.mention_instead(p_message_id uuid)
returns void
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  -- A short name, because the statements below repeat it.
  m lead_bot.messages;
  v_warning record;
  v_reply uuid;
begin
  select * into m from lead_bot.messages where id = p_message_id;
  -- Of a lead handed over, the thread says so already.
  perform lead_bot.want_reply(o.alert_id, 'offered', jsonb_build_object('to', o.holder, 'until', o.until))
     from lead_bot.offers o
    where m.payload ->> 'kind' = 'offer' and o.alert_id = m.alert_id and o.holder = m.payload ->> 'to'
      and o.ended_at is null and o.until > now();

  for v_warning in
    select s.alert_id, s.period, a.channel, coalesce((m.payload ->> 'until')::timestamptz, a.due_at, now()) as until
      from lead_bot.steps s
      join lead_bot.alerts a on a.id = s.alert_id
     where s.message_id = p_message_id and s.kind = 'warning' and lead_bot.step_applies(s.alert_id, s.kind, s.period)
     order by s.alert_id
  loop
    -- It may only be a row in a roll-up, or its card was deleted.
    update lead_bot.messages c
       set dedupe_key = 'frozen:' || c.id
     where c.dedupe_key = 'card:' || v_warning.alert_id and c.state in ('gone', 'dead');
    perform lead_bot.want_card(v_warning.alert_id, p.alert_channel)
       from lead_bot.poll_state p
      where coalesce(v_warning.channel, p.alert_channel) is not null;
    v_reply := lead_bot.want_reply(v_warning.alert_id, 'warned', jsonb_build_object(
      'owner', m.payload ->> 'to', 'until', v_warning.until, 'period', v_warning.period, 'send_by', m.payload ->> 'send_by'
    ));
    update lead_bot.steps s
       set message_id = v_reply
     where s.alert_id = v_warning.alert_id and s.kind = 'warning' and s.period = v_warning.period;
  end loop;
  if m.alert_id is null then
    perform lead_bot.move_news(
      p_message_id, array(select r.alert_id from lead_bot.message_alerts r where r.message_id = p_message_id), m.payload ->> 'to'
    );
  end if;
end;
$$;
comment on function lead_bot.mention_instead is
  'Says in the thread what a direct message doesn''t reach its reader with: first call, a lead that is about to go back to everyone, news. A warning counts once that reply is in Slack, so its alert gets a card if it has none. The caller has locked the alerts.';
revoke all on function lead_bot.mention_instead from public;
