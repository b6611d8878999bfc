create or replace function public.lead_bot_columns()
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off
as $$
declare
  v_found text[] := array(
    select w.name
      from unnest(array['alert_channel', 'owner_email', 'crm_url', 'card_fields']) with ordinality w (name, place)
      join pg_catalog.pg_attribute a
        on a.attrelid = to_regclass('public.lead_dashboard') and a.attname = w.name and not a.attisdropped
     order by w.place
  );
  v_values jsonb;
begin
  perform lead_bot.share_lead_tables();
  if v_found <> '{}' then
    select jsonb_build_object(
             'leads', count(*),
             'unreadable', count(*) filter (where not v.readable),
             'owner_email', count(*) filter (where v.owner_email !~ '^[^[:space:]@]+@[^[:space:]@]+$'),
             'crm_url', count(*) filter (where not lead_bot.is_crm_url(v.crm_url)),
             'card_fields', count(*) filter (where v.fields_type not in ('object', 'null'))
           )
      into v_values
      from (
        select m.developer_id from lead_bot.alert_leads m where m.active order by m.developer_id limit 200
      ) i
     cross join lateral lead_bot.appended_values(i.developer_id) v;
  end if;
  return jsonb_build_object(
    'found', v_found,
    'wrong', v_values,
    'channels', coalesce((
      select jsonb_agg(jsonb_build_object('channel', c.channel, 'refused', c.refused) order by c.channel)
        from lead_bot.recent_card_channels() c
    ), '[]'),
    'unfit', coalesce((
      select jsonb_agg(u.value order by u.value)
        from (
          select distinct a.channel_unfit as value
            from lead_bot.alerts a
           where a.closed_at is null and a.channel_unfit is not null
           order by 1
           limit 10
        ) u
    ), '[]')
  );
end;
$$;
comment on function public.lead_bot_columns is
  'For npm run doctor: which of the owner''s optional columns lead_dashboard has; how many of up to 200 leads in open alerts have an unusable value there; the channels of the last 90 days, and why Slack last refused a card there; up to ten unusable channels of open alerts.';
revoke all on function public.lead_bot_columns from public, anon, authenticated;
grant execute on function public.lead_bot_columns to service_role, lead_bot;
