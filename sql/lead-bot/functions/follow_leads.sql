create or replace function lead_bot.follow_leads()
returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_moved record;
  v_left int := 0;
  v_returned int := 0;
begin
  -- No score at all is a pipeline that is loading, or broken: not everyone has left at once.
  if not exists (select from public.lead_scores) then
    return jsonb_build_object('left', 0, 'returned', 0);
  end if;

  for v_moved in
    -- Each member is asked for once, in whatever order the tables are joined: the plan of this query is
    -- kept, and may be from a time when they were small.
    with members as materialized (
      select m.alert_id, m.developer_id, m.left_at is null as was_hot
        from lead_bot.alerts a
        join lead_bot.alert_leads m on m.alert_id = a.id
       where a.closed_at is null
    ),
    moved as materialized (
      select * from members e where e.was_hot <> lead_bot.is_hot(e.developer_id)
    )
    select m.alert_id, m.developer_id, v.was_hot as leaves, a.status
      from moved v
      join lead_bot.alerts a on a.id = v.alert_id
      join lead_bot.alert_leads m on m.alert_id = v.alert_id and m.developer_id = v.developer_id
     where a.closed_at is null and (m.left_at is null) = v.was_hot
     order by m.alert_id, m.developer_id
       for no key update of a, m
  loop
    update lead_bot.alert_leads m
       set left_at = case when v_moved.leaves then now() end
     where m.alert_id = v_moved.alert_id and m.developer_id = v_moved.developer_id;
    perform lead_bot.log_lead_event(
      v_moved.alert_id, case when v_moved.leaves then 'left' else 'returned' end,
      v_moved.developer_id, v_moved.status, v_moved.status
    );
    -- The alert cools from when its last lead left, and not at all while one is hot.
    update lead_bot.alerts a
       set cooling_since = (
         select case when bool_and(m.left_at is not null) then max(m.left_at) end
           from lead_bot.alert_leads m where m.alert_id = a.id
       )
     where a.id = v_moved.alert_id;
    if v_moved.leaves then v_left := v_left + 1; else v_returned := v_returned + 1; end if;
  end loop;
  return jsonb_build_object('left', v_left, 'returned', v_returned);
end;
$$;
comment on function lead_bot.follow_leads is
  'Notes which leads of open alerts have left hot or come back.';
revoke all on function lead_bot.follow_leads from public;
