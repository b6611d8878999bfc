create or replace function lead_bot.domains_shown(p_alert_id uuid, p_account_key text)
returns text[]
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_hosts text[] := case when p_account_key like 'lead:%' then '{}' else lead_bot.hosts_of(p_account_key) end;
begin
  return array(
    select d.domain
      from (
        select x.developer_id from lead_bot.alert_leads x
         where x.alert_id = p_alert_id
         order by x.left_at is null desc, x.score desc nulls last, x.developer_id
         limit 25
      ) m
     cross join lateral (
       select left(s.company_domain::text, 400) as domain
         from public.developer_signups s
        where s.id = m.developer_id
       offset 0
     ) d
     where d.domain is not null
    union
    select h.host from unnest(v_hosts) h (host)
  );
-- The owner may have renamed a column or be replacing the table.
exception when undefined_table or undefined_column or undefined_function or datatype_mismatch then
  return v_hosts;
end;
$$;
comment on function lead_bot.domains_shown is
  'The domains by which the card of an alert looks up signals and people: as up to 25 of its leads spell it, and the canonical one.';
revoke all on function lead_bot.domains_shown from public;
