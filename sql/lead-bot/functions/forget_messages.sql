create or replace function lead_bot.forget_messages(p_message_ids uuid[])
returns void
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  -- Lists showing an alert that still has its people. One lookup per message, however few rows the planner expects: a
  -- join might start with all alerts.
  v_personal uuid[] := array(
    select i.id
      from unnest(p_message_ids) i (id)
     cross join lateral (
       select from lead_bot.message_alerts s
        where s.message_id = i.id and (select a.scrubbed_at is null from lead_bot.alerts a where a.id = s.alert_id)
        limit 1
     ) s
  );
  v_deletable uuid[];
begin
  perform from lead_bot.messages m where m.id = any (p_message_ids) order by m.id for no key update;
  -- Once its row is deleted, a message can't be updated. Remove those that may still show a person.
  perform lead_bot.unwant_messages(array(
    select m.id
      from lead_bot.messages m
     where m.id = any (p_message_ids) and m.removal is null
       and (m.state in ('pending', 'unclear')
            or m.state = 'posted' and (m.redaction is not null or m.id = any (v_personal)))
  ), 'expired');
  v_deletable := array(
    select m.id
      from lead_bot.messages m
     where m.id = any (p_message_ids)
       and (m.removal is null or m.state = 'gone' or m.state = 'dead' and m.removal = 'expired')
  );
  -- The rest stays until Slack has removed it, whatever it belonged to.
  update lead_bot.messages m
     set alert_id = null, parent_id = null
   where m.removal is not null and m.id <> all (v_deletable)
     and m.id = any (p_message_ids || array(select r.id from lead_bot.messages r where r.parent_id = any (v_deletable)));
  delete from lead_bot.messages m where m.id = any (v_deletable);
end;
$$;
comment on function lead_bot.forget_messages is
  'Deletes messages that need nothing more from Slack. Those that may still show a person are first removed from Slack, and deleted later. Other messages stay in Slack as they are.';
revoke all on function lead_bot.forget_messages from public;
