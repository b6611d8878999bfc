create or replace function lead_bot.digest_json(p_since timestamptz, p_queue uuid[])
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off
as $$
begin
  return (
    with queue as materialized (
      select a.status, a.opened_at > p_since as is_new, a.id in (select q.id from unnest(p_queue) q (id)) as was_there
        from lead_bot.alerts a
       where a.closed_at is null and a.status in ('open', 'claimed') and a.hold is null
    ),
    changes as materialized (
      select * from lead_bot.digest_changes(p_since, p_queue)
    ),
    gone as (
      select count(*) filter (where c.section = 'contacted') as contacted,
             count(*) filter (where c.section = 'not-a-fit') as not_a_fit,
             count(*) filter (where c.section = 'snoozed') as snoozed,
             count(*) filter (where c.section = 'cooled') as cooled,
             count(*) filter (where c.section = 'merged') as merged,
             count(*) filter (where c.alert_id in (select q.id from unnest(p_queue) q (id))) as from_queue
        from changes c
       where c.left_queue
    ),
    opened as (
      select count(*) as alerts
        from lead_bot.alerts a
       where a.opened_at > p_since and a.merged_into is null and a.id not in (select q.id from unnest(p_queue) q (id))
    )
    select jsonb_build_object(
      'as_of', clock_timestamp(),
      'counts', jsonb_build_object(
        'unclaimed', (select count(*) from queue q where q.status = 'open'),
        'claimed', (select count(*) from queue q where q.status = 'claimed'),
        'contacted', (select count(*) from changes c where c.section = 'contacted'),
        'not-a-fit', g.not_a_fit,
        'snoozed', g.snoozed,
        'cooled', g.cooled,
        'opened', o.alerts
      ),
      -- before + opened + back - everything else = unclaimed + claimed
      'changes', jsonb_build_object(
        'before', cardinality(p_queue),
        'opened', o.alerts,
        'back', case when p_queue is null then 0
                     else (select count(*) from queue q where not q.was_there and not q.is_new) end,
        'contacted', g.contacted,
        'not-a-fit', g.not_a_fit,
        'snoozed', g.snoozed,
        'cooled', g.cooled,
        'merged', g.merged,
        'erased', case when p_queue is null then 0
                       else cardinality(p_queue) - g.from_queue - (select count(*) from queue q where q.was_there) end
      ),
      'outcomes', (
        select coalesce(jsonb_object_agg(n.outcome, n.alerts), '{}')
          from (
            select a.outcome, count(*) as alerts
              from lead_bot.alerts a
             where a.outcome_at > p_since and a.outcome is not null
             group by 1
          ) n
      )
    )
      from gone g, opened o
  );
end;
$$;
comment on function lead_bot.digest_json is
  'The counts of a digest as of now: the queue, and how it got here from p_queue, which it was at p_since; null if unknown.';
revoke all on function lead_bot.digest_json from public;
