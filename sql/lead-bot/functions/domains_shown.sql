create or replace function lead_bot.domains_shown(p_alert_ids uuid[], p_account_keys text[])
returns table (alert_id uuid, domain text)
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
begin
  return query
    select a.id, h.host
      from unnest(p_alert_ids, p_account_keys) a (id, key)
     cross join lateral unnest(lead_bot.hosts_of(a.key)) h (host)
     where a.key not like 'lead:%';
  return query
    select distinct a.id, d.domain
      from unnest(p_alert_ids, p_account_keys) a (id, key)
     cross join lateral (
       select x.developer_id from lead_bot.alert_leads x
        where x.alert_id = a.id
        order by x.left_at is null desc, x.score desc nulls last, x.developer_id
        limit 25
     ) m
     cross join lateral (
       select left(s.company_domain::text, 400) as domain
         from public.developer_signups s
        where s.id = m.developer_id
       offset 0
     ) d
     where d.domain <> a.key;
-- The owner may have renamed a column or be replacing the table.
exception when undefined_table or undefined_column or undefined_function or datatype_mismatch then
  return;
end;
$$;
comment on function lead_bot.domains_shown is
  'The domains by which the cards of alerts look up signals and people: the canonical one, and as up to 25 of their leads spell it.';
revoke all on function lead_bot.domains_shown from public;
