create or replace function lead_bot.share_lead_tables()
returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_deadline timestamptz := clock_timestamp() + interval '4 seconds';
  v_relations text;
begin
  loop
    select string_agg(c.oid::regclass::text, ', ' order by n.place)
      into v_relations
      from unnest(array['lead_dashboard', 'lead_scores', 'developer_signups', 'internal_signals', 'company_enrichment',
                        'stakeholders', 'expansion_signals']) with ordinality n (name, place)
      join pg_catalog.pg_class c on c.oid = to_regclass('public.' || n.name) and c.relkind in ('r', 'p', 'v');
    exit when v_relations is null;
    begin
      execute 'lock table ' || v_relations || ' in access share mode nowait';
      exit;
    exception
      -- What had been locked by then is free again.
      when lock_not_available then
        if clock_timestamp() > v_deadline then
          raise;
        end if;
        perform pg_sleep(0.02);
      when undefined_table then
        -- One was dropped just now: look again.
        exit when clock_timestamp() > v_deadline;
      when insufficient_privilege or wrong_object_type then
        -- Whoever reads it says what is wrong.
        exit;
    end;
  end loop;
end;
$$;
comment on function lead_bot.share_lead_tables is
  'Takes the read locks on lead_dashboard and the lead tables, all or none, and never waits in line for one: the owner of the tables may lock them in any order without a deadlock with a bot. Each function of the API that reads leads calls it first. Throws 55P03 when they are not to be had within 4 s.';
revoke all on function lead_bot.share_lead_tables from public;
