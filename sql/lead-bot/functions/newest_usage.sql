create or replace function lead_bot.newest_usage(p_developer_id uuid)
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off
as $$
begin
  return (
    select to_jsonb(s)
      from public.internal_signals s
     where s.developer_id = p_developer_id
     order by s.captured_at desc nulls last, s.id desc
     limit 1
  );
-- The owner may have dropped, renamed or rebuilt the table: then lead_dashboard alone says what is known.
exception when undefined_table or undefined_column then
  return null;
end;
$$;
comment on function lead_bot.newest_usage is 'The newest usage row of a lead; null when there is none, or no such table.';
revoke all on function lead_bot.newest_usage from public;
