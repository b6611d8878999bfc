create or replace function public.lead_bot_resume(p_alert_channel text, p_digest_channel text)
returns jsonb
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  c_limit constant int := 200;
  v_revived int;
  v_digests int;
  v_channels text[];
  v_above uuid[];
  v_more boolean;
begin
  update lead_bot.poll_state p
     set alert_channel = p_alert_channel
   where p.only_row and p.alert_channel is distinct from p_alert_channel;
  update lead_bot.channels c
     set paused_until = null, pauses = 0, pause_reason = null
   where c.channel = '*' and c.pauses > 0;

  -- The new bot may be able to draw what the last one couldn't. Skip what is no longer news: cards of closed alerts,
  -- all digests but the newest, replies without a thread.
  with revived as (
    select d.id
      from lead_bot.messages d
     where d.state = 'dead' and d.created_at > now() - interval '7 days' and d.attempted_at is null
       and d.last_error ~ '^(cannot be drawn|does not parse)'
       and case d.kind
         when 'card' then (select a.closed_at is null from lead_bot.alerts a where a.id = d.alert_id)
         when 'digest' then d.created_at = (
           select max(n.created_at) from lead_bot.messages n where n.kind = 'digest' and n.channel = d.channel
         )
         -- Its news went to the thread.
         when 'dm' then false
         when 'notice' then (select p.state = 'posted' from lead_bot.messages p where p.id = d.parent_id)
         else true
       end
     order by d.created_at
     limit c_limit
       for no key update
  )
  update lead_bot.messages m
     set state = 'pending', attempts = 0, refusals = 0, next_try_at = now()
    from revived
   where m.id = revived.id;
  get diagnostics v_revived = row_count;

  -- Unposted messages follow a channel setting that changed, with the replies below them. Ranks 0 to 3 are new posts.
  v_channels := array(select c.channel from lead_bot.due_channels() c);
  v_above := array(
    select w.id
      from unnest(v_channels) c (channel)
     cross join lateral (
       select coalesce(n.parent_id, n.id) as id
         from lead_bot.messages n
        where n.channel = c.channel and n.rank between 0::smallint and 3::smallint and n.due_at is not null
          and n.kind in ('card', 'rollup', 'notice') and n.state = 'pending' and n.attempted_at is null
          and not exists (
            select from lead_bot.messages p
             where p.id = n.parent_id and (p.state <> 'pending' or p.attempted_at is not null)
          )
        limit c_limit
     ) w
     where c.channel <> p_alert_channel
       and not exists (select from lead_bot.card_channels k where k.channel = c.channel)
     limit c_limit
  );
  with moving as (
    select m.id
      from lead_bot.messages m
     where m.id = any (v_above || array(
             select r.id from lead_bot.messages r where r.parent_id = any (v_above) and r.state = 'pending'
           ))
       and m.channel <> p_alert_channel and m.state = 'pending' and m.attempted_at is null
     order by m.id
       for no key update
  )
  update lead_bot.messages m
     set channel = p_alert_channel, next_try_at = now()
    from moving
   where m.id = moving.id;

  update lead_bot.messages m
     set state = 'gone', last_error = 'the digest goes to another channel now'
   where m.id = any (array(
           select w.id
             from unnest(v_channels) c (channel)
            cross join lateral (
              select n.id
                from lead_bot.messages n
               where n.channel = c.channel and n.rank in (1::smallint, 3::smallint) and n.due_at is not null
                 and n.kind = 'digest' and n.state = 'pending' and n.attempted_at is null
               limit c_limit
            ) w
            where c.channel <> p_digest_channel
            limit c_limit
         ))
     and m.state = 'pending' and m.attempted_at is null;
  get diagnostics v_digests = row_count;

  v_more := v_revived = c_limit or cardinality(v_above) = c_limit or v_digests = c_limit;
  if not v_more then
    update lead_bot.channels c
       set paused_until = null, pauses = 0, pause_reason = null
     where c.pauses > 0 and c.channel not in (p_alert_channel, p_digest_channel)
       and not exists (
         select from lead_bot.messages m
          where m.channel = c.channel and m.due_at is not null
            and (m.state in ('pending', 'unclear') or m.wanted_version > m.shown_version)
       );
  end if;
  return jsonb_build_object('more', v_more);
end;
$$;
comment on function public.lead_bot_resume is
  'Called when a bot starts and Slack has accepted its token. Ends the pause of all of Slack, moves unposted messages to the channels now set, and retries messages that couldn''t be drawn, if they are still news. more: call it again.';
revoke all on function public.lead_bot_resume from public, anon, authenticated;
grant execute on function public.lead_bot_resume to service_role, lead_bot;
