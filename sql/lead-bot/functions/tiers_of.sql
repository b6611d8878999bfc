create or replace function lead_bot.tiers_of(p_developer_ids uuid[])
returns table (developer_id uuid, account_key text, tier text, score int)
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_copied uuid[] := array(select c.developer_id from lead_bot.copied_leads(p_developer_ids) c);
  v_single uuid[] := array(
    select u.id from unnest(p_developer_ids) u (id) where u.id is not null and u.id <> all (v_copied)
  );
begin
  begin
    return query select * from lead_bot.tier_rows(v_single);
  exception when others then
    if not lead_bot.concerns_row(sqlstate) then
      raise;
    end if;
    -- One of them makes the view unreadable. Read each by itself, so that only that one is missed.
    v_copied := v_copied || v_single;
  end;
  return query
    select r.developer_id, r.account_key, r.tier, r.score
      from (select distinct u.id from unnest(v_copied) u (id)) c
     cross join lateral lead_bot.lead_alone(c.id, true) r;
end;
$$;
comment on function lead_bot.tiers_of is
  'Tier and score of leads as in lead_dashboard. A developer who isn''t in it is no lead, and has no row. An unreadable one has no account.';
revoke all on function lead_bot.tiers_of from public;
