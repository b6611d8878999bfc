create or replace function public.lead_bot_take_steps(p_steps jsonb, p_readers jsonb, p_together boolean)
returns int
language plpgsql volatile security definer set search_path = ''
as $$
begin
  return 0;
end;
$$;
comment on function public.lead_bot_take_steps is 'Takes steps, and tells their readers.';
revoke all on function public.lead_bot_take_steps from public, anon, authenticated;
grant execute on function public.lead_bot_take_steps to service_role, lead_bot;
