create or replace function lead_bot.tiers_of(p_developer_ids uuid[])
returns table (developer_id uuid, account_key text, tier text, score int)
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_id uuid;
begin
  return query select * from lead_bot.tier_rows(p_developer_ids);
exception when others then
  if not lead_bot.concerns_row(sqlstate) then
    raise;
  end if;
  for v_id in select distinct u.id from unnest(p_developer_ids) u (id) where u.id is not null loop
    begin
      return query select * from lead_bot.tier_rows(array[v_id]);
    exception when others then
      if not lead_bot.concerns_row(sqlstate) then
        raise;
      end if;
      return query select v_id, null::text, null::text, null::int;
    end;
  end loop;
end;
$$;
comment on function lead_bot.tiers_of is
  'Tier and score of leads, as lead_dashboard shows them. One that it does not show has no row: it is no lead. One that can''t be read has no account.';
revoke all on function lead_bot.tiers_of from public;
