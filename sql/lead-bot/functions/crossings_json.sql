create or replace function lead_bot.crossings_json(p_account_key text, p_developer_ids uuid[], p_channels text[])
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    select coalesce(jsonb_agg(
             jsonb_build_object(
               'at', c.at, 'who', lead_bot.person_name(c.developer_id), 'score', c.score, 'fate', c.fate,
               'alert_id', c.alert_id, 'until', a.until, 'message', m.message
             )
             order by c.at desc, c.id desc
           ), '[]')
      from (
        select f.*
          from (
            select x.* from (
              select o.id from lead_bot.alerts o
               where o.account_key = p_account_key
               order by o.opened_at desc
               limit 20
            ) l
           cross join lateral (
             select n.* from lead_bot.crossings n where n.alert_id = l.id order by n.at desc limit 20
           ) x
            union
            select x.*
              from unnest(p_developer_ids) d (id)
             cross join lateral (
               select n.* from lead_bot.crossings n where n.developer_id = d.id order by n.at desc limit 20
             ) x
             -- Not what happened while it belonged to another company.
             where x.alert_id is null
                or not exists (select from lead_bot.alerts o where o.id = x.alert_id and o.account_key <> p_account_key)
          ) f
         where p_channels is null or f.alert_id is null and f.fate <> 'not-shown' or lead_bot.stands_in(f.alert_id, p_channels)
         order by f.at desc, f.id desc
         limit 20
      ) c
      left join lateral (
        select o.hold_until as until from lead_bot.alerts o
         where o.id = c.alert_id and o.hold = c.fate
      ) a on true
      left join lateral (
        select jsonb_build_object(
                 'kind', g.kind, 'channel', coalesce(g.slack_channel, g.channel), 'posted_at', g.posted_at,
                 'state', case when g.removal is not null then 'gone' else g.state end
               ) as message
          from (select s.message_id from lead_bot.message_alerts s where s.alert_id = c.alert_id offset 0) l
         cross join lateral (select i.* from lead_bot.messages i where i.id = l.message_id offset 0) g
         where g.kind in ('card', 'rollup')
         order by g.created_at, g.id
         limit 1
      ) m on true
  );
end;
$$;
comment on function lead_bot.crossings_json is
  'The newest 20 times that leads of an account turned hot, and what came of each. until: when the hold ends that kept it from being news. message: the card or roll-up that showed it first. With p_channels, without alerts that stand elsewhere, and whom lead_dashboard doesn''t show.';
revoke all on function lead_bot.crossings_json from public;
