create or replace function public.lead_bot_set_away(p_user text, p_until timestamptz, p_cover text)
returns void
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_held uuid[];
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
  -- Their first call goes on to someone who is there. Alerts that are locked are left alone: other steps lock them in
  -- another order.
  if p_until > now() then
    v_held := array(
      select a.id from lead_bot.alerts a
       where a.id = any (array(
         select o.alert_id from lead_bot.offers o where o.holder = p_user and o.ended_at is null
       ))
       order by a.id
         for no key update skip locked
    );
    perform lead_bot.end_offer(h.id, 'withdrawn') from unnest(v_held) h (id);
    update lead_bot.alerts a set offer_due_at = now() where a.id = any (v_held);
  end if;
  -- Someone else may be the first at work now.
  update lead_bot.alerts a
     set offer_due_at = now()
   where a.id = any (array(
     select w.id from lead_bot.alerts w
      where w.offer_due_at > now() and w.closed_at is null
      -- In the order of their index, or a plan from when the tables were empty may walk another one.
      order by w.offer_due_at
        for no key update skip locked
   ));
  -- Their time to work on what they have is another now.
  update lead_bot.alerts a
     set step_due_at = now()
   where a.id = any (array(
     select w.id from lead_bot.alerts w
      where w.owner = p_user and w.closed_at is null and w.hold is null
        for no key update skip locked
   ));
  perform lead_bot.touch_alerts(v_held, false) where v_held <> '{}';
  perform lead_bot.touch_home(p_user);
  -- Whoever has just handed them a lead reads whether they are away.
  perform lead_bot.touch_home(h.handed_by)
     from (
       select distinct a.handed_by from lead_bot.alerts a
        where a.owner = p_user and a.closed_at is null and a.handed_at > now() - interval '10 minutes'
     ) h;
end;
$$;
comment on function public.lead_bot_set_away is
  'Notes that an AE is away until a time, and who covers for them; what they have first call on is offered again. It replaces what was noted; a time that is not in the future says that they are back.';
revoke all on function public.lead_bot_set_away from public, anon, authenticated;
grant execute on function public.lead_bot_set_away to service_role, lead_bot;
