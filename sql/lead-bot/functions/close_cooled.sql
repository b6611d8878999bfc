create or replace function lead_bot.close_cooled(p_rearm_seconds int, p_entering uuid[])
returns int
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_alert lead_bot.alerts;
  v_status text;
  v_count int := 0;
begin
  for v_alert in
    select * from lead_bot.alerts a
     where a.closed_at is null
       and a.cooling_since <= now() - make_interval(secs => p_rearm_seconds)
       -- A lead that came back in time while nobody polled, or a colleague who turned hot and enters with
       -- this poll: snapshots know, the alert goes on.
       and not exists (
         select from (
           select m.developer_id from lead_bot.alert_leads m where m.alert_id = a.id
           union
           select d.id from public.developer_signups d
            where d.id = any (p_entering) and lower(d.company_domain) = a.account_key
         ) l
           join lead_bot.lead_snapshots s on s.developer_id = l.developer_id
          where s.tier = 'hot'
            and s.taken_at > a.cooling_since
            and s.taken_at < a.cooling_since + make_interval(secs => p_rearm_seconds)
            and lead_bot.is_hot(l.developer_id)
       )
     order by a.id
       for no key update
  loop
    v_status := case when v_alert.status = 'contacted' then 'contacted' else 'cooled' end;
    -- The clock and not now(): a digest may be made while this transaction waits, and counts from its moment.
    update lead_bot.alerts a set closed_at = clock_timestamp(), status = v_status where a.id = v_alert.id;
    -- A card that could not be posted while the lead was hot is no news any more, nor are its replies.
    with card as (
      update lead_bot.messages m
         set state = 'gone', last_error = 'cooled before it could be posted'
       where m.kind = 'card' and m.alert_id = v_alert.id and m.state = 'pending' and m.attempted_at is null
      returning m.id
    )
    update lead_bot.messages m
       set state = 'gone', last_error = 'cooled before it could be posted'
      from card
     where m.parent_id = card.id and m.state = 'pending';
    perform lead_bot.log_event(v_alert.id, 'cooled', null, null, v_alert.status, v_status);
    v_count := v_count + 1;
  end loop;
  return v_count;
end;
$$;
comment on function lead_bot.close_cooled is
  'Closes the alerts whose account has been out of hot for the re-arm time, unless one of p_entering turned hot in time; returns how many.';
revoke all on function lead_bot.close_cooled from public;
