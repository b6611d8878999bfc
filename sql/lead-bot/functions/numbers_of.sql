create or replace function lead_bot.numbers_of(p_person text, p_from timestamptz, p_channels text[] default null)
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    with mine as materialized (
      select f.was_contacted, f.seconds_to_claim, f.seconds_to_contact, f.outcome
        -- Whoever has an alert that was opened since then got it since then.
        from (select a.id from lead_bot.alerts a where a.owner = p_person and a.claimed_at >= p_from) i
       cross join lateral (
         select * from lead_bot.alert_facts v where v.alert_id = i.id offset 0
       ) f
       where f.opened_at >= p_from and (p_channels is null or f.channel = any (p_channels))
    )
    select jsonb_build_object(
      'claimed', count(*),
      'contacted', count(*) filter (where m.was_contacted),
      'to_claim', percentile_disc(0.5) within group (order by m.seconds_to_claim),
      'to_contact', percentile_disc(0.5) within group (order by m.seconds_to_contact),
      'outcomes', (
        select coalesce(jsonb_object_agg(o.outcome, o.alerts), '{}')
          from (select n.outcome, count(*) as alerts from mine n where n.outcome is not null group by 1) o
      )
    )
      from mine m
  );
end;
$$;
comment on function lead_bot.numbers_of is
  'What an AE has made of the alerts opened since p_from: claimed, contacted, medians in seconds, outcomes. As /lead stats counts them; with p_channels, only of alerts in these channels.';
revoke all on function lead_bot.numbers_of from public;
