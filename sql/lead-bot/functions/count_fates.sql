create or replace function lead_bot.count_fates(p_from timestamptz, p_to timestamptz, p_channels text[] default null)
returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_alerts uuid[];
begin
  if p_channels is not null then
    v_alerts := lead_bot.standing_in(
      array(
        select distinct c.alert_id from lead_bot.crossings c
         where c.at >= p_from and c.at < p_to and c.alert_id is not null
      ),
      p_channels[1:50]
    );
  end if;
  return (
    select coalesce(jsonb_object_agg(f.fate, f.crossings), '{}')
      from (
        select w.fate, sum(w.crossings)::int as crossings
          from (
            select c.fate, count(*) as crossings
              from lead_bot.crossings c
             where c.at >= p_from and c.at < p_to and (p_channels is null or c.alert_id = any (v_alerts))
             group by 1
            union all
            -- The next poll settles them.
            select 'waiting', count(*)
              from lead_bot.lead_marks k
             where k.hot and k.before is not null and k.developer_id is not null and k.at >= p_from and k.at < p_to
               and p_channels is null
               -- A mark that is kept for the next step may have its crossing already.
               and not exists (
                 select from lead_bot.crossings x
                  where x.developer_id = k.developer_id and x.at = k.at and x.at >= p_from and x.at < p_to
               )
          ) w
         group by 1
      ) f
     where f.crossings > 0
  );
end;
$$;
comment on function lead_bot.count_fates is
  'How many leads turned hot from p_from up to p_to, by what came of it (src/core/why.ts explains the words). Each crossing counts once. With p_channels (50 at most), only those whose alert stands in one of them.';
revoke all on function lead_bot.count_fates from public;
