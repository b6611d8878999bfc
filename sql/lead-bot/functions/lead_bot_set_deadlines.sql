create or replace function public.lead_bot_set_deadlines(p_on jsonb)
returns void
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_begun timestamptz := clock_timestamp();
  v_ids uuid[];
begin
  insert into lead_bot.poll_state default values on conflict do nothing;
  update lead_bot.poll_state p
     set deadlines = (
           select coalesce(jsonb_object_agg(d.name, coalesce(p.deadlines -> d.name, to_jsonb(now()))), '{}')
             from unnest('{claim,contact,follow_up}'::text[]) d (name)
            where (p_on ->> d.name)::boolean
         )
   where p.only_row;
  v_ids := array(
    select a.id from lead_bot.alerts a
     where a.closed_at is null and a.hold is null and (a.step_due_at is null or a.step_due_at > now())
  );
  -- Other steps lock several alerts in another order, so never wait for one while holding others.
  loop
    update lead_bot.alerts a
       set step_due_at = now()
     where a.id = any (array(
       select l.id from lead_bot.alerts l where l.id = any (v_ids) for no key update skip locked
     ));
    v_ids := array(
      select a.id from lead_bot.alerts a
       where a.id = any (v_ids) and a.closed_at is null and a.hold is null
         and (a.step_due_at is null or a.step_due_at > now())
    );
    exit when v_ids = '{}';
    if clock_timestamp() > v_begun + interval '4 seconds' then
      raise exception 'open alerts are locked' using errcode = 'lock_not_available';
    end if;
    perform pg_sleep(0.02);
  end loop;
end;
$$;
comment on function public.lead_bot_set_deadlines is
  'Notes since when each deadline has been on, of claim, contact and follow_up, and has all open alerts looked at. One that is off is forgotten, and counts anew when it is on again. Throws 55P03 if it can''t get the alerts within 4 s.';
revoke all on function public.lead_bot_set_deadlines from public, anon, authenticated;
grant execute on function public.lead_bot_set_deadlines to service_role, lead_bot;
