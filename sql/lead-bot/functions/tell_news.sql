create or replace function lead_bot.tell_news(p_alert lead_bot.alerts)
returns jsonb
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_known jsonb := (select k.known from lead_bot.known_of(array[p_alert.id]) k);
  v_items jsonb := lead_bot.named_news(p_alert, v_known);
  v_is_cold boolean;
begin
  v_is_cold := p_alert.status = 'claimed' and v_items @> '[{"kind": "cooled"}]';
  update lead_bot.alerts a
     set news = null,
         known = case when v_items is null then a.known else v_known end,
         news_told_at = case when v_items is null then a.news_told_at else now() end,
         told_cold_at = case when v_is_cold then now() else a.told_cold_at end
   where a.id = p_alert.id;
  -- Said once: see lead_bot.tell_cold.
  if v_is_cold then
    perform lead_bot.log_event(p_alert.id, 'cooled', null, null, p_alert.status, p_alert.status);
  end if;
  return v_items;
end;
$$;
comment on function lead_bot.tell_news is
  'What has changed about a locked alert since they last knew it, with names, as NewsItem in src/core/steps.ts; from now on they know it. Null if nothing is left.';
revoke all on function lead_bot.tell_news from public;
