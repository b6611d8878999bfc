create or replace function lead_bot.outcome_json(p_outcome lead_bot.outcomes, p_people boolean)
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_domain text;
  v_name text;
  v_people jsonb;
begin
  -- A lead whose company turned out to be a mail provider: its id and its address name a person.
  select case when a.account_key not like 'lead:%' then a.account_key end into v_domain
    from lead_bot.alerts a
   where a.id = p_outcome.alert_id;
  begin
    v_name := case when v_domain is not null then lead_bot.account_name(v_domain) end;
    if p_people then
      v_people := (
        select jsonb_build_object(
          'actor', e.actor, 'owner', p_outcome.owner, 'target', e.target, 'lead', (
            select jsonb_build_object('name', l.lead -> 'champion_name', 'email', l.lead -> 'email')
              from lead_bot.leads_of(array(
                select m.developer_id from lead_bot.alert_leads m
                 where m.alert_id = p_outcome.alert_id
                 order by m.active desc, m.left_at is not null, m.score desc nulls last, m.developer_id
                 limit 1
              ), true) l
          )
        )
          from lead_bot.alert_events e
         where e.id = p_outcome.event_id
      );
    end if;
  exception when others then
    if not lead_bot.concerns_row(sqlstate) then
      raise;
    end if;
    -- A row that can't be read doesn't hold the event up.
  end;
  return jsonb_build_object(
    'type', p_outcome.type, 'timestamp', p_outcome.at,
    'data', jsonb_build_object(
      'alert_id', p_outcome.alert_id, 'sequence', p_outcome.sequence,
      'company', jsonb_build_object('domain', v_domain, 'name', coalesce(v_name, v_domain))
    ) || p_outcome.facts || case when p_people then jsonb_build_object('people', v_people) else '{}' end
  );
end;
$$;
comment on function lead_bot.outcome_json is
  'The body of a webhook. Only with p_people does it name anyone: Slack ids of AEs, and the best lead of the alert as lead_dashboard shows it now, so an erased one is missing.';
revoke all on function lead_bot.outcome_json from public;
