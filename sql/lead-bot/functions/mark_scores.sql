-- This runs inside the scoring pipeline's statements, so it must cost next to nothing and never fail. It reads no
-- table, only the rows of the statement. Only hash joins are linear whatever the planner expects: PL/pgSQL caches the
-- plan of the first execution, which may have had one row.
--
-- A column that the owner has dropped or renamed resolves to `missing`, and so to null. One whose type has changed is
-- read as text.
create or replace function lead_bot.mark_scores()
returns trigger
language plpgsql security definer
set search_path = '' set enable_nestloop = off set enable_mergejoin = off
as $$
declare
  v_many boolean;
begin
  if to_regclass('lead_bot.lead_marks') is null then
    return null;
  end if;
  v_many := (select count(*) > 2000 from (select from after_rows limit 2001) some_rows);

  if tg_op = 'INSERT' then
    insert into lead_bot.lead_marks (developer_id, hot, score)
    select n.developer_id, n.hot, n.score
      from (select null::uuid as developer_id, null::text as tier, null::int as total_score) missing
     cross join lateral (
       select case when developer_id::text ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then developer_id::text::uuid end as developer_id,
              coalesce(tier::text = 'hot', false) as hot, to_jsonb(total_score) as score
         from after_rows
     ) n
     where n.hot or not v_many;
  else
    insert into lead_bot.lead_marks (developer_id, hot, score, before)
    select n.developer_id, n.hot, n.score,
           -- Built here, only for leads that became hot. Below the join it would be built for every row of the
           -- statement.
           case when o.row_id is not null then jsonb_build_object(
             'total_score', o.total_score, 'tier', o.tier, 'company_score', o.company_score,
             'usage_score', o.usage_score, 'expansion_score', o.expansion_score,
             'champion_score', o.champion_score, 'timing_score', o.timing_score
           ) end
      from (
        select r.*
          from (select null::uuid as id, null::uuid as developer_id, null::text as tier, null::int as total_score) missing
         cross join lateral (
           select id as row_id,
                  case when developer_id::text ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then developer_id::text::uuid end as developer_id,
                  coalesce(tier::text = 'hot', false) as hot, to_jsonb(total_score) as score
             from after_rows
         ) r
         where r.hot or not v_many
      ) n
      left join (
        select r.*
          from (
            select null::uuid as id, null::text as tier, null::int as total_score, null::int as company_score,
                   null::int as usage_score, null::int as expansion_score, null::int as champion_score,
                   null::int as timing_score
          ) missing
         cross join lateral (
           select id as row_id, coalesce(tier::text = 'hot', false) as hot, total_score as total_score, tier as tier,
                  company_score as company_score, usage_score as usage_score, expansion_score as expansion_score,
                  champion_score as champion_score, timing_score as timing_score
             from before_rows
         ) r
         where not r.hot
      ) o on o.row_id = n.row_id and n.hot
     where not v_many or o.row_id is not null;
  end if;
  if v_many then
    insert into lead_bot.lead_marks (hot) values (false);
  end if;
  return null;
end;
$$;
comment on function lead_bot.mark_scores is
  'Trigger: marks leads whose score was written. For a statement with more than 2,000 rows, only the leads that became hot, and the fact that there were many.';
revoke all on function lead_bot.mark_scores from public;

-- Not `create or replace`: that would lock the table against the scoring pipeline each time. To change an existing
-- trigger, drop it in a migration.
do $$
declare
  v_scores regclass := to_regclass('public.lead_scores');
begin
  -- A view can't have this trigger, and another role's table needs the right to create one. Without the trigger,
  -- sweeps find the changes.
  if not exists (select from pg_class c where c.oid = v_scores and c.relkind in ('r', 'p'))
     or not has_table_privilege(v_scores, 'trigger') then
    return;
  end if;
  if not exists (
    select from pg_trigger where tgrelid = v_scores and tgname = 'lead_bot_mark_insert'
  ) then
    create trigger lead_bot_mark_insert
      after insert on public.lead_scores
      referencing new table as after_rows
      for each statement execute function lead_bot.mark_scores();
  end if;
  if not exists (
    select from pg_trigger where tgrelid = v_scores and tgname = 'lead_bot_mark_update'
  ) then
    create trigger lead_bot_mark_update
      after update on public.lead_scores
      referencing old table as before_rows new table as after_rows
      for each statement execute function lead_bot.mark_scores();
  end if;
end;
$$;
