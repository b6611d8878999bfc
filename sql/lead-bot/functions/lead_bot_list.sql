create or replace function public.lead_bot_list(p_owner text, p_limit int)
returns jsonb
language sql stable security definer set search_path = ''
as $$
  with chosen as (
    select a.id, a.status, a.opened_at, a.score
      from lead_bot.alerts a
     where a.closed_at is null
       and case when p_owner is null then a.cooling_since is null else a.owner = p_owner end
  ),
  page as (
    select * from chosen c
     order by array_position(
                case when p_owner is null then array['open', 'claimed', 'contacted']
                     else array['claimed', 'contacted'] end, c.status),
              c.score desc nulls last, c.opened_at
     limit least(p_limit, 100)
  )
  select jsonb_build_object(
    'total', (select count(*) from chosen),
    'alerts', coalesce((
      select jsonb_agg(
        lead_bot.alert_json(p.id, true)
        order by array_position(
                   case when p_owner is null then array['open', 'claimed', 'contacted']
                        else array['claimed', 'contacted'] end, p.status),
                 p.score desc nulls last, p.opened_at
      ) from page p
    ), '[]')
  );
$$;
comment on function public.lead_bot_list is
  'Alerts that are hot now, unclaimed first (p_owner null), or those that one AE has, not contacted first.';
revoke all on function public.lead_bot_list from public, anon, authenticated;
grant execute on function public.lead_bot_list to service_role, lead_bot;
