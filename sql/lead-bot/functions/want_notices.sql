create or replace function lead_bot.want_notices(p_news jsonb)
returns int
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_news record;
  v_card lead_bot.messages;
  v_who text;
  v_count int := 0;
begin
  for v_news in
    select (n.value ->> 'alert_id')::uuid as alert_id,
           (array_agg(n.value order by n.ordinality))[1] as first, count(*)::int as people
      from jsonb_array_elements(p_news) with ordinality n
     group by 1
     order by 1
  loop
    select * into v_card from lead_bot.messages m where m.dedupe_key = 'card:' || v_news.alert_id;
    continue when not found or v_card.state in ('gone', 'dead');
    -- A reply that hasn't been sent yet takes them in.
    update lead_bot.messages m
       set payload = jsonb_set(
             m.payload, '{others}', to_jsonb(coalesce((m.payload ->> 'others')::int, 0) + v_news.people)
           ),
           wanted_version = m.wanted_version + 1
     where m.parent_id = v_card.id and m.kind = 'notice' and m.state = 'pending' and m.attempted_at is null
       and m.payload ->> 'kind' = 'joined' and m.removal is null;
    continue when found;
    v_who := coalesce(lead_bot.name_of((v_news.first ->> 'developer_id')::uuid), 'A developer');
    insert into lead_bot.messages (kind, alert_id, parent_id, channel, dedupe_key, payload)
    values (
      'notice', v_news.alert_id, v_card.id, coalesce(v_card.slack_channel, v_card.channel),
      'joined:' || v_news.alert_id || ':' || (v_news.first ->> 'developer_id'),
      jsonb_build_object(
        'kind', 'joined', 'who', v_who, 'score', v_news.first -> 'score', 'others', v_news.people - 1
      )
    )
    on conflict (dedupe_key) do nothing;
    v_count := v_count + found::int;
  end loop;
  return v_count;
end;
$$;
comment on function lead_bot.want_notices is
  'Queues one reply below each card whose alert has new leads, naming the best one and the number of others; returns the number of replies.';
revoke all on function lead_bot.want_notices from public;
