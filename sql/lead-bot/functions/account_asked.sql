create or replace function lead_bot.account_asked(p_keys text[], p_email text)
returns text
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_key text;
begin
  -- The developer whose address it is, then the keys in the order given (a.b.example, b.example).
  select t.account_key into v_key
    from lead_bot.tiers_of(array(
      select d.id from public.developer_signups d where left(lower(d.email), 320) = left(p_email, 320) limit 5
    )) t
   where t.account_key is not null
   limit 1;
  if v_key is not null then
    return v_key;
  end if;
  for v_key in
    select k.key
      from (select left(u.key, 253) as key, u.place from unnest(p_keys[1:200]) with ordinality u (key, place)) k
     where k.key like 'lead:%'
        or exists (select from public.developer_signups d where left(lower(d.company_domain), 253) = k.key)
        or exists (select from lead_bot.alerts a where a.account_key = k.key and a.closed_at is null)
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
  'The account that has this e-mail address, or else the first of these keys that has a lead; null when there is none.';
revoke all on function lead_bot.account_asked from public;
