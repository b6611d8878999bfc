create or replace function lead_bot.shown_with(p_alert_id uuid)
returns uuid[]
language sql stable security definer set search_path = ''
as $$
  select array(
    select p_alert_id
     union all
    select n.id
      from lead_bot.alerts a
     cross join lateral (
       select o.id from lead_bot.alerts o where o.account_key = a.account_key and o.closed_at is null limit 1
     ) n
     where a.id = p_alert_id and a.closed_at is not null
  );
$$;
comment on function lead_bot.shown_with is
  'An alert, and if it is closed its company''s open one, whose card says what came of it.';
revoke all on function lead_bot.shown_with from public;
