create or replace function lead_bot.count_fates(p_from timestamptz, p_to timestamptz, p_channels text[] default null)
returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
  return '{}'::jsonb;
end;
$$;
comment on function lead_bot.count_fates is
  'How many leads turned hot from p_from up to p_to, by what came of it. Each crossing counts once.';
revoke all on function lead_bot.count_fates from public;
