create or replace function lead_bot.strong_signals(p_domains text[])
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    select coalesce(jsonb_agg(
             jsonb_build_object('id', left(md5(s.title), 16), 'title', s.title)
             order by s.signal_date desc nulls last, s.title
           ), '[]')
      from (
        select r.title, max(r.signal_date) as signal_date
          from unnest(p_domains) d (domain)
         -- A column that the owner has dropped or renamed resolves to `missing`, and so to null.
         cross join (
           select null::text as signal_type, null::text as signal_title, null::date as signal_date,
                  null::text as signal_strength
         ) missing
         cross join lateral (
           select coalesce(nullif(btrim(left(signal_title::text, 400)), ''), left(signal_type::text, 100)) as title,
                  substring(signal_date::text from '^\d{4}-\d\d-\d\d') as signal_date
             from public.expansion_signals s
            where s.company_domain = d.domain and left(signal_strength::text, 20) = 'high'
            limit 1000
         ) r
         where r.title <> ''
         group by 1
         limit 1000
      ) s
  );
exception when others then
  if sqlstate in ('42P01', '42703', '42883', '42804') or lead_bot.concerns_row(sqlstate) then
    return null;
  end if;
  raise;
end;
$$;
comment on function lead_bot.strong_signals is
  'Titles of up to 1,000 strong signals of a company, newest first, each with a hash as its id. Null if they can''t be read.';
revoke all on function lead_bot.strong_signals from public;
