create or replace function public.lead_bot_covered(p_user text, p_limit int, p_channels text[] default null)
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off
as $$
declare
  v_since timestamptz := (
    select w.since from lead_bot.away w where w.person = p_user order by w.until desc limit 1
  );
begin
  perform lead_bot.share_lead_tables();
  return (
    with offered as (
      select distinct o.alert_id as id
        from lead_bot.offers o
       where o.instead_of = p_user and o.made_at >= v_since
    ),
    chosen as (
      select a.id, array_position(array['open', 'claimed', 'contacted'], a.status) as rank, a.score, a.opened_at
        from offered o
       cross join lateral (select * from lead_bot.alerts a where a.id = o.id offset 0) a
       where a.merged_into is null and a.owner is distinct from p_user
         and (p_channels is null or lead_bot.stands_in(a.id, p_channels))
    ),
    page as (
      select c.id, row_number() over (order by c.rank nulls last, c.score desc nulls last, c.opened_at, c.id) as place
        from chosen c
       order by 2
       limit least(p_limit, 100)
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
comment on function public.lead_bot_covered is
  'Alerts that were offered to an AE''s cover during the AE''s latest absence and that the AE hasn''t got, those to claim first, up to p_limit (at most 100). With p_channels, only those that belong to one of these.';
revoke all on function public.lead_bot_covered from public, anon, authenticated;
grant execute on function public.lead_bot_covered to service_role, lead_bot;
