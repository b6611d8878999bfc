create or replace function lead_bot.want_card(p_alert_id uuid, p_channel text)
returns void
language sql volatile security definer set search_path = ''
as $$
  with card as (
    insert into lead_bot.messages (kind, alert_id, channel, dedupe_key)
    values ('card', p_alert_id, p_channel, 'card:' || p_alert_id)
    on conflict (dedupe_key) do nothing
    returning id
  )
  insert into lead_bot.message_alerts (message_id, alert_id)
  select card.id, p_alert_id from card;
$$;
comment on function lead_bot.want_card is 'Wants the card of an alert in a channel; an alert has one card at the most.';
revoke all on function lead_bot.want_card from public;
