create or replace function lead_bot.newest_action(p_developer_id uuid, p_chars int)
returns text
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    select left(s.suggested_action::text, p_chars)
      from public.lead_scores s
     where s.developer_id = p_developer_id
     order by s.scored_at desc nulls last, s.id desc
     limit 1
  );
-- The owner may have dropped, renamed or rebuilt the table. Rely on lead_dashboard alone.
exception when undefined_table or undefined_column or undefined_function or datatype_mismatch then
  return null;
end;
$$;
comment on function lead_bot.newest_action is
  'The beginning of the suggested action of a lead''s newest score; null if there is none, or no such table.';
revoke all on function lead_bot.newest_action from public;
