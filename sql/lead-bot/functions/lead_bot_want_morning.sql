create or replace function public.lead_bot_want_morning(p_person text, p_date date, p_send_by timestamptz)
returns boolean
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  c_most constant int := 10;
  v_key text := 'morning:' || p_person || ':' || p_date;
  v_id uuid;
  v_alerts uuid[];
  v_row record;
  v_items jsonb;
  v_news jsonb := '{}';
  v_total int;
begin
  perform lead_bot.share_lead_tables();
  perform pg_advisory_xact_lock(hashtextextended('lead_bot.morning:' || p_person, 0));
  if lead_bot.has_muted(p_person, 'morning') or exists (select from lead_bot.messages m where m.dedupe_key = v_key) then
    return false;
  end if;
  v_alerts := array(
    select a.id from lead_bot.alerts a
     where a.id = any (array(
       select o.id from lead_bot.alerts o where o.owner = p_person and o.closed_at is null and o.news is not null
     ))
     order by a.id
       for no key update
  );
  v_total := (select count(distinct w.alert_id) from lead_bot.morning_rows(p_person) w);
  if v_total = 0 then
    return false;
  end if;

  insert into lead_bot.messages (kind, channel, dedupe_key) values ('dm', p_person, v_key) returning id into v_id;
  for v_row in
    select w.alert_id, w.section, w.items,
           row_number() over (order by array_position('{mine,offers,moved}', w.section), w.place) as position
      from lead_bot.morning_rows(p_person) w
     where w.place <= c_most
     order by position
  loop
    v_items := v_row.items;
    if v_row.alert_id = any (v_alerts) then
      v_items := (select lead_bot.tell_news(a) from lead_bot.alerts a where a.id = v_row.alert_id);
      if v_items is null then
        v_items := v_row.items;
      else
        insert into lead_bot.steps (alert_id, kind, period, message_id, bot)
        values (v_row.alert_id, 'news', now(), v_id, lead_bot.calling_bot());
      end if;
    end if;
    if v_row.section = 'moved' and v_items is null then
      v_total := v_total - 1;
      continue;
    end if;
    insert into lead_bot.message_alerts (message_id, alert_id, section, position)
    values (v_id, v_row.alert_id, v_row.section, v_row.position);
    if v_items is not null then
      v_news := v_news || jsonb_build_object(v_row.alert_id, v_items);
    end if;
  end loop;
  if not exists (select from lead_bot.message_alerts s where s.message_id = v_id) then
    delete from lead_bot.messages m where m.id = v_id;
    return false;
  end if;
  update lead_bot.messages m
     set payload = jsonb_build_object(
           'kind', 'morning', 'to', p_person, 'send_by', p_send_by, 'total', v_total, 'news', v_news
         )
   where m.id = v_id;
  return true;
end;
$$;
comment on function public.lead_bot_want_morning is
  'Queues the direct message that lists what a person has to do on this date, ten of each kind at most, unless it is queued already, they have turned it off, or there is nothing. News that waits to be told counts as told.';
revoke all on function public.lead_bot_want_morning from public, anon, authenticated;
grant execute on function public.lead_bot_want_morning to service_role, lead_bot;
