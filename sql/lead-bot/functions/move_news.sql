create or replace function lead_bot.move_news(p_message_id uuid, p_alert_ids uuid[], p_mentions text)
returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_news record;
begin
  for v_news in
    select s.alert_id, s.period, a.status,
           (select m.payload #> array['news', s.alert_id::text] from lead_bot.messages m where m.id = p_message_id) as items
      from lead_bot.steps s
     cross join lateral (
       select o.status, o.closed_at from lead_bot.alerts o where o.id = s.alert_id offset 0
     ) a
     where s.message_id = p_message_id and s.kind = 'news' and s.alert_id = any (p_alert_ids) and a.closed_at is null
     order by s.alert_id
  loop
    update lead_bot.steps s
       set message_id = lead_bot.want_reply(v_news.alert_id, 'news', jsonb_build_object(
             'owner', p_mentions, 'contacted', v_news.status = 'contacted', 'items', coalesce(v_news.items, '[]')
           ))
     where s.alert_id = v_news.alert_id and s.kind = 'news' and s.period = v_news.period;
  end loop;
end;
$$;
comment on function lead_bot.move_news is
  'Tells the news of a direct list that reaches nobody under the cards of these alerts instead, mentioning this person; null for no one.';
revoke all on function lead_bot.move_news from public;
