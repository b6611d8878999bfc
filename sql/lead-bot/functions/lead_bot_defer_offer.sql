create or replace function public.lead_bot_defer_offer(p_alert_id uuid, p_due_at timestamptz)
returns void
language plpgsql volatile security definer set search_path = ''
as $$
begin
  update lead_bot.alerts a
     set offer_due_at = p_due_at
   where a.id = p_alert_id and a.offer_due_at is not null and a.offer_due_at is distinct from p_due_at;
  -- Its card says when someone gets first call.
  if found then
    perform lead_bot.touch_alerts(array[p_alert_id], false);
  end if;
end;
$$;
comment on function public.lead_bot_defer_offer is
  'Has the choice made again at a time, when somebody is at work; null: there is nobody to choose, and anyone may claim it.';
revoke all on function public.lead_bot_defer_offer from public, anon, authenticated;
grant execute on function public.lead_bot_defer_offer to service_role, lead_bot;
