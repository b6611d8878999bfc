create or replace function lead_bot.domains_beside(p_name text, p_before int, p_after int)
returns text[]
language plpgsql stable security definer
-- In index order, and no further than asked. Otherwise the planner may sort a third of the table.
set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
as $$
declare
  v_domains text[] := '{}';
  v_some text[];
  v_host text;
begin
  foreach v_host in array array[
    lead_bot.indexed_host('d.company_domain'), 'left(lower(split_part(d.email, ''@'', 2)), 253)'
  ] loop
    -- Skips from host to host: a company may have 20,000 developers.
    execute format(
      'with recursive after (host, place) as (
         select (select %1$s from public.developer_signups d where %1$s ~>=~ $1 order by %1$s using ~<~ limit 1), 1
         union all
         select (select %1$s from public.developer_signups d where %1$s ~>~ a.host order by %1$s using ~<~ limit 1), a.place + 1
           from after a
          where a.host is not null and a.place < $3
       ),
       before (host, place) as (
         select (select %1$s from public.developer_signups d where %1$s ~<~ $1 order by %1$s using ~>~ limit 1), 1
          where $2 > 0
         union all
         select (select %1$s from public.developer_signups d where %1$s ~<~ b.host order by %1$s using ~>~ limit 1), b.place + 1
           from before b
          where b.host <> '''' and b.place < $2
       )
       select array_agg(lead_bot.normal_domain(f.host))
         from (select host from after union all select host from before) f', v_host
    ) into v_some using p_name, p_before, p_after;
    v_domains := v_domains || v_some;
  end loop;
  return array_remove(v_domains, null);
exception when undefined_table or undefined_column or undefined_function or datatype_mismatch then
  return array_remove(v_domains, null);
end;
$$;
comment on function lead_bot.domains_beside is
  'The domains of developers and of their addresses that come before and after this text in index order.';
revoke all on function lead_bot.domains_beside from public;
