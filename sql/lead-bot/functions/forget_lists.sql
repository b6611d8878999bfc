create or replace function lead_bot.forget_lists(p_history_days int, p_limit int)
returns boolean
language plpgsql volatile security definer set search_path = '' set enable_seqscan = off
as $$
declare
  v_ids uuid[] := array(
    select m.id
      from lead_bot.messages m
     where m.alert_id is null and (m.removal is null or m.state = 'gone' or m.state = 'dead' and m.removal = 'expired')
       and m.created_at < now() - make_interval(days => p_history_days) and m.kind <> 'home'
     order by m.created_at
     limit p_limit
  );
begin
  if cardinality(v_ids) > 0 then
    perform lead_bot.forget_messages(v_ids);
  end if;
  return cardinality(v_ids) = p_limit;
end;
$$;
comment on function lead_bot.forget_lists is
  'Deletes up to p_limit digests, roll-ups and messages of erased alerts older than p_history_days; true if there may be more.';
revoke all on function lead_bot.forget_lists from public;
