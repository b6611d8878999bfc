create or replace function lead_bot.account_picture(p_account_key text)
returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_alert_id uuid;
begin
  select a.id into v_alert_id
    from lead_bot.alerts a
   where a.account_key = p_account_key
   order by a.closed_at is null desc, a.opened_at desc
   limit 1;
  return jsonb_build_object(
    'account', lead_bot.account_json(p_account_key, v_alert_id, false),
    'current', lead_bot.alert_json(v_alert_id, false)
  );
end;
$$;
comment on function lead_bot.account_picture is 'A company with its open alert, or else its newest one.';
revoke all on function lead_bot.account_picture from public;
