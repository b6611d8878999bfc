create or replace function lead_bot.trace_json(
  p_account_key text, p_asked uuid[], p_people uuid[], p_alert_ids uuid[], p_since timestamptz
)
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
declare
  c_alerts constant int := 5;
  -- Of each kind of row, and alert or developer.
  c_rows constant int := 200;
  c_entries constant int := 2000;
  v_ids uuid[] := array(
    select a.id
      from unnest(p_alert_ids) with ordinality i (id, place)
     cross join lateral (
       select o.id, o.opened_at, o.closed_at from lead_bot.alerts o where o.id = i.id offset 0
     ) a
     where coalesce(a.closed_at, 'infinity') >= p_since
     order by i.place
     limit c_alerts
  );
begin
  return jsonb_build_object(
    'account_key', p_account_key,
    'asked', p_asked,
    'watching_since', (select p.first_poll_at from lead_bot.poll_state p),
    'older_alerts', cardinality(p_alert_ids) - cardinality(v_ids),
    'alerts', (
      select coalesce(jsonb_agg(jsonb_build_object(
               'id', a.id, 'opened_at', a.opened_at, 'closed_at', a.closed_at, 'status', a.status, 'owner', a.owner,
               'opened_score', a.opened_score, 'reasons', left(a.reasons, 500), 'channel', a.channel,
               'channel_unfit', a.channel_unfit, 'cooling_since', a.cooling_since, 'merged_into', a.merged_into,
               'hold', a.hold, 'hold_until', a.hold_until, 'due_at', a.due_at, 'scrubbed_at', a.scrubbed_at
             ) order by i.place), '[]')
        from unnest(v_ids) with ordinality i (id, place)
       cross join lateral (select * from lead_bot.alerts o where o.id = i.id offset 0) a
    )
  ) || (
    with messages as (
      -- What is about one of these alerts, and the roll-ups that show it.
      select m.*, jsonb_build_object(
               'alert_id', i.id, 'message_id', m.id, 'message', m.kind,
               'about', case when m.kind in ('notice', 'dm') then left(m.payload ->> 'kind', 40) end
             ) as named
        from unnest(v_ids) i (id)
       cross join lateral (
         (select o.*
            from (select r.* from lead_bot.messages r where r.alert_id = i.id offset 0) o
           order by o.created_at desc
           limit c_rows)
         union all
         (select r.*
            from (select s.message_id from lead_bot.message_alerts s where s.alert_id = i.id limit 1000) s
           cross join lateral (select o.* from lead_bot.messages o where o.id = s.message_id offset 0) r
           where r.kind = 'rollup'
           limit 5)
       ) m
    ),
    crossings as (
      select x.*
        from (
          select c.*
            from unnest(v_ids) i (id)
           cross join lateral (
             -- Fenced off, or the newest of all alerts might be searched for 200 of this one.
             select n.*
               from (select o.* from lead_bot.crossings o where o.alert_id = i.id offset 0) n
              order by n.at desc
              limit c_rows
           ) c
          union
          select c.*
            from unnest(p_people) d (id)
           cross join lateral (
             select n.* from lead_bot.crossings n where n.developer_id = d.id order by n.at desc limit 20
           ) c
           where c.alert_id = any (v_ids)
              or not exists (select from lead_bot.alerts a where a.id = c.alert_id)
        ) x
       where p_asked = '{}' or x.developer_id = any (p_asked)
       order by x.at desc, x.id desc
       limit c_rows
    ),
    entries (at, rank, tie, entry) as (
      select c.at, 1, lpad(c.id::text, 20, '0'), jsonb_build_object(
               'kind', 'crossing', 'alert_id', c.alert_id, 'developer_id', c.developer_id, 'score', c.score,
               'before', lead_bot.whole_points(c.before -> 'total_score'), 'fate', c.fate
             )
        from crossings c
      union all
      select c.noted_at, 2, lpad(c.id::text, 20, '0'), jsonb_build_object(
               'kind', 'noticed', 'alert_id', c.alert_id, 'developer_id', c.developer_id, 'since', c.at, 'bot', c.bot
             )
        from crossings c
       where c.noted_at is not null
      union all
      select v.at, 3, lpad(v.id::text, 20, '0'), jsonb_build_object(
               'kind', 'event', 'alert_id', v.alert_id, 'event', v.kind, 'actor', v.actor, 'target', v.target,
               'detail', v.detail, 'developer_id', v.developer_id, 'until', o.until, 'bot', v.bot
             )
        from unnest(v_ids) i (id)
       cross join lateral (
         select e.* from lead_bot.alert_events e where e.alert_id = i.id order by e.id desc limit c_rows
       ) v
        left join lateral (
          select f.until
            from lead_bot.offers f
           where v.kind = 'offered' and f.alert_id = v.alert_id and f.holder = v.target and f.made_at <= v.at
           order by f.made_at desc
           limit 1
        ) o on true
       where p_asked = '{}' or v.developer_id is null or v.developer_id = any (p_asked)
      union all
      select s.at, 4, s.kind, jsonb_build_object('kind', 'step', 'alert_id', s.alert_id, 'step', s.kind, 'bot', s.bot)
        from unnest(v_ids) i (id)
       cross join lateral (
         -- The other kinds are lines of the history.
         select t.* from lead_bot.steps t where t.alert_id = i.id and t.kind = 'news' order by t.period desc limit c_rows
       ) s
      union all
      select m.created_at, 5, m.id::text, m.named || jsonb_build_object(
               'kind', 'queued', 'channel', m.channel, 'replaces', case when m.replaces_ts is not null then true end
             )
        from messages m
      union all
      -- Posted by a version of the bot that noted only that.
      select m.posted_at, 6, m.id::text, m.named || jsonb_build_object(
               'kind', 'sent', 'channel', m.slack_channel, 'ts', m.slack_ts, 'first', true
             )
        from messages m
       where m.posted_at is not null and (m.sends #>> '{0,at}')::timestamptz is distinct from m.posted_at
      union all
      select (s.value ->> 'at')::timestamptz, 6, m.id || lpad(s.ordinality::text, 4, '0'), m.named || jsonb_build_object(
               'kind', 'sent', 'channel', m.slack_channel, 'ts', m.slack_ts, 'bot', s.value -> 'by',
               'version', s.value -> 'version', 'tries', s.value -> 'tries', 'taken_at', s.value -> 'taken_at',
               'found', s.value -> 'found', 'lost_leases', nullif(s.lost, 0),
               'first', case when (s.value ->> 'at')::timestamptz = m.posted_at then true end,
               -- Of 20 the others came between the first and the second.
               'after_gap', case when s.ordinality = 2 and jsonb_array_length(m.sends) >= 20 then true end
             )
        from messages m
       cross join lateral (
         select e.value, e.ordinality,
                coalesce((e.value ->> 'lost')::int, 0)
                  - coalesce((lag(e.value) over (order by e.ordinality) ->> 'lost')::int, 0) as lost
           from jsonb_array_elements(m.sends) with ordinality e
       ) s
      union all
      -- A try that came to something else than that Slack shows it.
      select m.taken_at, 7, m.id::text, m.named || jsonb_build_object(
               'kind', 'tried', 'channel', coalesce(m.slack_channel, m.channel), 'state', m.state,
               'removal', m.removal, 'tries', m.attempts, 'looks', m.looks, 'leased', m.lease_token is not null,
               'error', left(m.last_error, 200), 'bot', m.taken_by
             )
        from messages m
       where m.taken_at is not null
         and (m.lease_token is not null or m.state in ('unclear', 'dead', 'gone') or m.last_error is not null)
      union all
      select w.done_at, 8, lpad(w.sequence::text, 10, '0'), jsonb_build_object(
               'kind', 'webhook', 'alert_id', w.alert_id, 'type', w.type, 'sequence', w.sequence, 'since', w.at,
               'delivered', w.state = 'delivered', 'tries', w.attempts, 'error', left(w.last_error, 200), 'bot', w.bot
             )
        from unnest(v_ids) i (id)
       cross join lateral (
         select o.* from lead_bot.outcomes o where o.alert_id = i.id order by o.sequence desc limit c_rows
       ) w
       where w.done_at is not null
    ),
    newest as (
      select e.at, e.entry, row_number() over (order by e.at desc, e.rank desc, e.tie desc) as place
        from entries e
       where e.at >= p_since
       order by place
       limit c_entries + 1
    )
    select jsonb_build_object(
             'entries', coalesce(jsonb_agg(
               jsonb_strip_nulls(n.entry) || jsonb_build_object('at', n.at) order by n.place desc
             ) filter (where n.place <= c_entries), '[]'),
             'more', count(*) > c_entries,
             'waiting', (
               select coalesce(jsonb_agg(
                        m.named || jsonb_build_object(
                          'channel', coalesce(m.slack_channel, m.channel), 'state', m.state, 'removal', m.removal,
                          'due_at', m.due_at, 'tries', m.attempts, 'taken', m.taken_at is not null
                        ) order by m.created_at, m.id
                      ), '[]')
                 from messages m
                where m.due_at is not null and m.lease_token is null
                  and (m.state <> 'posted' or m.removal is not null or m.wanted_version > m.shown_version)
             ),
             'webhooks', (
               select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
                        'alert_id', w.alert_id, 'type', w.type, 'sequence', w.sequence, 'tries', w.attempts,
                        'due_at', case when w.is_first then w.due_at end, 'error', left(w.last_error, 200), 'bot', w.bot
                      )) order by i.place, w.sequence), '[]')
                 from unnest(v_ids) with ordinality i (id, place)
                cross join lateral (
                  select o.*, q.due_at, row_number() over (order by o.sequence) = 1 as is_first
                    from lead_bot.outcomes o
                   cross join lateral (
                     select u.due_at from lead_bot.outcome_queues u where u.alert_id = o.alert_id offset 0
                   ) q
                   where o.alert_id = i.id and o.state = 'waiting'
                   order by o.sequence
                   limit c_rows
                ) w
             )
           )
      from newest n
  );
end;
$$;
comment on function lead_bot.trace_json is
  'The newest five of these alerts, and the newest 2,000 of what happened in and around them since a time, in order: crossings, when a poll noticed them, the history, steps, and each message when it was queued, posted and updated, and last tried in vain. waiting: the messages that are due; webhooks: those not yet delivered. At most 200 rows of each kind and alert. Developers by id, and no text that anyone has typed.';
revoke all on function lead_bot.trace_json from public;
