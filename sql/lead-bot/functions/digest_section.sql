create or replace function lead_bot.digest_section(p_alert lead_bot.alerts)
returns text
language sql immutable set search_path = ''
as $$
  select case
    when p_alert.merged_into is not null then 'merged'
    when p_alert.hold = 'not-a-fit' then 'not-a-fit'
    when p_alert.status = 'contacted' then 'contacted'
    when p_alert.closed_at is not null then 'cooled'
    when p_alert.hold = 'snoozed' then 'snoozed'
    when p_alert.status = 'open' then 'unclaimed'
    else 'claimed'
  end;
$$;
comment on function lead_bot.digest_section is
  'Where a digest shows an alert as it is now. Unclaimed and claimed ones are the queue.';
revoke all on function lead_bot.digest_section from public;
