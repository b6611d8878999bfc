create or replace function lead_bot.before_of(p_lead jsonb, p_at timestamptz)
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set plan_cache_mode = force_generic_plan
as $$
declare
  v_developer_id uuid := (p_lead ->> 'developer_id')::uuid;
  v_crossing record;
  v_picture record;
begin
  select c.at, c.before into v_crossing
    from lead_bot.crossings c
   where c.developer_id = v_developer_id and c.at <= p_at
   order by c.at desc
   limit 1;
  -- Of a month: a lead may have been hot for years.
  select p.taken_at, p.picture into v_picture
    from (
      select w.taken_at, w.picture
        from lead_bot.lead_pictures w
       where w.developer_id = v_developer_id and w.taken_at <= coalesce(v_crossing.at, p_at)
       order by w.taken_at desc
       limit 5
    ) p
   where p.picture ->> 'tier' is distinct from 'hot'
   order by p.taken_at desc
   limit 1;
  if v_crossing.before is null and v_picture.picture is null then
    return null;
  end if;
  -- Don't show a change unless the old value is known.
  return lead_bot.picture_of(p_lead) || coalesce(v_picture.picture, '{}') || coalesce(v_crossing.before, '{}')
    || jsonb_build_object('taken_at', coalesce(v_crossing.before -> 'taken_at', to_jsonb(
         case when v_crossing.before is not null then v_crossing.at else v_picture.taken_at end
       )));
end;
$$;
comment on function lead_bot.before_of is
  'What a lead looked like before it became hot, at or before this time; null if unknown.';
revoke all on function lead_bot.before_of from public;
