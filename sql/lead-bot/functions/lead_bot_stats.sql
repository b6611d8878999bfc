create or replace function public.lead_bot_stats(p_days int, p_channels text[] default null)
returns jsonb
language plpgsql stable security definer
set search_path = '' set jit = off set work_mem = '32MB' set plan_cache_mode = force_custom_plan
as $$
declare
  v_to timestamptz := now();
  v_from timestamptz := now() - make_interval(days => least(greatest(p_days, 1), 366));
begin
  return (
    -- Two passes over the alerts; all else is sums of these few rows.
    with held as materialized (
      select f.owner, f.channel, f.outcome,
             count(*) as alerts,
             count(*) filter (where f.was_claimed) as claimed,
             count(*) filter (where f.was_contacted) as contacted,
             array_agg(f.seconds_to_claim) filter (where f.first_claimed_at is not null) as to_claim,
             array_agg(f.seconds_to_contact) filter (where f.first_contacted_at is not null) as to_contact,
             count(f.claimed_in_time) as claim_deadlines,
             count(*) filter (where f.claimed_in_time) as claimed_in_time,
             count(f.contacted_in_time) as contact_deadlines,
             count(*) filter (where f.contacted_in_time) as contacted_in_time,
             count(f.not_a_fit_reason) as not_a_fit
        from lead_bot.alert_facts f
       where f.opened_at > v_from
         and (p_channels is null or f.channel = any (p_channels[1:50]))
       group by 1, 2, 3
    ),
    judged as materialized (
      select f.reasons, f.score_band, f.not_a_fit_reason, count(*) as alerts
        from lead_bot.alert_facts f
       where f.opened_at > v_from
         and (p_channels is null or f.channel = any (p_channels[1:50]))
       group by 1, 2, 3
    ),
    groups as (
      select 'all' as kind, null as name, sum(h.alerts) as alerts from held h
      union all
      -- More than are shown: everyone may see their own.
      (select 'person', h.owner, sum(h.alerts) from held h where h.owner is not null group by h.owner order by 3 desc, 2 limit 100)
      union all
      -- A single one is all.
      (select 'channel', h.channel, sum(h.alerts) from held h
        where exists (select from held o where o.channel <> h.channel)
        group by h.channel order by 3 desc, 2 limit 20)
    ),
    tallies as (
      select g.kind, g.name, g.alerts, jsonb_build_object(
               'alerts', coalesce(g.alerts, 0),
               'claimed', n.claimed,
               'contacted', n.contacted,
               'to_claim', c.at,
               'to_contact', t.at,
               'claimed_in_time', jsonb_build_array(n.claimed_in_time, n.claim_deadlines),
               'contacted_in_time', jsonb_build_array(n.contacted_in_time, n.contact_deadlines),
               'outcomes', o.outcomes,
               'not_a_fit', n.not_a_fit
             ) as tally
        from groups g
       cross join lateral (
         select coalesce(sum(h.claimed), 0) as claimed, coalesce(sum(h.contacted), 0) as contacted,
                coalesce(sum(h.claimed_in_time), 0) as claimed_in_time, coalesce(sum(h.claim_deadlines), 0) as claim_deadlines,
                coalesce(sum(h.contacted_in_time), 0) as contacted_in_time,
                coalesce(sum(h.contact_deadlines), 0) as contact_deadlines, coalesce(sum(h.not_a_fit), 0) as not_a_fit
           from held h
          where case g.kind when 'person' then h.owner = g.name when 'channel' then h.channel = g.name else true end
       ) n
       cross join lateral (
         select percentile_disc('{0.5,0.9}'::float8[]) within group (order by s.seconds) as at
           from (
             select unnest(h.to_claim) as seconds
               from held h
              where case g.kind when 'person' then h.owner = g.name when 'channel' then h.channel = g.name else true end
           ) s
       ) c
       cross join lateral (
         select percentile_disc('{0.5,0.9}'::float8[]) within group (order by s.seconds) as at
           from (
             select unnest(h.to_contact) as seconds
               from held h
              where case g.kind when 'person' then h.owner = g.name when 'channel' then h.channel = g.name else true end
           ) s
       ) t
       cross join lateral (
         select coalesce(jsonb_object_agg(k.outcome, k.alerts), '{}') as outcomes
           from (
             select h.outcome, sum(h.alerts) as alerts
               from held h
              where h.outcome is not null
                and case g.kind when 'person' then h.owner = g.name when 'channel' then h.channel = g.name else true end
              group by 1
           ) k
       ) o
    )
    select jsonb_build_object(
      'from', v_from,
      'to', v_to,
      'all', (select t.tally from tallies t where t.kind = 'all'),
      'by_person', (
        select coalesce(jsonb_agg(jsonb_build_object('user', t.name, 'tally', t.tally) order by t.alerts desc, t.name), '[]')
          from tallies t where t.kind = 'person'
      ),
      'by_channel', (
        select coalesce(jsonb_agg(jsonb_build_object('channel', t.name, 'tally', t.tally) order by t.alerts desc, t.name), '[]')
          from tallies t where t.kind = 'channel'
      ),
      'reasons', (
        select coalesce(jsonb_object_agg(r.reason, r.alerts), '{}')
          from (
            select j.not_a_fit_reason as reason, sum(j.alerts) as alerts
              from judged j
             where j.not_a_fit_reason is not null
             group by 1
          ) r
      ),
      'by_signal', (
        select coalesce(jsonb_agg(jsonb_build_object(
                 'signal', s.signal, 'alerts', s.alerts, 'not_a_fit', s.not_a_fit
               ) order by s.alerts desc, s.signal), '[]')
          from (
            select r.signal, sum(j.alerts) as alerts,
                   coalesce(sum(j.alerts) filter (where j.not_a_fit_reason is not null), 0) as not_a_fit
              from judged j
             cross join lateral string_to_table(j.reasons, ', ') r (signal)
             where j.reasons <> ''
             group by 1
             order by 2 desc, 1
             limit 20
          ) s
      ),
      'by_score', (
        select coalesce(jsonb_agg(jsonb_build_object(
                 'band', b.score_band, 'alerts', b.alerts, 'not_a_fit', b.not_a_fit
               ) order by b.score_band), '[]')
          from (
            select j.score_band, sum(j.alerts) as alerts,
                   coalesce(sum(j.alerts) filter (where j.not_a_fit_reason is not null), 0) as not_a_fit
              from judged j
             where j.score_band is not null
             group by 1
             order by 1 desc
             limit 20
          ) b
      ),
      'crossings', lead_bot.count_fates(v_from, v_to, p_channels)
    )
  );
end;
$$;
comment on function public.lead_bot_stats is
  'What came of the alerts opened in the last p_days, and of all leads that turned hot in them. Durations in seconds, as [median, nine in ten], null without any; shares as [in time, of]. With p_channels, only of alerts in these.';
revoke all on function public.lead_bot_stats from public, anon, authenticated;
grant execute on function public.lead_bot_stats to service_role, lead_bot;
