create or replace function lead_bot.want_reminder(p_alert_id uuid, p_fields jsonb, p_at timestamptz)
returns uuid
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_id uuid := lead_bot.want_reply(p_alert_id, 'reminder', p_fields, p_at);
begin
  if v_id is not null then
    return v_id;
  end if;
  -- Of a storm, most have only a row in the roll-up.
  insert into lead_bot.messages (kind, alert_id, parent_id, channel, dedupe_key, payload, next_try_at)
  select 'notice', p_alert_id, l.id, coalesce(l.slack_channel, l.channel),
         'reminder:' || p_alert_id || ':' || gen_random_uuid(),
         p_fields || jsonb_build_object('kind', 'reminder', 'company', left(l.account_key, 200)), p_at
    from (
      select m.*, a.account_key
        from lead_bot.message_alerts s
       cross join lateral (select * from lead_bot.messages o where o.id = s.message_id offset 0) m
       cross join lateral (select o.account_key from lead_bot.alerts o where o.id = s.alert_id offset 0) a
       where s.alert_id = p_alert_id and m.kind = 'rollup' and m.state not in ('gone', 'dead') and m.removal is null
       order by m.created_at desc
       limit 1
    ) l
  returning id into v_id;
  return v_id;
end;
$$;
comment on function lead_bot.want_reminder is
  'Wants a reminder in the thread of an alert''s card, or of the roll-up that lists it, which names the domain; returns its id, null where it is in neither.';
revoke all on function lead_bot.want_reminder from public;
