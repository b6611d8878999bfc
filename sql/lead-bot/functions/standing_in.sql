create or replace function lead_bot.standing_in(p_alert_ids uuid[], p_channels text[])
returns uuid[]
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  if p_channels is null then
    return p_alert_ids;
  end if;
  return array(
    select i.id
      from unnest(p_alert_ids) with ordinality i (id, place)
     where exists (
       select from lead_bot.message_alerts s
        cross join lateral (
          select from lead_bot.messages m
           where m.id = s.message_id and m.kind in ('card', 'rollup') and m.removal is null
             and m.channel = any (p_channels)
          offset 0
        ) m
        where s.alert_id = i.id
       offset 0
     )
     order by i.place
  );
end;
$$;
comment on function lead_bot.standing_in is
  'Those of these alerts whose card, or a roll-up that lists them, belongs to one of these channels, in their order; all of them if p_channels is null.';
revoke all on function lead_bot.standing_in from public;
