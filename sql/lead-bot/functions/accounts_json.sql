-- In bulk: starting a query costs as much as reading one company.
create or replace function lead_bot.accounts_json(
  p_account_keys text[], p_alert_ids uuid[], p_brief boolean, p_colleagues boolean
)
returns table (place bigint, account jsonb)
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
  v_limit int := case when p_brief then 1 else 25 end;
  -- For each place: its developers, and whether it has only one.
  v_places bigint[];
  v_developers uuid[];
  v_alone boolean[];
  v_leads jsonb[];
begin
  -- First the alert's hot leads, best first, then others. A company may have 20,000 developers.
  select array_agg(p.place), array_agg(d.id), array_agg(cardinality(c.ids) = 1)
    into v_places, v_developers, v_alone
    from unnest(p_account_keys, p_alert_ids) with ordinality p (account_key, alert_id, place)
   cross join lateral (
     select array(
       select m.developer_id
         from lead_bot.alert_leads m
        where m.alert_id = p.alert_id
        order by m.left_at is null desc, m.score desc nulls last, m.developer_id
        limit v_limit
     ) as ids
     offset 0
   ) m
   cross join lateral (
     select case when cardinality(m.ids) < v_limit and (p_colleagues or m.ids = '{}')
                 then m.ids || lead_bot.colleagues(p.account_key, m.ids, v_limit - cardinality(m.ids))
                 else m.ids end as ids
     offset 0
   ) c
   cross join lateral unnest(c.ids) d (id);

  -- With several leads, only the best one is read in full, below.
  v_leads := array(
    with read as materialized (
      select l.developer_id, l.account_key, l.score, l.lead, true as brief
        from lead_bot.leads_of(array(select u.id from unnest(v_developers, v_alone) u (id, alone) where p_brief or not u.alone), true) l
      union all
      select l.developer_id, l.account_key, l.score, l.lead, false
        from lead_bot.leads_of(array(select u.id from unnest(v_developers, v_alone) u (id, alone) where not p_brief and u.alone), false) l
    )
    select (
      select coalesce(jsonb_agg(
               r.lead || jsonb_build_object('entered_at', m.entered_at, 'left_at', m.left_at, 'before', null)
               order by (m.developer_id is not null and m.left_at is null) desc, r.score desc nulls last, r.developer_id
             ), '[]')
        from unnest(v_places, v_developers, v_alone) u (place, id, alone)
        join read r on r.developer_id = u.id and r.brief = (p_brief or not u.alone)
        -- One lookup per lead: the alert may have as many leads as the company has developers.
        left join lateral (
          select a.developer_id, a.entered_at, a.left_at
            from lead_bot.alert_leads a
           where a.alert_id = p.alert_id and a.developer_id = u.id
           limit 1
        ) m on true
       where u.place = p.place and r.account_key is not null
    )
      from unnest(p_alert_ids) with ordinality p (alert_id, place)
     order by p.place
  );
  if not p_brief then
    v_leads := array(
      with places as materialized (
        select v.place, v.leads, v.leads -> 0 ->> 'developer_id' as best,
               -- The lead that opened the alert decides the owner's own columns for the whole episode.
               case when jsonb_array_length(v.leads) > 1 then (
                 select l.value ->> 'developer_id'
                   from jsonb_array_elements(v.leads) l
                  where l.value ->> 'entered_at' is not null
                  order by (l.value ->> 'entered_at')::timestamptz, l.value ->> 'developer_id'
                  limit 1
               ) end as opener
          from unnest(v_leads) with ordinality v (leads, place)
      ),
      read as materialized (
        select l.developer_id, l.lead
          from lead_bot.leads_of(array(
                 select distinct u.id::uuid
                   from places p
                  cross join lateral (values (p.best), (p.opener)) u (id)
                  where jsonb_array_length(p.leads) > 1 and u.id is not null
               ), false) l
         where l.account_key is not null
      )
      select case when p.leads = '[]' then p.leads else jsonb_set(p.leads, '{0}', f.lead || jsonb_build_object(
               'before', lead_bot.before_of(f.lead, coalesce((f.lead ->> 'entered_at')::timestamptz, now()))
             ) || coalesce((
               select jsonb_build_object('owner_email', r.lead -> 'owner_email', 'crm_url', r.lead -> 'crm_url',
                                         'card_fields', r.lead -> 'card_fields')
                 from read r
                where r.developer_id = p.opener::uuid
             ), '{}')) end
        from places p
       cross join lateral (
         select (p.leads -> 0) || coalesce((select r.lead from read r where r.developer_id = p.best::uuid), '{}') as lead
         offset 0
       ) f
       order by p.place
    );
  end if;

  return query
    select p.place, jsonb_build_object(
             'key', p.account_key,
             'domain', d.domain,
             'name', coalesce(
               (select l.value ->> 'company_name' from jsonb_array_elements(p.leads) l where l.value ->> 'company_name' is not null limit 1),
               lead_bot.enriched_name(d.domain),
               d.domain,
               p.leads -> 0 ->> 'email',
               p.account_key
             ),
             'linkedin_url', case when not p_brief then lead_bot.linkedin_page(d.all || ('www.' || d.domain)) end,
             'leads', p.leads,
             'signals', case when p_brief then '[]' else lead_bot.signals_json(d.all) end,
             'stakeholders', case when p_brief then '[]' else lead_bot.stakeholders_json(d.all) end
           )
      from unnest(p_account_keys, v_leads) with ordinality p (account_key, leads, place)
     cross join lateral (
       select case when p.account_key not like 'lead:%' then p.account_key end as domain,
              array(
                -- The domain as the leads spell it, and the canonical one: some leads have it only in their address.
                select l.value ->> 'company_domain'
                  from jsonb_array_elements(p.leads) l
                 where l.value ->> 'company_domain' is not null
                union
                select h.host from unnest(lead_bot.hosts_of(p.account_key)) h (host)
                 where not p_brief and p.account_key not like 'lead:%'
              ) as all
       offset 0
     ) d;
end;
$$;
comment on function lead_bot.accounts_json is
  'Companies with up to 25 leads (the best one in full), 50 signals and 50 stakeholders, each as seen from one alert, by place in the input. Brief: only the best lead. Without colleagues: only the leads in the alert, which is all a card shows.';
revoke all on function lead_bot.accounts_json from public;
