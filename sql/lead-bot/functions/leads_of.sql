create or replace function lead_bot.leads_of(p_developer_ids uuid[], p_brief boolean)
returns table (developer_id uuid, account_key text, tier text, score int, lead jsonb)
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_id uuid;
begin
  return query select * from lead_bot.lead_rows(p_developer_ids, p_brief);
exception when others then
  if not lead_bot.concerns_row(sqlstate) then
    raise;
  end if;
  -- The view can't be read for one of them. Each is read by itself, so that only that one is missed.
  for v_id in select distinct u.id from unnest(p_developer_ids) u (id) where u.id is not null loop
    begin
      return query select * from lead_bot.lead_rows(array[v_id], p_brief);
    exception when others then
      if not lead_bot.concerns_row(sqlstate) then
        raise;
      end if;
      return query select v_id, null::text, null::text, null::int, jsonb_build_object('developer_id', v_id, 'unreadable', sqlstate);
    end;
  end loop;
end;
$$;
comment on function lead_bot.leads_of is
  'Leads as lead_dashboard shows them, with the components of the newest score and every value bounded; brief: shorter, for lists. One that the view does not show has no row: it is no lead. One that can''t be read has no account, and its SQLSTATE as unreadable.';
revoke all on function lead_bot.leads_of from public;
