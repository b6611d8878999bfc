create or replace function lead_bot.share_lead_tables()
returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_deadline timestamptz;
  v_relations text := 'public.lead_dashboard, public.lead_scores, public.developer_signups, public.internal_signals, '
    'public.company_enrichment, public.stakeholders, public.expansion_signals';
begin
  loop
    begin
      execute 'lock table ' || v_relations || ' in access share mode nowait';
      exit;
    exception
      -- Frees what was locked so far.
      when lock_not_available then
        v_deadline := coalesce(v_deadline, clock_timestamp() + interval '4 seconds');
        if clock_timestamp() > v_deadline then
          raise;
        end if;
        perform pg_sleep(0.02);
      when undefined_table or wrong_object_type then
        v_deadline := coalesce(v_deadline, clock_timestamp() + interval '4 seconds');
        v_relations := (
          select string_agg(c.oid::regclass::text, ', ')
            from (
              select to_regclass(n.name) as id
                from regexp_split_to_table(v_relations, ', ') n (name)
               where to_regclass(n.name) is not null
            ) r
            join pg_catalog.pg_class c on c.oid = r.id and c.relkind in ('r', 'p', 'v')
        );
        exit when v_relations is null or clock_timestamp() > v_deadline;
      when insufficient_privilege then
        -- The reader will report what is wrong.
        exit;
    end;
  end loop;
end;
$$;
comment on function lead_bot.share_lead_tables is
  'Takes the read locks on lead_dashboard and the lead tables, all or none, without ever queueing for one, so the owner of the tables can lock them in any order without a deadlock. Each API function that reads leads calls it first. Throws 55P03 if it can''t get them within 4 s.';
revoke all on function lead_bot.share_lead_tables from public;
