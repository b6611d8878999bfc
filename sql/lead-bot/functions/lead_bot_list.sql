create or replace function public.lead_bot_list(
  p_owner text, p_limit int, p_offset int default 0, p_status text default null, p_message_id uuid default null,
  p_channels text[] default null, p_filter jsonb default null
)
returns jsonb
language plpgsql stable security definer
-- Each branch uses its own index. A join with all alerts would read two years of them.
set search_path = '' set enable_seqscan = off
as $$
begin
  perform lead_bot.share_lead_tables();
  return (
    with rollup as (
      select r.alert_id as id, r.position
        from lead_bot.messages m
        join lead_bot.message_alerts r on r.message_id = m.id
       where m.id = p_message_id and m.kind = 'rollup'
    ),
    wanted as (
      select r.id, r.position as rank, null::float8 as urgency, null::int as score, null::timestamptz as opened_at
        from rollup r
      union all
      select a.id, array_position('{open,claimed,contacted}', a.status),
             -- As in lead_bot.digest_rows.
             case p_status when 'open' then coalesce(a.score, 0) * extract(epoch from now() - a.opened_at)::float8
                           when 'claimed' then extract(epoch from now() - a.claimed_at)::float8 end,
             a.score, a.opened_at
        from lead_bot.alerts a
       where a.closed_at is null
         and a.hold is null
         and case when p_status is not null then a.status = p_status else a.cooling_since is null end
         and p_owner is null
         and not exists (select from rollup)
         -- After a digest: what it doesn't show already.
         and not exists (
           select from lead_bot.message_alerts s where s.message_id = p_message_id and s.alert_id = a.id
         )
      union all
      -- First call is theirs.
      select o.alert_id, 0, null, a.score, a.opened_at
        from lead_bot.offers o
       cross join lateral (
         select l.score, l.opened_at from lead_bot.alerts l
          where l.id = o.alert_id and l.closed_at is null and l.status = 'open' and l.hold is null
         offset 0
       ) a
       where o.holder = p_owner and o.ended_at is null
      union all
      -- The same as on the Home tab.
      select w.id, case when a.status = 'claimed' then 1 when a.outcome is not null then 2 else 3 end, -w.place, a.score, a.opened_at
        from lead_bot.own_rows(p_owner) w
       cross join lateral (
         select o.status, o.outcome, o.score, o.opened_at from lead_bot.alerts o where o.id = w.id offset 0
       ) a
       where p_owner is not null
    ),
    within as (
      select w.*
        from wanted w
       where p_channels is null
          or w.id in (select i.id from unnest(lead_bot.standing_in(array(select n.id from wanted n), p_channels)) i (id))
    ),
    chosen as (
      select w.*
        from within w
       where p_filter is null
          or w.id in (select f.id from lead_bot.alerts_fitting(array(select i.id from within i), p_filter) f (id))
    ),
    page as (
      select c.id, row_number() over (order by c.rank, c.urgency desc, c.score desc nulls last, c.opened_at, c.id) as place
        from chosen c
       order by 2
       limit least(p_limit, 100) offset greatest(p_offset, 0)
    )
    select jsonb_build_object(
      'total', (select count(*) from chosen),
      'alerts', coalesce((
        select jsonb_agg(a.picture order by p.place)
          from page p
          join lead_bot.alerts_json(array(select p.id from page p), true) a on a.alert_id = p.id
      ), '[]')
    )
  );
end;
$$;
comment on function public.lead_bot_list is
  'A page of alerts: the ones hot now, unclaimed first; or one AE''s, as lead_bot.own_rows has them, first those they have first call on, then those not yet contacted; or the open ones with one status, most urgent first; or all in a roll-up, in its order; or, with p_message_id of a digest, those it doesn''t show. With p_channels, only those that belong to one of these; with p_filter, of these those that lead_bot.alerts_fitting returns.';
revoke all on function public.lead_bot_list from public, anon, authenticated;
grant execute on function public.lead_bot_list to service_role, lead_bot;
