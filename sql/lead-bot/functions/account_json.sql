-- PL/pgSQL and not SQL, here and in what calls it: a SQL function is planned anew in each call, which
-- takes five times as long as this query runs.
create or replace function lead_bot.account_json(
  p_account_key text, p_alert_id uuid, p_brief boolean, p_colleagues boolean default true
)
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_limit int := case when p_brief then 1 else 25 end;
  v_members uuid[];
  v_leads jsonb;
  v_best jsonb;
  v_domains text[];
begin
  -- The hot ones of the alert, best first, then any: a company may have twenty thousand developers.
  v_members := array(
    select m.developer_id
      from lead_bot.alert_leads m
     where m.alert_id = p_alert_id
     order by m.left_at is null desc, m.score desc nulls last, m.developer_id
     limit v_limit
  );
  if cardinality(v_members) < v_limit and (p_colleagues or cardinality(v_members) = 0) then
    v_members := v_members || lead_bot.colleagues(p_account_key, v_members, v_limit - cardinality(v_members));
  end if;
  select coalesce(jsonb_agg(
           l.lead || jsonb_build_object('entered_at', m.entered_at, 'left_at', m.left_at, 'before', null)
           order by (m.developer_id is not null and m.left_at is null) desc, l.score desc nulls last, l.developer_id
         ), '[]'),
         array_agg(distinct l.lead ->> 'company_domain') filter (where l.lead ->> 'company_domain' is not null)
    into v_leads, v_domains
    from lead_bot.leads_of(v_members, p_brief or cardinality(v_members) > 1) l
    -- One by one: the alert may have as many leads as the company has developers.
    left join lateral (
      select a.developer_id, a.entered_at, a.left_at
        from lead_bot.alert_leads a
       where a.alert_id = p_alert_id and a.developer_id = l.developer_id
       limit 1
    ) m on true
   where l.account_key is not null;
  -- Of the best one everything is told, of the others who they are. One that is alone has been read in full.
  if not p_brief and v_leads <> '[]' then
    v_best := v_leads -> 0;
    if cardinality(v_members) > 1 then
      v_best := v_best || coalesce((
        select l.lead
          from lead_bot.leads_of(array[(v_best ->> 'developer_id')::uuid], false) l
         where l.account_key is not null
      ), '{}');
    end if;
    v_best := v_best || jsonb_build_object(
      'before', lead_bot.before_of(v_best, coalesce((v_best ->> 'entered_at')::timestamptz, now()))
    );
    v_leads := jsonb_set(v_leads, '{0}', v_best);
  end if;

  return jsonb_build_object(
    'key', p_account_key,
    'domain', case when p_account_key not like 'lead:%' then p_account_key end,
    'name', coalesce(
      (select l.value ->> 'company_name' from jsonb_array_elements(v_leads) l where l.value ->> 'company_name' is not null limit 1),
      case when p_account_key not like 'lead:%' then p_account_key end,
      v_leads -> 0 ->> 'email',
      p_account_key
    ),
    'leads', v_leads,
    'signals', case when p_brief then '[]' else lead_bot.signals_json(v_domains) end,
    'stakeholders', case when p_brief then '[]' else lead_bot.stakeholders_json(v_domains) end
  );
end;
$$;
comment on function lead_bot.account_json is
  'A company with its leads (25, the best one with all that is known), signals and stakeholders (50 each), seen from one alert. Brief: the best lead only. Without colleagues: only whoever is in the alert, which is all that a card tells of.';
revoke all on function lead_bot.account_json from public;
