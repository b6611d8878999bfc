create or replace function lead_bot.signals_json(p_domains text[])
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
             'signal_type', coalesce(e.signal_type, ''), 'signal_title', coalesce(e.signal_title, ''),
             'signal_detail', left(e.signal_detail, 1000),
             -- Of a timestamp too; an infinite date is no date.
             'signal_date', substring(e.signal_date::text from '^\d{4,6}-\d\d-\d\d'), 'signal_strength', e.signal_strength
           )), '[]')
      from (
        select r.*
          from unnest(p_domains) d (domain)
         -- A column that the owner has dropped or renamed resolves to `missing`, and so to null.
         cross join (
           select null::text as signal_type, null::text as signal_title, null::text as signal_detail,
                  null::date as signal_date, null::text as signal_strength, null::timestamptz as captured_at,
                  null::uuid as id
         ) missing
         cross join lateral (
           select left(signal_type::text, 100) as signal_type, left(signal_title::text, 400) as signal_title,
                  signal_detail::text as signal_detail, signal_date as signal_date,
                  left(signal_strength::text, 20) as signal_strength, captured_at as captured_at, id::text as id
             from public.expansion_signals s
            where s.company_domain = d.domain
            limit 1000
         ) r
         order by array_position(array['high', 'medium', 'low'], r.signal_strength) nulls last,
                  r.signal_date desc nulls last, r.captured_at desc, r.signal_title, r.id
         limit 50
      ) e
  );
-- Whatever the owner has done to the table, a card without signals is better than none.
exception when undefined_table or undefined_column or undefined_function or datatype_mismatch then
  return '[]';
end;
$$;
comment on function lead_bot.signals_json is
  'The strongest 50 of up to 1,000 expansion signals of a company, every text bounded.';
revoke all on function lead_bot.signals_json from public;
