create or replace function lead_bot.mention_instead(p_alert_id uuid, p_payload jsonb)
returns void
language sql volatile security definer set search_path = ''
as $$
  -- Of a lead handed over, the thread says so already.
  select lead_bot.want_reply(o.alert_id, 'offered', jsonb_build_object('to', o.holder, 'until', o.until))
    from lead_bot.offers o
   where p_payload ->> 'kind' = 'offer' and o.alert_id = p_alert_id and o.holder = p_payload ->> 'to'
     and o.ended_at is null and o.until > now();
$$;
comment on function lead_bot.mention_instead is
  'Mentions the AE who has first call in the card''s thread, because a direct message doesn''t reach them. The caller has locked the alert.';
revoke all on function lead_bot.mention_instead from public;
