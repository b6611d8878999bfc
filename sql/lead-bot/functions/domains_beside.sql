create or replace function lead_bot.domains_beside(p_name text, p_before int, p_after int)
returns text[]
language plpgsql stable security definer
-- In the order of the index, and no further than asked: else the planner may sort a third of the table.
set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_domains text[] := '{}';
  v_domain text;
begin
  -- From one domain to the next, since a company may have twenty thousand developers.
  v_domain := (
    select left(lower(d.company_domain), 253)
      from public.developer_signups d
     where left(lower(d.company_domain), 253) ~>=~ p_name
     order by left(lower(d.company_domain), 253) using ~<~
     limit 1
  );
  for v_place in 1 .. p_after loop
    exit when v_domain is null;
    v_domains := v_domains || v_domain;
    v_domain := (
      select left(lower(d.company_domain), 253)
        from public.developer_signups d
       where left(lower(d.company_domain), 253) ~>~ v_domain
       order by left(lower(d.company_domain), 253) using ~<~
       limit 1
    );
  end loop;
  v_domain := p_name;
  for v_place in 1 .. p_before loop
    v_domain := (
      select left(lower(d.company_domain), 253)
        from public.developer_signups d
       where left(lower(d.company_domain), 253) ~<~ v_domain
       order by left(lower(d.company_domain), 253) using ~>~
       limit 1
    );
    exit when coalesce(v_domain, '') = '';
    v_domains := v_domains || v_domain;
  end loop;
  return v_domains;
end;
$$;
comment on function lead_bot.domains_beside is
  'The domains of developers that come before and after this text in their order, also those of which nothing else is known.';
revoke all on function lead_bot.domains_beside from public;
