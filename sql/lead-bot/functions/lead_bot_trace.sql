create or replace function public.lead_bot_trace(p_keys text[], p_emails text[] default '{}', p_days int default null)
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_key text;
  -- Whom the caller asked for; empty for the whole company.
  v_asked uuid[];
  v_since timestamptz := case when p_days is null then '-infinity'
                              else now() - make_interval(days => least(greatest(p_days, 1), 36500)) end;
  v_ids uuid[];
  v_people uuid[];
begin
  perform lead_bot.share_lead_tables();
  select k.account_key, k.asked into v_key, v_asked from lead_bot.account_known(p_keys, p_emails) k;
  if v_key is null then
    return null;
  end if;
  -- One more than is told, and more to count.
  v_ids := array(
    select a.id
      from lead_bot.alerts a
     where a.account_key = v_key
       and (v_asked = '{}' or exists (
         select from lead_bot.alert_leads l where l.alert_id = a.id and l.developer_id = any (v_asked)
       ) or exists (
         select from lead_bot.crossings c where c.alert_id = a.id and c.developer_id = any (v_asked)
       ))
     order by a.opened_at desc, a.id
     limit 100
  );
  v_people := v_asked || array(
    select m.developer_id
      from unnest(v_ids[:5]) i (id)
     cross join lateral (
       select l.developer_id, l.left_at, l.score from lead_bot.alert_leads l where l.alert_id = i.id limit 50
     ) m
     where v_asked = '{}'
     group by 1
     order by bool_or(m.left_at is null) desc, max(m.score) desc nulls last, m.developer_id
     limit 25
  );
  if v_asked = '{}' and cardinality(v_people) < 25 then
    v_people := v_people || lead_bot.colleagues(v_key, v_people, 25 - cardinality(v_people));
  end if;
  return lead_bot.trace_json(v_key, v_asked, v_people, v_ids, v_since);
end;
$$;
comment on function public.lead_bot_trace is
  'For npm run trace: what happened to a company, or to the developer with one of these addresses, in order; null if nobody is known. With p_days, what happened in so many days. See lead_bot.trace_json.';
revoke all on function public.lead_bot_trace from public, anon, authenticated;
grant execute on function public.lead_bot_trace to service_role, lead_bot;
