create or replace function lead_bot.week_json(p_to timestamptz)
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set plan_cache_mode = force_custom_plan
as $$
declare
  v_from timestamptz := p_to - interval '7 days';
  v_crossings jsonb := lead_bot.count_fates(v_from, p_to);
begin
  return (
    select jsonb_build_object(
             'from', v_from, 'to', p_to, 'alerts', count(*), 'claimed', count(*) filter (where f.was_claimed),
             'contacted', count(*) filter (where f.was_contacted), 'not_a_fit', count(f.not_a_fit_reason),
             'to_claim', percentile_disc(0.5) within group (order by f.seconds_to_claim), 'crossings', v_crossings
           )
      from lead_bot.alert_facts f
     where f.opened_at >= v_from and f.opened_at < p_to
    having count(*) > 0 or v_crossings <> '{}'
  );
end;
$$;
comment on function lead_bot.week_json is
  'What came of the alerts opened in the seven days up to p_to, and of every lead that turned hot in them, as /lead stats counts; null if there were none.';
revoke all on function lead_bot.week_json from public;
