create or replace function lead_bot.erase_leads(p_developer_ids uuid[], p_account_key text, p_what text)
returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_keys text[];
  v_mentions text[];
  v_over uuid[];
  v_kept uuid[];
  v_near uuid[];
  v_lists uuid[];
  v_gone uuid[];
  v_removed bigint;
  v_redrawn bigint;
  v_people bigint;
  v_crossings bigint;
  v_pictures bigint;
begin
  -- Anything recorded after this sees the lead tables as they will be.
  perform pg_advisory_xact_lock(hashtextextended('lead_bot.record_poll', 0));

  select array_agg(distinct k.account_key),
         array_agg(distinct lower(k.word)) filter (where k.word <> '')
    into v_keys, v_mentions
    from (
      select lead_bot.account_key(d.id, d.company_domain, d.email) as account_key, w.word
        from public.developer_signups d
       cross join unnest(array[d.email, d.full_name]) w (word)
       where d.id = any (p_developer_ids)
      union
      select p_account_key, null where p_account_key is not null
    ) k;
  perform from lead_bot.alerts a
    where a.account_key = any (v_keys)
       -- lead_bot_tidy may not have rekeyed it yet.
       or lead_bot.normal_domain(a.account_key) = p_account_key
       or exists (select from lead_bot.alert_leads m
                   where m.alert_id = a.id and m.developer_id = any (p_developer_ids))
    order by a.id
      for update;

  -- An alert without any lead left is over.
  select coalesce(array_agg(a.id) filter (where a.over), '{}'),
         coalesce(array_agg(a.id) filter (where a.has_one and not a.over), '{}'),
         coalesce(array_agg(a.id) filter (where not a.over), '{}')
    into v_over, v_kept, v_near
    from (
      select o.id, m.has_one, coalesce(p_account_key in (o.account_key, lead_bot.normal_domain(o.account_key)), false) or m.has_one and m.only_these as over
        from lead_bot.alerts o
       cross join lateral (
         select coalesce(bool_or(l.developer_id = any (p_developer_ids)), false) as has_one,
                coalesce(bool_and(l.developer_id = any (p_developer_ids)), false) as only_these
           from lead_bot.alert_leads l
          where l.alert_id = o.id
       ) m
       where o.account_key = any (v_keys) or lead_bot.normal_domain(o.account_key) = p_account_key or m.has_one
    ) a;

  perform lead_bot.log_event(a.id, 'erased', null, p_what, a.status,
                             case when a.id = any (v_over) then 'erased' else a.status end)
     from lead_bot.alerts a
    where a.id = any (v_over || v_kept)
    order by a.id;

  delete from lead_bot.alert_leads m
   where m.alert_id = any (v_kept) and m.developer_id = any (p_developer_ids);
  update lead_bot.alerts a
     set cooling_since = (
           select case when bool_and(m.left_at is not null) then max(m.left_at) end
             from lead_bot.alert_leads m where m.alert_id = a.id
         )
   where a.id = any (v_kept) and a.closed_at is null;
  update lead_bot.alerts a
     set known = null, news = null
   where a.id = any (v_near) and (a.known is not null or a.news is not null);
  update lead_bot.alert_notes n
     set body = null
   where n.body is not null
     and (n.alert_id = any (v_kept) or n.alert_id = any (v_near) and exists (
       select from unnest(v_mentions) w (word) where strpos(lower(n.body), w.word) > 0
     ));

  select coalesce(array_agg(distinct s.message_id), '{}') into v_lists
    from lead_bot.message_alerts s
   where s.alert_id = any (v_over || v_near);
  v_lists := v_lists || lead_bot.homes_with_leads();
  select coalesce(array_agg(m.id), '{}') into v_gone
    from lead_bot.messages m
   where m.kind in ('card', 'notice', 'dm')
     and (m.alert_id = any (v_over)
          -- One that can't be edited still shows its old content until it is deleted.
          or m.kind in ('card', 'dm') and m.dedupe_key like 'frozen:%' and m.alert_id = any (v_over || v_kept || v_near)
          or m.kind = 'notice' and m.payload ->> 'kind' = 'news' and m.alert_id = any (v_near)
             and jsonb_path_exists(m.payload, '$.items[*].who')
          or m.kind = 'notice' and m.dedupe_key like 'joined:%'
             and split_part(m.dedupe_key, ':', 3) = any (p_developer_ids::text[]))
      -- A direct list that isn't redrawn any more.
      or m.kind = 'dm' and m.alert_id is null and m.state in ('gone', 'dead') and m.id = any (v_lists);
  -- All at once, in the order in which everyone locks messages.
  perform from lead_bot.messages m where m.id = any (v_lists || v_gone) order by m.id for no key update;

  -- A list's counts match its rows; an empty list goes.
  update lead_bot.messages m
     set payload = coalesce(case m.kind
           when 'digest' then jsonb_set(m.payload, '{counts}', (m.payload -> 'counts') || n.counts)
           else jsonb_set(m.payload, '{total}', to_jsonb(greatest(0, (m.payload ->> 'total')::int - n.rows)))
         end, m.payload)
    from (
      select g.message_id, sum(g.rows)::int as rows,
             jsonb_object_agg(
               g.section, greatest(0, (c.payload #>> array['counts', g.section])::int - g.rows)
             ) as counts
        from (
          select s.message_id, s.section, count(*)::int as rows
            from lead_bot.message_alerts s
           where s.alert_id = any (v_over)
           group by 1, 2
        ) g
        join lead_bot.messages c on c.id = g.message_id
         and (c.kind in ('rollup', 'digest') or c.kind = 'dm' and c.alert_id is null)
       group by 1
    ) n
   where m.id = n.message_id and m.removal is null;
  update lead_bot.messages m
     set payload = jsonb_set(m.payload, '{news}', (m.payload -> 'news') - (v_over || v_near)::text[])
   where m.id = any (v_lists) and m.payload ? 'news';
  delete from lead_bot.message_alerts s where s.alert_id = any (v_over);
  select v_gone || coalesce(array_agg(m.id), '{}') into v_gone
    from lead_bot.messages m
   where m.id = any (v_lists) and (m.kind = 'rollup' or m.kind = 'dm' and m.alert_id is null)
     and not exists (select from lead_bot.message_alerts s where s.message_id = m.id);
  v_removed := lead_bot.unwant_messages(v_gone, 'erased');
  v_redrawn := lead_bot.redact_messages(v_lists, 'erased');
  update lead_bot.messages m set alert_id = null where m.alert_id = any (v_over);
  delete from lead_bot.alerts a where a.id = any (v_over);

  delete from public.developer_signups d where d.id = any (p_developer_ids);
  get diagnostics v_people = row_count;
  -- After the scores: a concurrent write has left its mark by now.
  delete from lead_bot.lead_marks k where k.developer_id = any (p_developer_ids);
  delete from lead_bot.crossings c where c.developer_id = any (p_developer_ids);
  get diagnostics v_crossings = row_count;
  delete from lead_bot.lead_pictures p where p.developer_id = any (p_developer_ids);
  get diagnostics v_pictures = row_count;

  return jsonb_build_object(
    'people', v_people, 'alerts', cardinality(v_over), 'messages_removed', v_removed,
    'messages_redrawn', v_redrawn, 'snapshots', v_crossings + v_pictures, 'account_keys', coalesce(to_jsonb(v_keys), '[]')
  );
end;
$$;
comment on function lead_bot.erase_leads is
  'Erases developers, and optionally an account, from the lead tables and all bot tables, and has their messages removed or redrawn without them. p_what for the history: person or company. Returns counts and the accounts concerned.';
revoke all on function lead_bot.erase_leads from public;
