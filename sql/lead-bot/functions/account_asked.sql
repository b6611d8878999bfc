create or replace function lead_bot.account_asked(p_keys text[], p_emails text[])
returns text
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_key text;
  v_ids uuid[];
begin
  -- The developer with that address, then the keys in the given order (a.b.example, b.example).
  v_ids := lead_bot.developers_at(p_emails);
  select t.account_key into v_key from lead_bot.tiers_of(v_ids) t where t.account_key is not null limit 1;
  if v_key is not null then
    return v_key;
  end if;
  for v_key in
    select k.key
      from (
        select case when u.key like 'lead:%' then left(u.key, 253) else lead_bot.normal_domain(u.key) end as key, u.place
          from unnest(p_keys[1:200]) with ordinality u (key, place)
      ) k
     where k.key like 'lead:%'
        or cardinality(lead_bot.developers_of(k.key, 1)) > 0
        -- `exists` would be planned as a scan of all open alerts.
        or (select true from lead_bot.alerts a where a.account_key = k.key and a.closed_at is null limit 1)
     order by k.place
     limit 20
  loop
    if exists (select from lead_bot.best_lead(v_key, 500)) then
      return v_key;
    end if;
  end loop;
  return null;
end;
$$;
comment on function lead_bot.account_asked is
  'The account of the developer with one of these e-mail addresses, else the first of these keys that has a lead; null if there is none.';
revoke all on function lead_bot.account_asked from public;
