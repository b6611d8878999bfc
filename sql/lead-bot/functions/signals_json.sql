create or replace function lead_bot.signals_json(p_domains text[])
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
             'signal_type', e.signal_type, 'signal_title', e.signal_title, 'signal_detail', left(e.signal_detail, 1000),
             'signal_date', e.signal_date, 'signal_strength', e.signal_strength
           )), '[]')
      from (
        select r.*
          from unnest(p_domains) d (domain)
         cross join lateral (
           select left(s.signal_type, 100) as signal_type, left(s.signal_title, 400) as signal_title, s.signal_detail,
                  s.signal_date, left(s.signal_strength, 20) as signal_strength, s.captured_at, s.id
             from public.expansion_signals s
            where s.company_domain = d.domain
            limit 1000
         ) r
         order by array_position(array['high', 'medium', 'low'], r.signal_strength) nulls last,
                  r.signal_date desc nulls last, r.captured_at desc, r.signal_title, r.id
         limit 50
      ) e
  );
-- Whatever the owner has done to the table: a card without its signals is better than none.
exception when undefined_table or undefined_column then
  return '[]';
end;
$$;
comment on function lead_bot.signals_json is 'The strongest 50 expansion signals of a company, of 1,000 that are looked at, every text bounded.';
revoke all on function lead_bot.signals_json from public;
