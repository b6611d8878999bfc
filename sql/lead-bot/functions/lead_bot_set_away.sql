create or replace function public.lead_bot_set_away(p_user text, p_until timestamptz, p_cover text)
returns void
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('lead_bot.away:' || p_user, 0));
  -- One row for each absence, however often its end is moved.
  update lead_bot.away w
     set until = greatest(w.since, now(), p_until),
         cover = case when p_until > now() then p_cover else w.cover end
   where w.person = p_user and w.until > now();
  if not found and p_until > now() then
    insert into lead_bot.away (person, until, cover) values (p_user, p_until, p_cover);
  end if;
  -- Someone else may be the first at work now. An alert that is locked keeps its time.
  update lead_bot.alerts a
     set offer_due_at = now()
   where a.id = any (array(
     select w.id from lead_bot.alerts w
      where w.offer_due_at > now() and w.closed_at is null
      order by w.id
        for no key update skip locked
   ));
end;
$$;
comment on function public.lead_bot_set_away is
  'Notes that an AE is away until a time, and who covers for them. It replaces what was noted; a time that is not in the future says that they are back.';
revoke all on function public.lead_bot_set_away from public, anon, authenticated;
grant execute on function public.lead_bot_set_away to service_role, lead_bot;
