create or replace function lead_bot.companies_containing(p_part text)
returns table (domain text, name text)
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
begin
  return query
    select o.domain, o.name
      from (
        select f.domain, f.name
          from (
            -- "io" doesn't count as part of a name that ends in .io.
            select c.domain, min(c.name) as name, min(c.plain) as plain, regexp_replace(c.domain, '\.[^.]*$', '') as label
              from (
                select b.domain, b.name, b.plain from lead_bot.companies_beside(p_part, 0, 101) b
                union all
                select i.domain, i.name, i.plain from lead_bot.companies_by_part(p_part) i
              ) c
             where c.domain is not null
             group by c.domain
          ) f
         cross join lateral (
           select case when strpos(f.plain, p_part) > 0 then length(f.name) end as by_name,
                  -- An ASCII domain is its own name, apart from dots and dashes.
                  case when strpos(case when f.label ~ '[^\u0001-\u007f]' then lead_bot.normal_name(f.label)
                                        else translate(f.label, '.-_', '   ') end, p_part) > 0 then length(f.label) end as by_label
           offset 0
         ) h
         where coalesce(h.by_name, h.by_label) is not null
         order by least(h.by_name, h.by_label), f.domain
        -- In this order, and only until there are a hundred. The planner would push a condition into it.
        offset 0
      ) o
     where cardinality(lead_bot.developers_of(o.domain, 1)) > 0
     limit 101;
end;
$$;
comment on function lead_bot.companies_containing is
  'Up to 101 companies with developers and this text in their name or domain, shortest names first. Looks at a part of them if there are very many.';
revoke all on function lead_bot.companies_containing from public;
