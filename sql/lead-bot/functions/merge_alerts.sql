create or replace function lead_bot.merge_alerts(p_one uuid, p_other uuid, p_account_key text)
returns void
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_kept lead_bot.alerts;
  v_merged lead_bot.alerts;
  v_kept_card uuid;
  v_merged_card lead_bot.messages;
  v_below lead_bot.messages;
begin
  -- Claimed before unclaimed, one that anyone may work on before one on hold, then the earlier claim, then the older alert.
  select * into v_kept
    from lead_bot.alerts a
   where a.id in (p_one, p_other)
   order by a.status = 'open', a.status = 'open' and a.hold is not null, a.claimed_at nulls last, a.opened_at, a.id
   limit 1;
  select * into v_merged from lead_bot.alerts a where a.id in (p_one, p_other) and a.id <> v_kept.id;

  -- The clock, not now(): a digest made while this transaction waits counts from its own time.
  update lead_bot.alerts a
     set closed_at = clock_timestamp(), account_key = p_account_key, merged_into = v_kept.id,
         status = case a.status when 'contacted' then a.status else 'merged' end
   where a.id = v_merged.id;
  perform lead_bot.end_offer(v_merged.id, 'withdrawn');
  update lead_bot.alerts a
     set account_key = p_account_key, score = greatest(a.score, v_merged.score),
         -- The other one's leads are news.
         hold = case when v_merged.hold is not null then a.hold end,
         waits_since = case when a.hold is not null and v_merged.hold is null then now() else a.waits_since end,
         hold_until = lead_bot.hold_end(a.hold, a.hold_until, a.hold_score, greatest(a.score, v_merged.score))
   where a.id = v_kept.id;
  -- Alerts merged into that one earlier now point to this one.
  update lead_bot.alerts a set merged_into = v_kept.id where a.merged_into = v_merged.id;
  insert into lead_bot.alert_leads as k (alert_id, developer_id, entered_at, left_at, score_at_entry, score, missing_since)
  select v_kept.id, m.developer_id, m.entered_at, m.left_at, m.score_at_entry, m.score, m.missing_since
    from lead_bot.alert_leads m
   where m.alert_id = v_merged.id and m.active
  on conflict (alert_id, developer_id) do update
    set active = true, entered_at = least(k.entered_at, excluded.entered_at), left_at = excluded.left_at, score = excluded.score;
  update lead_bot.alert_leads m set active = false where m.alert_id = v_merged.id and m.active;
  perform lead_bot.log_event(v_merged.id, 'merged', null, null, v_merged.status,
                             case v_merged.status when 'contacted' then v_merged.status else 'merged' end);
  perform lead_bot.log_event(v_kept.id, 'absorbed', null, null, v_kept.status, v_kept.status);

  perform from lead_bot.messages m
    where m.dedupe_key in ('card:' || v_kept.id, 'card:' || v_merged.id)
    order by m.id
      for no key update;
  select m.id into v_kept_card
    from lead_bot.messages m
   where m.dedupe_key = 'card:' || v_kept.id and m.state not in ('gone', 'dead') and m.removal is null;
  select * into v_merged_card
    from lead_bot.messages m
   where m.dedupe_key = 'card:' || v_merged.id and m.state not in ('gone', 'dead') and m.removal is null;
  if v_merged_card.id is not null and v_kept_card is null then
    -- The surviving alert had only a row in a list: the other one's card moves to it.
    update lead_bot.messages m set dedupe_key = 'former:' || m.id where m.dedupe_key = 'card:' || v_kept.id;
    update lead_bot.messages m
       set alert_id = v_kept.id,
           dedupe_key = case m.id when v_merged_card.id then 'card:' || v_kept.id else m.dedupe_key end
     where m.id = v_merged_card.id or m.parent_id = v_merged_card.id and m.alert_id = v_merged.id;
    update lead_bot.message_alerts s
       set alert_id = v_kept.id
     where s.message_id = v_merged_card.id and s.alert_id = v_merged.id;
    v_kept_card := v_merged_card.id;
    v_merged_card.id := null;
  elsif v_merged_card.state = 'pending' and v_merged_card.attempted_at is null then
    -- It would only say that there is another card.
    update lead_bot.messages m
       set state = 'gone', last_error = 'its company has another card'
     where m.id = v_merged_card.id or m.parent_id = v_merged_card.id and m.state = 'pending';
    update lead_bot.crossings c
       set fate = 'merged', alert_id = v_kept.id
     where c.alert_id = v_merged.id and c.fate = 'card';
    v_merged_card.id := null;
  end if;

  -- Tell the AE who loses a claim.
  if v_merged.owner is null or v_merged.owner = v_kept.owner then
    return;
  end if;
  if v_merged_card.id is null and v_kept_card is null then
    select m.id into v_kept_card
      from lead_bot.message_alerts s
      join lead_bot.messages m on m.id = s.message_id
     where s.alert_id in (v_merged.id, v_kept.id) and m.kind <> 'dm' and m.state = 'posted' and m.removal is null
     order by m.created_at desc
     limit 1;
    if not found then
      update lead_bot.messages m set dedupe_key = 'former:' || m.id where m.dedupe_key = 'card:' || v_kept.id;
      perform lead_bot.want_card(v_kept.id, p.alert_channel) from lead_bot.poll_state p where p.alert_channel is not null;
      select m.id into v_kept_card from lead_bot.messages m where m.dedupe_key = 'card:' || v_kept.id;
    end if;
  end if;
  select * into v_below from lead_bot.messages m where m.id = coalesce(v_merged_card.id, v_kept_card);
  insert into lead_bot.messages (kind, alert_id, parent_id, channel, dedupe_key, payload)
  select 'notice', v_merged.id, v_below.id, coalesce(v_below.slack_channel, v_below.channel), 'merged:' || v_merged.id,
         jsonb_build_object('kind', 'merged', 'whom', v_merged.owner, 'owner', v_kept.owner, 'into', v_kept.id,
                            'company', left(lead_bot.account_name(p_account_key), 200))
   where v_below.id is not null
  on conflict (dedupe_key) do nothing;
end;
$$;
comment on function lead_bot.merge_alerts is
  'Merges two open alerts of one company: the one claimed first, else the older one, keeps the leads of both. The other is closed, its card points to the survivor, and the AE who had claimed it is told in its thread.';
revoke all on function lead_bot.merge_alerts from public;
