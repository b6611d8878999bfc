create or replace function lead_bot.lead_alone(p_developer_id uuid, p_brief boolean)
returns table (developer_id uuid, account_key text, tier text, score int, lead jsonb)
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_copies bigint := (select c.copies from lead_bot.copied_leads(array[p_developer_id]) c);
begin
  for v_match in reverse 2 .. 0 loop
    -- Reads all matching rows. Thousands would be too expensive for one lead.
    if v_copies > 10000 and (v_match < 2 or lead_bot.newest_copies(p_developer_id) > 10000) then
      raise program_limit_exceeded using message = 'lead_dashboard shows a lead more than 10,000 times';
    end if;
    return query select * from lead_bot.lead_rows(array[p_developer_id], p_brief, v_match);
    exit when found;
  end loop;
exception when others then
  if not lead_bot.concerns_row(sqlstate) then
    raise;
  end if;
  return query select p_developer_id, null::text, null::text, null::int,
                      jsonb_build_object('developer_id', p_developer_id, 'unreadable', sqlstate);
end;
$$;
comment on function lead_bot.lead_alone is
  'The row of lead_bot.leads_of for a lead that needs care: the newest of several rows, or one that can''t be read.';
revoke all on function lead_bot.lead_alone from public;
