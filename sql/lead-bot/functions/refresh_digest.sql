create or replace function lead_bot.refresh_digest(p_message_id uuid)
returns void
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  update lead_bot.messages m
     set payload = m.payload || lead_bot.digest_json(
           coalesce((m.payload ->> 'since')::timestamptz, (m.payload ->> 'made_at')::timestamptz - interval '1 day'),
           (select p.queue from lead_bot.messages p where p.id = (m.payload ->> 'previous')::uuid)
         )
   where m.id = p_message_id
     -- An older digest stays as it was when the next one was made.
     and not exists (
       select from lead_bot.messages n
        where n.kind = 'digest' and n.channel = m.channel and n.created_at > m.created_at
     );
  if not found then
    return;
  end if;
  update lead_bot.message_alerts s
     set section = lead_bot.digest_section(a)
    from lead_bot.alerts a
   where s.message_id = p_message_id and a.id = s.alert_id and s.section <> lead_bot.digest_section(a);
end;
$$;
comment on function lead_bot.refresh_digest is
  'Brings the newest digest of a channel up to now: its counts, and the section of each row. Its rows and its period stay.';
revoke all on function lead_bot.refresh_digest from public;
