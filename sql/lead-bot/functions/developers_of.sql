create or replace function lead_bot.developers_of(p_account_key text, p_limit int)
returns uuid[]
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan
as $$
begin
  if p_account_key like 'lead:%' then
    return array(
      select substring(p_account_key from 6)::uuid
       where p_account_key ~ '^lead:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
    );
  end if;
  return array(
    select d.id from public.developer_signups d where left(lower(d.company_domain), 253) = p_account_key limit p_limit
  );
end;
$$;
comment on function lead_bot.developers_of is 'Some developers of an account, p_limit at the most, in no order.';
revoke all on function lead_bot.developers_of from public;
