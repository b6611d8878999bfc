create or replace function lead_bot.note_news(p_alert_ids uuid[])
returns void
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  perform from lead_bot.alerts a where a.id = any (p_alert_ids) order by a.id for no key update;
  update lead_bot.alerts a
     set known = n.known, news = n.news
    from lead_bot.known_of(p_alert_ids) k
   cross join lateral (
     select o.id, o.status, o.known, o.news, o.closed_at, o.hold from lead_bot.alerts o where o.id = k.alert_id offset 0
   ) o
   cross join lateral (
     select lead_bot.news_between(o.known, k.known, o.status = 'contacted') as news,
            -- Where nothing is known yet, or the developer whose growth is followed has left, begin silently.
            k.known || coalesce(o.known, '{}')
              - case when o.known #>> '{growth,of}' <> k.known #>> '{growth,of}' then 'growth' else '' end as known
     offset 0
   ) n
   where a.id = o.id and o.closed_at is null and o.hold is distinct from 'not-a-fit'
     and (o.known is distinct from n.known or o.news is distinct from n.news);
end;
$$;
comment on function lead_bot.note_news is
  'Compares open alerts with what whoever works on them knows, and notes the difference as news. Of one that hasn''t been looked at yet, takes the picture.';
revoke all on function lead_bot.note_news from public;
