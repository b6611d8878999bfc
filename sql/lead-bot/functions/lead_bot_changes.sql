create or replace function public.lead_bot_changes(p_rearm_seconds int, p_limit int)
returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_seen_before xid8;
  v_refreshed_at timestamptz;
  v_first_run boolean;
  v_entered jsonb;
  v_moved boolean;
begin
  select p.seen_before, p.refreshed_at into v_seen_before, v_refreshed_at from lead_bot.poll_state p;
  v_first_run := not found;

  -- The ids of all hot score rows come from a partial index and are compared with the open alerts
  -- before the view is read, so a poll costs what has changed and not how many leads there are.
  with fresh as materialized (
    select distinct s.developer_id
      from public.lead_scores s
     where s.tier = 'hot'
       and not exists (
         select from lead_bot.alert_leads m
           join lead_bot.alerts a on a.id = m.alert_id
          where a.closed_at is null and m.developer_id = s.developer_id
       )
  ),
  -- Old score rows and personal addresses go before the view is read, too: they are there at each poll.
  hot as materialized (
    select f.developer_id
      from fresh f
     where coalesce((
         select false from public.developer_signups d
          where d.id = f.developer_id and not d.is_company_email
       ), true)
       and coalesce((
         select s.tier = 'hot'
           from public.lead_scores s
          where s.developer_id = f.developer_id
          order by s.scored_at desc nulls last, s.id desc
          limit 1
       ), false)
  ),
  entered as (
    select l.*,
           case when a.id is null then 'none'
                when exists (select from lead_bot.messages c where c.dedupe_key = 'card:' || a.id) then 'with-card'
                else 'without-card' end as open_alert
      from hot h
     -- The offset keeps Postgres from reading all leads at once to join a few.
     cross join lateral (
       select * from lead_bot.leads v where v.developer_id = h.developer_id offset 0
     ) l
      left join lead_bot.alerts a on a.account_key = l.account_key and a.closed_at is null
     -- What is set aside because of its score comes last, and takes no other's place.
     order by l.total_score between 0 and 100 desc nulls last, l.total_score desc, l.developer_id
     limit p_limit
  )
  select coalesce(jsonb_agg(
           to_jsonb(e)
           order by e.total_score between 0 and 100 desc nulls last, e.total_score desc, e.developer_id
         ), '[]')
    into v_entered
    from entered e;

  -- lead_bot.is_hot written out: a call for each tracked lead costs five times as much. The address is
  -- a scalar query, which Postgres looks up one by one; it would hash an exists over all developers.
  select exists (
    select from lead_bot.alerts a
      join lead_bot.alert_leads m on m.alert_id = a.id
      left join lateral (
        select s.tier = 'hot' as is_hot
          from public.lead_scores s
         where s.developer_id = m.developer_id
         order by s.scored_at desc nulls last, s.id desc
         limit 1
      ) newest on true
     where a.closed_at is null
       and (m.left_at is null) <> (
         coalesce(newest.is_hot, false)
         and coalesce((
           select false from public.developer_signups d
            where d.id = m.developer_id and not d.is_company_email
         ), true)
       )
  ) or exists (
    select from lead_bot.alerts a
     where a.closed_at is null and a.cooling_since <= now() - make_interval(secs => p_rearm_seconds)
  ) or exists (
    select from lead_bot.lead_snapshots s
      join lead_bot.alert_leads m on m.developer_id = s.developer_id
      join lead_bot.alerts a on a.id = m.alert_id
     where s.txid >= v_seen_before
       and s.txid < pg_snapshot_xmin(pg_current_snapshot())
       and a.closed_at is null
  ) or exists (
    -- Colleagues of theirs, whom a card shows, too.
    select from lead_bot.lead_snapshots s
     cross join lateral (
       select from public.developer_signups d
         join lead_bot.alerts a on a.account_key = lower(d.company_domain) and a.closed_at is null
        where d.id = s.developer_id
       offset 0
     ) a
     where s.txid >= v_seen_before
       and s.txid < pg_snapshot_xmin(pg_current_snapshot())
  ) or (
    -- Recording moves the mark: without it every poll would read all that was ever re-scored since.
    select count(*) > 500 from (
      select from lead_bot.lead_snapshots s
       where s.txid >= v_seen_before and s.txid < pg_snapshot_xmin(pg_current_snapshot())
       limit 501
    ) unseen
  ) or coalesce(v_refreshed_at < now() - interval '1 hour', false) into v_moved;

  return jsonb_build_object(
    'first_run', v_first_run, 'entered', v_entered, 'moved', v_moved,
    'more', jsonb_array_length(v_entered) >= p_limit
  );
end;
$$;
comment on function public.lead_bot_changes is
  'Reads what a poll has to decide on: hot leads that belong to no open alert (best first, p_limit of them, and whether there may be more), and whether a lead of an open alert has left, come back or changed, or a colleague has changed.';
revoke all on function public.lead_bot_changes from public, anon, authenticated;
grant execute on function public.lead_bot_changes to service_role, lead_bot;
