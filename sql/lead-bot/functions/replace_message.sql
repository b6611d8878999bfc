create or replace function lead_bot.replace_message(p_id uuid)
returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_old lead_bot.messages;
  v_new uuid;
begin
  select * into v_old from lead_bot.messages m where m.id = p_id;
  -- A list belongs to its day, and everything in it can be found elsewhere. A closed alert is no longer news.
  if v_old.kind <> 'card' or v_old.redaction is not null
    or not exists (select from lead_bot.alerts a where a.id = v_old.alert_id and a.closed_at is null)
  then
    update lead_bot.messages m
       set state = 'gone', recheck_at = null, redraw_at = null,
           -- A list keeps its key: there is one morning a day.
           dedupe_key = case when m.kind = 'dm' and m.alert_id is not null then 'frozen:' || m.id else m.dedupe_key end
     where m.id = p_id;
    return;
  end if;
  -- Figures change all day, and each new card notifies the whole channel.
  if not v_old.urgent and v_old.posted_at > now() - interval '1 hour' then
    update lead_bot.messages m
       set shown_version = m.wanted_version, shown_hash = null, attempts = 0, refusals = 0, redraw_at = null
     where m.id = p_id;
    return;
  end if;

  update lead_bot.messages m
     set state = 'gone', dedupe_key = 'frozen:' || m.id, recheck_at = null, redraw_at = null
   where m.id = p_id;
  insert into lead_bot.messages (kind, alert_id, channel, dedupe_key, payload, urgent, replaces_channel, replaces_ts)
  values (
    v_old.kind, v_old.alert_id, v_old.channel, v_old.dedupe_key, v_old.payload, v_old.urgent,
    v_old.slack_channel, v_old.slack_ts
  )
  returning id into v_new;
  insert into lead_bot.message_alerts (message_id, alert_id, section, position)
  select v_new, s.alert_id, s.section, s.position from lead_bot.message_alerts s where s.message_id = p_id;
  -- Replies about who has joined go below the alert's current card.
  update lead_bot.messages m
     set parent_id = v_new
   where m.parent_id = p_id and m.state = 'pending' and m.attempted_at is null and m.removal is null;
end;
$$;
comment on function lead_bot.replace_message is
  'Gives up a message in Slack that can''t be edited any more. If it is the card of an open alert, a new card replaces it: at once when a user is waiting, else at most once an hour.';
revoke all on function lead_bot.replace_message from public;
