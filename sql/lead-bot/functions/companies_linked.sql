create or replace function lead_bot.companies_linked(p_profiles text[])
returns table (domain text, name text)
language plpgsql stable security definer set search_path = '' set enable_seqscan = off set enable_bitmapscan = off
as $$
declare
  v_table text;
begin
  foreach v_table in array array['company_enrichment', 'stakeholders'] loop
    begin
      return query execute format(
        'select distinct lead_bot.normal_domain(l.domain), null::text
           from unnest($1) p (profile)
          cross join lateral (
            select t.%2$I as domain
              from public.%1$I t
             where left(substring(lower(left(t.linkedin_url, 400)) from ''linkedin\.[a-z.]+/((?:company|school|showcase|in|pub)/[^/?#[:space:]]+)''), 200)
                   = p.profile
             limit 101
          ) l
          where lead_bot.normal_domain(l.domain) is not null',
        v_table, case v_table when 'stakeholders' then 'company_domain' else 'domain' end
      ) using array(select left(lower(u.profile), 200) from unnest(p_profiles[1:5]) u (profile));
    exception when undefined_table or undefined_column or undefined_function or datatype_mismatch then
      null;
    end;
  end loop;
end;
$$;
comment on function lead_bot.companies_linked is
  'The companies with one of these LinkedIn pages (company/acme), or with a stakeholder who has one (in/ada).';
revoke all on function lead_bot.companies_linked from public;
