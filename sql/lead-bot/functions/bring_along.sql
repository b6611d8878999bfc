create or replace function lead_bot.bring_along(p_alert_id uuid, p_from uuid, p_developer_ids uuid[])
returns void
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  -- The clock, not now(): the lead that has just opened the alert comes first.
  insert into lead_bot.alert_leads (alert_id, developer_id, entered_at, score_at_entry, score)
  select p_alert_id, m.developer_id, clock_timestamp(), m.score, m.score
    from lead_bot.alert_leads m
   where m.alert_id = p_from and m.developer_id = any (p_developer_ids)
  on conflict do nothing;
  perform lead_bot.log_lead_event(p_alert_id, 'joined', d.id, 'open', 'open') from unnest(p_developer_ids) d (id);
  perform lead_bot.note_standing(array[p_alert_id]);
  -- They turned hot on a company that was not a fit, and now it is news.
  perform lead_bot.note_fates(p_developer_ids, '{}', '{}');
end;
$$;
comment on function lead_bot.bring_along is
  'Puts leads of a closed alert into the new one of their account. They were hot all along: the first card shows them, and no reply says that they have joined.';
revoke all on function lead_bot.bring_along from public;
