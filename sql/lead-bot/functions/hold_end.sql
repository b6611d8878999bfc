create or replace function lead_bot.hold_end(p_hold text, p_until timestamptz, p_score_then int, p_score int)
returns timestamptz
language sql stable set search_path = ''
as $$
  select case
    when p_hold = 'snoozed' and abs(p_score - p_score_then) >= 5
      or p_hold = 'not-a-fit' and p_score - p_score_then >= 10
      then least(p_until, now())
    else p_until
  end;
$$;
comment on function lead_bot.hold_end is
  'When a hold ends: at its time, or now if the score has moved enough since it began.';
revoke all on function lead_bot.hold_end from public;
