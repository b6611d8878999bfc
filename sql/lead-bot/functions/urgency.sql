create or replace function lead_bot.urgency(p_alert lead_bot.alerts)
returns double precision
language sql stable set search_path = ''
as $$
  select case p_alert.status
    when 'claimed' then extract(epoch from now() - p_alert.claimed_at)::double precision
    else coalesce(p_alert.score, 0) * extract(epoch from now() - p_alert.opened_at)::double precision
  end;
$$;
comment on function lead_bot.urgency is
  'Orders a queue: leads to claim by score times age, claimed ones by how long they have been waiting to be contacted.';
revoke all on function lead_bot.urgency from public;
