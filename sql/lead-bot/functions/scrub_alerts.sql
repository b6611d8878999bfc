create or replace function lead_bot.scrub_alerts(p_retention_days int, p_limit int)
returns boolean
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_limit int;
  v_ids uuid[];
  v_notices uuid[];
  v_shown uuid[];
begin
  -- Slack takes about one update a second, and news mustn't wait behind a year of old cards.
  select least(p_limit, 1000 - count(*)) into v_limit
    from (
      select from lead_bot.alerts a where a.scrubbed_at > now() - interval '1 hour' limit 1000
    ) lately;
  select array_agg(o.id) into v_ids
    from (
      select a.id from lead_bot.alerts a
       where a.closed_at < now() - make_interval(days => p_retention_days) and a.scrubbed_at is null
       order by a.closed_at
       limit v_limit
    ) o;
  if v_ids is null then
    return false;
  end if;
  with due as (
    select a.id from lead_bot.alerts a where a.id = any (v_ids) order by a.id for no key update
  )
  update lead_bot.alerts a
     set scrubbed_at = now(), known = null, news = null
    from due
   where a.id = due.id;
  delete from lead_bot.alert_leads m where m.alert_id = any (v_ids);
  update lead_bot.alert_notes n set body = null where n.alert_id = any (v_ids) and n.body is not null;
  v_notices := array(
    select m.id from lead_bot.messages m
     where m.alert_id = any (v_ids)
       -- What can't be edited can only be deleted.
       and (m.kind = 'notice' or m.dedupe_key like 'frozen:%')
  );
  v_shown := array(select distinct s.message_id from lead_bot.message_alerts s where s.alert_id = any (v_ids))
    || lead_bot.homes_with_leads();
  v_notices := v_notices || array(
    select m.id from lead_bot.messages m
     where m.id = any (v_shown) and m.kind = 'dm' and m.alert_id is null and m.state in ('gone', 'dead')
  );
  -- All at once, in the order in which everyone locks messages.
  perform from lead_bot.messages m where m.id = any (v_notices || v_shown) order by m.id for no key update;
  update lead_bot.messages m
     set payload = jsonb_set(m.payload, '{news}', (m.payload -> 'news') - v_ids::text[])
   where m.id = any (v_shown) and m.payload ? 'news';
  perform lead_bot.unwant_messages(v_notices, 'expired');
  perform lead_bot.redact_messages(v_shown, 'expired');
  return cardinality(v_ids) = p_limit;
end;
$$;
comment on function lead_bot.scrub_alerts is
  'Removes the personal data of up to p_limit alerts closed more than p_retention_days ago, oldest first, at most 1,000 an hour: notes and leads, in the database and in Slack. The company, the times and the AE stay. True if there may be more.';
revoke all on function lead_bot.scrub_alerts from public;
