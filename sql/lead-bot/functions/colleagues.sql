create or replace function lead_bot.colleagues(p_account_key text, p_without uuid[], p_limit int)
returns uuid[]
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  if p_account_key like 'lead:%' then
    return array(
      select substring(p_account_key from 6)::uuid
       where p_account_key ~ '^lead:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
         and substring(p_account_key from 6)::uuid <> all (p_without)
    );
  end if;
  return array(
    select c.id
      from (
        select d.id
          from public.developer_signups d
         where left(lower(d.company_domain), 253) = p_account_key and d.id <> all (p_without)
         limit greatest(p_limit * 4, 20)
      ) c
     cross join lateral (select lead_bot.whole_points(lead_bot.newest_score(c.id) -> 'total_score') as score offset 0) n
     order by n.score desc nulls last, c.id
     limit p_limit
  );
end;
$$;
comment on function lead_bot.colleagues is
  'Up to p_limit developers of an account, the best of a few more: a company may have twenty thousand, and not all are looked at.';
revoke all on function lead_bot.colleagues from public;
