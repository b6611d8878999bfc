create or replace function lead_bot.account_picture(p_account_key text)
returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_alert record;
  v_current jsonb;
begin
  select a.id, a.scrubbed_at into v_alert
    from lead_bot.alerts a
   where a.account_key = p_account_key
   order by a.closed_at is null desc, a.merged_into is null desc, a.opened_at desc
   limit 1;
  v_current := lead_bot.alert_json(v_alert.id, false);
  return jsonb_build_object(
    'account', case when v_current is not null and v_alert.scrubbed_at is null
                    then v_current -> 'account'
                    else (select c.account from lead_bot.accounts_json(array[p_account_key], array[v_alert.id], false, true) c) end,
    'current', v_current
  );
end;
$$;
comment on function lead_bot.account_picture is 'A company with its open alert, else its newest one.';
revoke all on function lead_bot.account_picture from public;
