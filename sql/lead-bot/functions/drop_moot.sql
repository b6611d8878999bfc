create or replace function lead_bot.drop_moot(p_message_id uuid)
returns boolean
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  -- Short names, because the statements below repeat them.
  m lead_bot.messages;
  v_kind text;
  v_to text;
  v_late boolean;
  v_is_list boolean;
  -- Alerts of the message that its reader isn't to be told of: by now, or at all.
  v_moot uuid[];
  v_muted uuid[] := '{}';
  v_undone uuid[];
  v_why text;
  v_left int;
begin
  select * into m from lead_bot.messages where id = p_message_id;
  v_kind := m.payload ->> 'kind';
  v_to := coalesce(m.payload ->> 'to', m.payload ->> 'owner');
  v_late := coalesce((m.payload ->> 'send_by')::timestamptz < now(), false);
  v_is_list := m.kind = 'dm' and m.alert_id is null;

  if m.kind = 'notice' and v_kind in ('news', 'expired') then
    -- It has happened, so it's told, if need be without disturbing anyone.
    if v_late or v_kind = 'news' and (lead_bot.has_muted(v_to, v_kind) or not exists (
      select from (select * from lead_bot.alerts o where o.id = m.alert_id offset 0) a
       where a.owner = v_to and a.closed_at is null and a.hold is null
    )) then
      update lead_bot.messages set payload = m.payload || '{"owner": null}' where id = p_message_id;
    end if;
    return false;
  end if;

  if v_is_list then
    v_moot := array(
      select r.alert_id
        from lead_bot.message_alerts r
       cross join lateral (
         select o.closed_at is null and o.hold is null and o.owner is not distinct from v_to as is_theirs,
                greatest(o.contacted_at, o.outcome_at) > m.created_at as is_done
           from lead_bot.alerts o
          where o.id = r.alert_id
         offset 0
       ) a
       where r.message_id = p_message_id
         and (v_late or not case r.section
           when 'mine' then a.is_theirs and a.is_done is not true
           when 'offers' then exists (
             select from lead_bot.offers o where o.alert_id = r.alert_id and o.holder = v_to and o.ended_at is null
           )
           when 'moved' then a.is_theirs
           when 'news' then a.is_theirs
           else lead_bot.step_applies(r.alert_id, r.section, (m.payload #>> array['periods', r.alert_id::text])::timestamptz)
         end)
    );
    if v_kind = 'due' then
      v_muted := array(
        select r.alert_id from lead_bot.message_alerts r
         where r.message_id = p_message_id and r.alert_id <> all (v_moot) and lead_bot.has_muted(v_to, r.section)
      );
    end if;
  elsif v_late or m.payload ? 'period' and not lead_bot.step_applies(
    m.alert_id, case v_kind when 'warned' then 'warning' else v_kind end, (m.payload ->> 'period')::timestamptz
  ) then
    v_moot := array[m.alert_id];
  else
    v_moot := '{}';
  end if;

  if v_moot <> '{}' then
    v_undone := array(
      select distinct s.alert_id
        from lead_bot.steps s
       where s.message_id = p_message_id and (not v_is_list or s.alert_id = any (v_moot))
    );
    -- Alerts come before messages, so don't wait for one: the message is taken later.
    if cardinality(v_undone) > cardinality(array(
      select a.id from lead_bot.alerts a where a.id = any (v_undone) order by a.id for no key update skip locked
    )) then
      return true;
    end if;
    if v_is_list then
      perform lead_bot.move_news(p_message_id, v_undone, null);
    end if;
    -- Several managers are told of one step: it is done if one of them is.
    update lead_bot.steps s
       set message_id = o.id
      from (
        select u.id as alert_id, o.id, o.kind, o.period
          from unnest(v_undone) u (id)
         cross join lateral (
           select d.id, case when d.alert_id is null then r.section else d.payload ->> 'kind' end as kind,
                  (case when d.alert_id is null then d.payload #>> array['periods', u.id::text]
                        else d.payload ->> 'period' end)::timestamptz as period
             from lead_bot.message_alerts r
             join lead_bot.messages d on d.id = r.message_id
            where r.alert_id = u.id and d.id <> p_message_id and d.kind = 'dm' and d.state not in ('gone', 'dead')
         ) o
      ) o
     where s.message_id = p_message_id and s.alert_id = o.alert_id and s.kind = o.kind and s.period = o.period;
    delete from lead_bot.steps s where s.message_id = p_message_id and s.alert_id = any (v_undone);
    update lead_bot.alerts a
       set step_due_at = case when a.closed_at is null and a.hold is null then now() end
     where a.id = any (v_undone);
  end if;

  if v_is_list then
    delete from lead_bot.message_alerts r
     where r.message_id = p_message_id and r.alert_id = any (v_moot || v_muted);
    update lead_bot.messages
       set payload = jsonb_set(m.payload, '{total}', to_jsonb(
             greatest(0, (m.payload ->> 'total')::int - cardinality(v_moot) - cardinality(v_muted))
           )) || jsonb_build_object('news', coalesce(m.payload -> 'news', '{}') - (v_moot || v_muted)::text[])
     where id = p_message_id and v_moot || v_muted <> '{}';
    v_left := (select count(*) from lead_bot.message_alerts r where r.message_id = p_message_id);
  end if;
  v_why := case
    when v_late then 'too late'
    when v_left = 0 or not v_is_list and v_moot <> '{}' then 'no longer applies'
    when m.kind = 'dm' and lead_bot.has_muted(v_to, v_kind) then 'turned off by its reader'
  end;
  if v_why is null then
    return false;
  end if;
  if m.attempted_at is not null then
    -- An earlier attempt that was searched for in vain may still turn up.
    perform lead_bot.unwant_messages(array[p_message_id], 'undone');
    return true;
  end if;
  update lead_bot.messages set state = 'gone', last_error = v_why where id = p_message_id;
  return true;
end;
$$;
comment on function lead_bot.drop_moot is
  'Gives up a message that isn''t in Slack, or rows of a list, because its time is over, its reader has turned it off, or there is no need any more. The step counts as not done then, unless its reader wants none. Returns whether not to post it now. The caller has locked the message.';
revoke all on function lead_bot.drop_moot from public;
