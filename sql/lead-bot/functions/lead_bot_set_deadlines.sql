create or replace function public.lead_bot_set_deadlines(p_on jsonb)
returns void
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_begun timestamptz := clock_timestamp();
  v_open uuid[];
  v_warns_anew boolean;
begin
  insert into lead_bot.poll_state default values on conflict do nothing;
  v_warns_anew := (p_on ->> 'contact')::boolean and not (select p.deadlines ? 'contact' from lead_bot.poll_state p);
  update lead_bot.poll_state p
     set deadlines = (
           select coalesce(jsonb_object_agg(d.name, coalesce(p.deadlines -> d.name, to_jsonb(now()))), '{}')
             from unnest('{claim,contact,follow_up}'::text[]) d (name)
            where (p_on ->> d.name)::boolean
         )
   where p.only_row;
  -- All or none, without waiting for one while holding others: polls lock alerts in another order.
  loop
    begin
      -- Also those that are due: a job that still knows the old deadlines mustn't put them off.
      v_open := array(
        select a.id from lead_bot.alerts a
         where a.closed_at is null and a.hold is null
           for no key update nowait
      );
      update lead_bot.alerts a set step_due_at = clock_timestamp() where a.id = any (v_open);
      -- A warning from when it was on before named another time.
      if v_warns_anew then
        delete from lead_bot.steps s where s.alert_id = any (v_open) and s.kind = 'warning';
      end if;
      exit;
    exception when lock_not_available then
      if clock_timestamp() > v_begun + interval '4 seconds' then
        raise;
      end if;
      perform pg_sleep(0.02);
    end;
  end loop;
end;
$$;
comment on function public.lead_bot_set_deadlines is
  'Notes since when each deadline has been on, of claim, contact and follow_up, and has all open alerts looked at. One that is off is forgotten, and counts anew when it is on again. Throws 55P03 if it can''t lock the alerts within 4 s.';
revoke all on function public.lead_bot_set_deadlines from public, anon, authenticated;
grant execute on function public.lead_bot_set_deadlines to service_role, lead_bot;
