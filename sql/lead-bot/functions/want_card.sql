create or replace function lead_bot.want_card(p_alert_id uuid, p_channel text)
returns void
language sql volatile security definer set search_path = ''
as $$
  with card as (
    insert into lead_bot.messages (kind, alert_id, channel, dedupe_key, payload)
    select 'card', a.id, coalesce(a.channel, p_channel), 'card:' || a.id,
           case when a.channel_unfit is null then '{}'
                else jsonb_build_object(
             'meant_for', a.channel_unfit,
             -- lead_bot.route_alert only refuses a valid id when there are too many.
             'refused', case when lead_bot.is_channel_id(a.channel_unfit) then 'too_many_channels' else 'invalid_channel' end
           ) end
      from lead_bot.alerts a
     where a.id = p_alert_id
    on conflict (dedupe_key) do nothing
    returning id
  )
  insert into lead_bot.message_alerts (message_id, alert_id)
  select card.id, p_alert_id from card;
$$;
comment on function lead_bot.want_card is
  'Queues the card of an alert for the channel that its lead asked for, else for p_channel. An alert has at most one card.';
revoke all on function lead_bot.want_card from public;
