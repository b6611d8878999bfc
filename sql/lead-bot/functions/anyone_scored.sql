create or replace function lead_bot.anyone_scored()
returns boolean
language plpgsql stable security definer set search_path = ''
as $$
begin
  return exists (select from public.lead_scores);
-- Then lead_dashboard gets its scores from elsewhere, and what it says is all there is.
exception when undefined_table then
  return true;
end;
$$;
comment on function lead_bot.anyone_scored is
  'False while there is no score at all: a pipeline that is loading, or broken.';
revoke all on function lead_bot.anyone_scored from public;
