create or replace function lead_bot.account_known(p_keys text[], p_emails text[], out account_key text, out asked uuid[])
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
begin
  asked := lead_bot.developers_at(p_emails);
  select t.account_key into account_key from lead_bot.tiers_of(asked) t where t.account_key is not null limit 1;
  if account_key is null then
    select c.account_key into account_key from lead_bot.accounts_of(asked) c limit 1;
  end if;
  if account_key is not null then
    -- Without those who belong to other companies.
    asked := array(
      select t.developer_id from lead_bot.tiers_of(asked) t where t.account_key = account_known.account_key
      union
      select c.developer_id from lead_bot.accounts_of(asked) c where c.account_key = account_known.account_key
    );
    return;
  end if;
  account_key := (
    select k.key
      from (
        select case when u.key like 'lead:%' then left(u.key, 253) else lead_bot.normal_domain(u.key) end as key, u.place
          from unnest(p_keys[1:200]) with ordinality u (key, place)
      ) k
     where (select true from lead_bot.alerts a where a.account_key = k.key limit 1)
        or cardinality(lead_bot.developers_of(k.key, 1)) > 0
     order by k.place
     limit 1
  );
end;
$$;
comment on function lead_bot.account_known is
  'The account of the developer with one of these e-mail addresses, else the first of these keys that has a developer or had an alert, whether lead_dashboard shows them or not; null if there is none. asked: its developers with these addresses.';
revoke all on function lead_bot.account_known from public;
