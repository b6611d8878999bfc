-- PL/pgSQL and not SQL, here and in what calls it: a SQL function is planned anew in each call, which
-- takes five times as long as this query runs.
create or replace function lead_bot.account_json(p_account_key text, p_alert_id uuid, p_brief boolean)
returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_lead_id uuid := case
    when p_account_key ~ '^lead:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then substring(p_account_key from 6)::uuid
  end;
begin
  return (
    with ids as (
      select d.id from public.developer_signups d where lower(d.company_domain) = p_account_key
      union
      select v_lead_id
      union
      select m.developer_id from lead_bot.alert_leads m where m.alert_id = p_alert_id
    ),
    leads as (
      select l.*, m.entered_at, m.left_at
        from ids
        join lead_bot.leads l on l.developer_id = ids.id
        left join lead_bot.alert_leads m on m.alert_id = p_alert_id and m.developer_id = l.developer_id
       order by (m.developer_id is not null and m.left_at is null) desc,
                l.total_score desc nulls last, l.developer_id
       limit case when p_brief then 1 else 25 end
    ),
    domains as (
      select distinct l.company_domain from leads l where l.company_domain is not null
    )
    select jsonb_build_object(
      'key', p_account_key,
      'domain', case when p_account_key not like 'lead:%' then p_account_key end,
      'name', coalesce(
        (select l.company_name from leads l where l.company_name is not null limit 1),
        case when p_account_key not like 'lead:%' then p_account_key end,
        (select l.email from leads l limit 1),
        p_account_key
      ),
      'leads', coalesce((
        select jsonb_agg(
          to_jsonb(l) || jsonb_build_object('before', (
            select to_jsonb(s) - 'id' - 'txid' - 'developer_id'
              from lead_bot.lead_snapshots s
             where s.developer_id = l.developer_id
               and s.tier is distinct from 'hot'
               and s.taken_at <= coalesce(l.entered_at, now())
             order by s.id desc
             limit 1
          ))
          order by (l.entered_at is not null and l.left_at is null) desc,
                   l.total_score desc nulls last, l.developer_id
        ) from leads l
      ), '[]'),
      'signals', case when p_brief then '[]' else coalesce((
        select jsonb_agg(to_jsonb(e)) from (
          select s.signal_type, s.signal_title, s.signal_detail, s.signal_date, s.signal_strength
            from public.expansion_signals s
            join domains on domains.company_domain = s.company_domain
           order by array_position(array['high', 'medium', 'low'], s.signal_strength) nulls last,
                    s.signal_date desc nulls last, s.captured_at desc, s.signal_title, s.id
           limit 50
        ) e
      ), '[]') end,
      'stakeholders', case when p_brief then '[]' else coalesce((
        select jsonb_agg(to_jsonb(t)) from (
          select s.full_name, s.title, s.is_decision_maker, s.is_technical, s.is_budget_holder
            from public.stakeholders s
            join domains on domains.company_domain = s.company_domain
           order by s.is_decision_maker desc nulls last, s.is_budget_holder desc nulls last, s.full_name, s.id
           limit 50
        ) t
      ), '[]') end
    )
  );
end;
$$;
comment on function lead_bot.account_json is
  'A company with its leads (best 25), signals and stakeholders (50 each), seen from one alert. Brief: the best lead only.';
revoke all on function lead_bot.account_json from public;
