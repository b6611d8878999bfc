create or replace function lead_bot.companies_of_person(p_name text)
returns table (domain text, name text)
language plpgsql stable security definer set search_path = '' set enable_seqscan = off set enable_bitmapscan = off
as $$
declare
  v_developers uuid[];
begin
  -- A surname may look like a legal form: Anna Sa.
  begin
    execute format(
      'select array_agg(d.id)
         from unnest($2) s (spelling)
        cross join lateral (
           select d.id, d.full_name
             from public.developer_signups d
            where %1$s ~>=~ s.spelling and %1$s ~<=~ s.spelling
            limit 300
         ) d
        where lead_bot.normal_name(d.full_name) = $1', lead_bot.indexed_name('d.full_name')
    ) into v_developers using p_name, lead_bot.spellings_of(p_name);
    return query
      select t.account_key, null::text from lead_bot.tiers_of(v_developers[1:101]) t
       where t.account_key is not null
       group by t.account_key
       limit 101;
  exception when undefined_table or undefined_column then
    null;
  end;
  return query execute format(
    'select lead_bot.normal_domain(s.company_domain), null::text
       from unnest($2) n (spelling)
      cross join lateral (
         select s.company_domain, s.full_name
           from public.stakeholders s
          where %1$s ~>=~ n.spelling and %1$s ~<=~ n.spelling
          limit 300
       ) s
      where lead_bot.normal_name(s.full_name) = $1 and lead_bot.normal_domain(s.company_domain) is not null
      group by 1
      limit 101', lead_bot.indexed_name('s.full_name')
  ) using p_name, lead_bot.spellings_of(p_name);
exception when undefined_table or undefined_column then
  return;
end;
$$;
comment on function lead_bot.companies_of_person is
  'The companies, up to about a hundred, of developers and stakeholders who have this name, as lead_bot.normal_name writes it.';
revoke all on function lead_bot.companies_of_person from public;
