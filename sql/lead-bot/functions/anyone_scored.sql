create or replace function lead_bot.anyone_scored()
returns boolean
language plpgsql stable security definer set search_path = ''
as $$
begin
  return exists (select from public.lead_scores);
-- Then lead_dashboard gets its scores elsewhere, and is all we have.
exception when undefined_table then
  return true;
end;
$$;
comment on function lead_bot.anyone_scored is
  'False while there are no scores at all: the pipeline is loading them, or broken.';
revoke all on function lead_bot.anyone_scored from public;
