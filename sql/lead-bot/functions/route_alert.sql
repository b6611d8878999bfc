create or replace function lead_bot.route_alert(p_alert_id uuid, p_developer_id uuid, p_alert_channel text)
returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  c_most constant int := 50;
  v_asked text := lead_bot.asked_channel(p_developer_id);
begin
  if v_asked is null or v_asked = p_alert_channel then
    return;
  end if;
  if lead_bot.is_channel_id(v_asked) then
    update lead_bot.card_channels c set used_at = now() where c.channel = v_asked;
    if not found then
      delete from lead_bot.card_channels c where c.used_at < now() - interval '90 days';
      insert into lead_bot.card_channels (channel)
      select v_asked where (select count(*) from lead_bot.card_channels) < c_most
      on conflict (channel) do nothing;
    end if;
    if found then
      update lead_bot.alerts a set channel = v_asked where a.id = p_alert_id;
      return;
    end if;
  end if;
  update lead_bot.alerts a set channel_unfit = left(v_asked, 80) where a.id = p_alert_id;
end;
$$;
comment on function lead_bot.route_alert is
  'Sets the channel that the lead which opened an alert asks for. A value that is no channel id, or would be the 51st channel of the last 90 days, is only noted.';
revoke all on function lead_bot.route_alert from public;
