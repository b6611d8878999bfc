create or replace function lead_bot.alerts_json(p_alert_ids uuid[], p_brief boolean, p_colleagues boolean default true)
returns table (alert_id uuid, picture jsonb)
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
declare
  c_first_kinds constant text[] :=
    '{opened,joined,left,returned,claimed,released,contacted,cooled}';
  v_reads_all boolean := coalesce(current_setting('lead_bot.reads_every_step', true), '') = 'true';
  v_ids uuid[];
  v_keys text[];
begin
  if p_alert_ids = '{}' then
    return;
  end if;
  select array_agg(a.id), array_agg(a.account_key)
    into v_ids, v_keys
    from (select distinct u.id from unnest(p_alert_ids) u (id)) i
   cross join lateral (
     select o.id, o.account_key, o.scrubbed_at from lead_bot.alerts o where o.id = i.id offset 0
   ) a
   where a.scrubbed_at is null;
  return query
    select a.id, jsonb_build_object(
      'alert', to_jsonb(a) - array['known', 'news'] || jsonb_build_object(
        'hot_at_first_poll', not exists (select from lead_bot.poll_state s where s.first_poll_at < a.opened_at),
        'continues_at', case when a.merged_into is not null then lead_bot.card_address(a.merged_into) end,
        'contact_note', (
          select left(n.body, 3000) from lead_bot.alert_notes n
           where n.alert_id = a.id and n.kind = 'contact'
           order by n.id desc
           limit 1
        ),
        'offer', (
          select jsonb_build_object(
                   'holder', o.holder, 'source', o.source, 'instead_of', o.instead_of, 'until', o.until, 'ended', o.ended, 'ended_at', o.ended_at
                 )
            from lead_bot.offers o
           where o.alert_id = a.id
           order by o.made_at desc
           limit 1
        ),
        'undo', (
          select jsonb_build_object('id', u.id, 'kind', u.kind, 'actor', u.actor, 'at', u.at)
            from lead_bot.undos u
           where u.alert_id = a.id and u.at > now() - interval '10 minutes'
        )
      ),
      'account', coalesce(c.account, lead_bot.scrubbed_account_json(a.account_key)),
      'notes', case when p_brief then '[]' else coalesce((
        select jsonb_agg(to_jsonb(n) - 'alert_id' order by n.id) from (
          select * from lead_bot.alert_notes w where w.alert_id = a.id order by w.id desc limit 20
        ) n
      ), '[]') end,
      'past', case when not p_brief then (
        select jsonb_build_object(
          'opened_at', p.opened_at, 'closed_at', p.closed_at, 'status', p.status,
          'owner', p.owner, 'contacted_at', p.contacted_at, 'contact_method', p.contact_method,
          'hold', p.hold, 'hold_by', p.hold_by, 'held_at', p.held_at, 'hold_until', p.hold_until,
          'hold_reason', p.hold_reason,
          'outcome', p.outcome, 'outcome_at', p.outcome_at, 'outcome_until', p.outcome_until,
          'note', (
            select jsonb_build_object('author', n.author, 'body', left(n.body, 300))
              from lead_bot.alert_notes n
             where n.alert_id = p.id and n.body is not null
             order by n.id desc
             limit 1
          )
        )
          from lead_bot.alerts p
         where p.account_key = a.account_key and p.closed_at <= a.opened_at and p.merged_into is null
         order by p.opened_at desc
         limit 1
      ) end
    ) || (
      -- Bots of the first versions refuse an alert with a kind of event that they don't know. Later ones judge by the
      -- history whether a direct message still asks for something.
      select jsonb_build_object(
               'events', coalesce(jsonb_agg(to_jsonb(e) order by e.id) filter (where v_reads_all or e.kind = any (c_first_kinds)), '[]'),
               'newer_events', coalesce(jsonb_agg(to_jsonb(e) order by e.id) filter (where not v_reads_all and e.kind <> all (c_first_kinds)), '[]')
             )
        from (
          select v.id, v.at, v.kind, v.actor, v.target,
                 left(coalesce(v.detail, case when a.scrubbed_at is null then (
                   select lead_bot.person_name(v.developer_id) where v.developer_id is not null
                 ) end), 500) as detail
            from lead_bot.alert_events v
           where not p_brief and v.alert_id = a.id and v.kind <> 'erased'
           order by v.id desc
           limit 50
        ) e
    )
      from (select distinct u.id from unnest(p_alert_ids) u (id)) i
     cross join lateral (select * from lead_bot.alerts o where o.id = i.id offset 0) a
      left join lead_bot.accounts_json(v_keys, v_ids, p_brief, p_colleagues) c on v_ids[c.place] = a.id;
end;
$$;
comment on function lead_bot.alerts_json is
  'Alerts with everything their cards, modals and digest lines show, with or without colleagues outside the alert. newer_events: steps of the history that bots of the first versions don''t know, unless the caller draws and reads them. No row for an alert that doesn''t exist.';
revoke all on function lead_bot.alerts_json from public;
