create or replace function public.lead_bot_takes_new_blocks(p_refused boolean default false)
returns boolean
language plpgsql volatile security definer set search_path = ''
as $$
begin
  if p_refused then
    insert into lead_bot.poll_state as p (new_blocks_refused_at)
    values (now())
    on conflict (only_row) do update set new_blocks_refused_at = excluded.new_blocks_refused_at;
    return false;
  end if;
  return not exists (
    select from lead_bot.poll_state p where p.new_blocks_refused_at > now() - interval '1 day'
  );
end;
$$;
comment on function public.lead_bot_takes_new_blocks is
  'Whether to send blocks that not every workspace takes yet: Slack has not refused them within a day. With p_refused, notes that it has just done so.';
revoke all on function public.lead_bot_takes_new_blocks from public, anon, authenticated;
grant execute on function public.lead_bot_takes_new_blocks to service_role, lead_bot;
