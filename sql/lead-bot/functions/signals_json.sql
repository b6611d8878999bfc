create or replace function lead_bot.signals_json(p_domains text[])
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  return (
    select coalesce(jsonb_agg(lead_bot.clipped(to_jsonb(e))), '[]')
      from (
        select r.*
          from unnest(p_domains) d (domain)
         cross join lateral (
           select s.signal_type, s.signal_title, s.signal_detail, s.signal_date, s.signal_strength, s.captured_at, s.id
             from public.expansion_signals s
            where s.company_domain = d.domain
            limit 1000
         ) r
         order by array_position(array['high', 'medium', 'low'], r.signal_strength) nulls last,
                  r.signal_date desc nulls last, r.captured_at desc, r.signal_title, r.id
         limit 50
      ) e
  );
end;
$$;
comment on function lead_bot.signals_json is 'The strongest 50 expansion signals of a company, of 1,000 that are looked at.';
revoke all on function lead_bot.signals_json from public;
