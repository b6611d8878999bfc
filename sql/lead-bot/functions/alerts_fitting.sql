create or replace function lead_bot.alerts_fitting(p_alert_ids uuid[], p_filter jsonb)
returns setof uuid
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_least int := p_filter ->> 'least';
  v_most int := p_filter ->> 'most';
  v_has_terms constant boolean := coalesce(p_filter -> 'terms' <> '[]', false);
  v_ids uuid[];
  v_facts text[];
  v_term jsonb;
  v_pattern text;
begin
  v_ids := case when coalesce((p_filter ->> 'late')::boolean, false) then array(
    select a.id from lead_bot.alerts a where a.id = any (p_alert_ids) and a.due_at <= now()
  ) else p_alert_ids end;

  if v_has_terms or v_least is not null or v_most is not null then
    begin
      select array_agg(a.id), array_agg(f.facts) into v_ids, v_facts
        from lead_bot.alerts a
        -- A column that the owner has dropped or renamed resolves to `missing`, and so to null.
       cross join (
         select null::text as industry, null::text as company_type, null::text as funding_stage, null::text as tech_stack,
                null::int as employee_count, null::text as employee_range
       ) missing
        left join lateral (
          select industry::text as trade, company_type::text as kind, funding_stage::text as stage,
                 tech_stack::text as stack, employee_count::text as count, employee_range::text as range, true as found
            from public.company_enrichment c
           where c.domain = a.account_key
           limit 1
        ) c on true
        left join lateral (
          select industry::text as trade, company_type::text as kind, funding_stage::text as stage,
                 tech_stack::text as stack, employee_count::text as count, employee_range::text as range
            from public.company_enrichment o
           where c.found is null and o.domain = any (lead_bot.hosts_of(a.account_key) || ('www.' || a.account_key))
           limit 1
        ) o on true
       cross join lateral (
         select case when v_has_terms then concat_ws(' ',
                  left(coalesce(c.trade, o.trade), 400), left(coalesce(c.kind, o.kind), 400),
                  left(coalesce(c.stage, o.stage), 400), left(coalesce(c.stack, o.stack), 4000)
                ) end as facts,
                -- Of a range the lower end.
                case when v_least is not null or v_most is not null
                     then substring(replace(coalesce(c.count, o.count, c.range, o.range), ',', '') from '^\d{1,9}')::int end as employees
         offset 0
       ) f
       where a.id = any (v_ids) and (v_least is null or f.employees >= v_least) and (v_most is null or f.employees <= v_most);
    exception when undefined_table or undefined_column or undefined_function or datatype_mismatch then
      return;
    end;
  end if;

  for v_term in select t.value from jsonb_array_elements(p_filter -> 'terms') t loop
    -- Words of three letters and less are whole ones: `ai` is not in `retail`, and `pro` not in `property`.
    v_pattern := (
      select '(?:^|[^[:alnum:]])(?:' || string_agg(
               replace(regexp_replace(w.word, '([^[:alnum:] ])', '\\\1', 'g'), ' ', '[^[:alnum:]]+')
                 || case when length(w.word) > 3 then '' else '(?:$|[^[:alnum:]])' end, '|') || ')'
        from jsonb_array_elements_text(v_term -> 'words') w (word)
    );
    select array_agg(u.id), array_agg(u.facts) into v_ids, v_facts
      from unnest(v_ids, v_facts) u (id, facts)
     where u.facts ~* v_pattern
        or u.id in (select g.id from lead_bot.alerts_using(v_ids, v_term ->> 'plan', v_term ->> 'feature') g (id));
  end loop;
  return query select u.id from unnest(v_ids) u (id);
end;
$$;
comment on function lead_bot.alerts_fitting is
  'Of these alerts those whose company fits a filter: late (its deadline is past), least and most (employees), and terms: of each at least one of its words in industry, kind, funding stage or stack, or its plan or feature in use.';
revoke all on function lead_bot.alerts_fitting from public;
