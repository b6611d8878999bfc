create or replace function lead_bot.score_before(p_developer_id uuid)
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off
as $$
begin
  return (
    select to_jsonb(s)
      from public.lead_scores s
     where s.developer_id = p_developer_id
     order by s.scored_at desc nulls last, s.id desc
    offset 1 limit 1
  );
exception when undefined_table or undefined_column then
  return null;
end;
$$;
comment on function lead_bot.score_before is
  'The score row before the newest one, where the pipeline appends rows instead of updating them; else null.';
revoke all on function lead_bot.score_before from public;
