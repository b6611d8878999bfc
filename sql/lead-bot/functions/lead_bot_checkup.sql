create or replace function public.lead_bot_checkup()
returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_scores regclass := to_regclass('public.lead_scores');
  v_kind "char" := (select c.relkind from pg_catalog.pg_class c where c.oid = v_scores);
  v_state lead_bot.sweep_state;
  v_unreadable jsonb;
begin
  select * into v_state from lead_bot.sweep_state;

  -- No lead has this id. This only tests whether the view can be read the way polls and sweeps read it.
  begin
    perform lead_bot.share_lead_tables();
    perform from lead_bot.tier_rows(array['00000000-0000-4000-8000-000000000000']::uuid[]);
    perform from lead_bot.lead_rows(array['00000000-0000-4000-8000-000000000000']::uuid[], false, 0);
  exception when others then
    v_unreadable := jsonb_build_object(
      'code', sqlstate,
      -- These messages mention tables, columns and functions. Others may quote data.
      'message', case when sqlstate in ('42P01', '42703', '42883', '42501', '3F000') then sqlerrm end
    );
  end;

  return jsonb_build_object(
    'unreadable', v_unreadable,
    'owner', current_user,
    'swapped', lead_bot.swapped_tables(),
    'scores', case when v_kind is null then 'missing' when v_kind in ('r', 'p') then 'table' else 'other' end,
    'triggers', (
      select jsonb_agg(jsonb_build_object(
               'name', w.name,
               'state', case when t.oid is null then 'missing' when t.tgenabled in ('D', 'R') then 'disabled' else 'enabled' end
             ) order by w.name)
        from unnest(array['lead_bot_mark_insert', 'lead_bot_mark_update']) w (name)
        left join pg_catalog.pg_trigger t
          on t.tgrelid = v_scores and t.tgname = w.name and t.tgfoid = to_regproc('lead_bot.mark_scores')
    ),
    'missing_indexes', lead_bot.missing_indexes(),
    'lacking', lead_bot.lacking_columns(),
    'strangers', (
      select coalesce(jsonb_agg(jsonb_build_object('table', c.relname, 'owner', c.relowner::regrole) order by c.relname), '[]')
        from unnest(array['developer_signups', 'internal_signals', 'company_enrichment', 'stakeholders',
                          'expansion_signals', 'lead_scores']) n (name)
        join pg_catalog.pg_class c on c.oid = to_regclass('public.' || n.name) and c.relkind in ('r', 'p')
       where not pg_has_role(c.relowner, 'usage')
    ),
    'sweep', case when v_state.swept_at is not null then jsonb_build_object(
      'seconds_ago', greatest(0, floor(extract(epoch from now() - v_state.swept_at))), 'ms', v_state.ms
    ) end,
    'slowest', case when v_state.slowest_at > now() - interval '1 hour' then jsonb_build_object(
      'name', v_state.slowest_call, 'ms', v_state.slowest_ms
    ) end,
    'limit_ms', (select s.setting::int from pg_catalog.pg_settings s where s.name = 'statement_timeout'),
    'marks', jsonb_build_object(
      'count', (select count(*) from (select from lead_bot.lead_marks limit 10000) k),
      'oldest_seconds', coalesce((
        select greatest(0, floor(extract(epoch from now() - k.at))) from lead_bot.lead_marks k order by k.id limit 1
      ), 0)
    )
  );
end;
$$;
comment on function public.lead_bot_checkup is
  'Facts about the database, for npm run doctor and the bot''s log: whether lead_dashboard can be read and reads the current tables, which columns, tables and indexes are missing, whether the triggers exist, when the last sweep was, the slowest call of the last hour and the caller''s time limit (0: none), and the backlog (count: 10,000 at most). Names, counts and times only; reads no lead.';
revoke all on function public.lead_bot_checkup from public, anon, authenticated;
grant execute on function public.lead_bot_checkup to service_role, lead_bot;
