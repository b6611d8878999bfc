create or replace function lead_bot.digest_changes(p_since timestamptz, p_queue uuid[])
returns table (alert_id uuid, section text, at timestamptz, left_queue boolean)
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off
as $$
declare
  -- A gesture has the time at which its transaction began, and may commit after the digest.
  v_from timestamptz := p_since - interval '1 minute';
begin
  return query
    with changed as (
      select a.id from lead_bot.alerts a where a.contacted_at > v_from
      union
      select a.id from lead_bot.alerts a where a.held_at > v_from
      union
      select a.id from lead_bot.alerts a where a.closed_at > v_from
      union
      select a.id from lead_bot.alerts a where a.outcome_at > v_from
    ),
    known as (
      select o.id, o.opened_at, o.contacted_at, o.outcome_at, o.part,
             case o.part when 'contacted' then o.contacted_at when 'merged' then o.closed_at
                         when 'cooled' then o.closed_at else o.held_at end as moved_at
        from changed c
       cross join lateral (
         select a.*, lead_bot.digest_section(a) as part from lead_bot.alerts a where a.id = c.id offset 0
       ) o
    ),
    judged as (
      select k.*,
             case when p_queue is null then k.moved_at > p_since
                  else k.id in (select q.id from unnest(p_queue) q (id)) or k.opened_at > p_since and k.part <> 'merged'
             end as was_in_queue
        from known k
       where k.part not in ('unclaimed', 'claimed')
    )
    select j.id, j.part, greatest(j.moved_at, j.outcome_at), j.was_in_queue
      from judged j
     -- Another touch and an outcome are news too.
     where j.was_in_queue or j.part = 'contacted' and greatest(j.contacted_at, j.outcome_at) > p_since;
end;
$$;
comment on function lead_bot.digest_changes is
  'Alerts that left the queue after p_since, and those contacted again or with a new outcome. p_queue: what was in the queue at p_since; null if unknown.';
revoke all on function lead_bot.digest_changes from public;
