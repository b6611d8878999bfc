create or replace function lead_bot.entering(p_developer_ids uuid[])
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_new uuid[] := array(
    select d.id from unnest(p_developer_ids) d (id)
     where d.id is not null
       and not exists (select from lead_bot.alert_leads m where m.active and m.developer_id = d.id)
  );
  v_id uuid;
  v_rows jsonb := '[]';
begin
  begin
    return lead_bot.entering_rows(v_new);
  exception
    when query_canceled or serialization_failure or deadlock_detected or undefined_table or undefined_column
      or insufficient_privilege then
      raise;
    when others then
      -- The view can't be read for one of them. Each is read by itself, so that only that one is set aside.
      foreach v_id in array v_new loop
        begin
          v_rows := v_rows || lead_bot.entering_rows(array[v_id]);
        exception when others then
          v_rows := v_rows || jsonb_build_array(jsonb_build_object('developer_id', v_id, 'unreadable', sqlstate));
        end;
      end loop;
      return v_rows;
  end;
end;
$$;
comment on function lead_bot.entering is
  'Of these developers those that are hot and in no open alert, best first, with the state of their account''s alert. One that can''t be read is named with its SQLSTATE.';
revoke all on function lead_bot.entering from public;
