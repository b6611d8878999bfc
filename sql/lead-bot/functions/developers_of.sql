create or replace function lead_bot.developers_of(p_account_key text, p_limit int)
returns uuid[]
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan
as $$
declare
  v_hosts text[] := lead_bot.hosts_of(p_account_key);
  v_ids uuid[];
begin
  if p_account_key like 'lead:%' then
    return array(
      select substring(p_account_key from 6)::uuid
       where p_account_key ~ '^lead:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
    );
  end if;
  if lead_bot.is_mail_provider(p_account_key) then
    return '{}';
  end if;
  -- lead_bot.indexed_host('d.company_domain'), the expression of the index, inlined so that the plan can be cached.
  v_ids := array(
    select d.id
      from unnest(v_hosts) h (host)
     cross join lateral (
       select d.id, d.company_domain
         from public.developer_signups d
        where left(case when d.company_domain ~ '^[a-z0-9-]+(?:\.[a-z0-9-]+)+$' and left(d.company_domain, 4) <> 'www.' then d.company_domain else rtrim(substring(translate(lower(regexp_replace(normalize(left(d.company_domain, 400), nfkc), '[\s\u0001-\u0020\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]+', '', 'g')), 'ς。‐‑‒–—―−\', 'σ.-------/') from '^[^[:alnum:]/]*(?:(?:https?|ftp|mailto|url):/*|(?:[a-z][a-z0-9+.-]*:)?//+)?(?:[^/?#|,;<>"]*@)?(?:(?:www\.)+(?=[^/?#:]*\.))?([^/?#|,;<>":''()*{}\u005b\u005d\u0060\u00ab\u00b4\u00bb\u2018-\u201e]+)'), '.') end, 253) = h.host
        limit p_limit + 100
     ) d
     where lead_bot.normal_domain(d.company_domain) = p_account_key
     limit p_limit
  );
  if cardinality(v_ids) < p_limit then
    -- Developers whose company is only in their address. If fifty of them are no leads, the domain may be an unlisted
    -- mail provider.
    v_ids := v_ids || array(
      select d.id
        from unnest(v_hosts) h (host)
       cross join lateral (
         select d.id, d.company_domain, d.email
           from public.developer_signups d
          where left(lower(split_part(d.email, '@', 2)), 253) = h.host
          limit p_limit * 4 + 100
       ) d
       where lead_bot.normal_domain(d.company_domain) is distinct from p_account_key
         and lead_bot.account_key(d.id, d.company_domain, d.email) = p_account_key
       limit least(p_limit - cardinality(v_ids), 50)
    );
  end if;
  return v_ids;
-- The owner may have renamed a column or be replacing the table.
exception when undefined_table or undefined_column or undefined_function or datatype_mismatch then
  return coalesce(v_ids, '{}');
end;
$$;
comment on function lead_bot.developers_of is
  'Up to p_limit developers who may belong to an account, in no order: by their domain in any form, or by their address.';
revoke all on function lead_bot.developers_of from public;
