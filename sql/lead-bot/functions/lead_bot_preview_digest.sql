create or replace function public.lead_bot_preview_digest(p_channel text)
returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_since timestamptz := lead_bot.last_digest_at(p_channel);
begin
  perform lead_bot.share_lead_tables();
  return lead_bot.digest_json(coalesce(v_since, now() - interval '1 day'))
    || jsonb_build_object(
      'since', v_since,
      'alerts', (
        with rows as materialized (
          select * from lead_bot.digest_rows(coalesce(v_since, now() - interval '1 day'))
        )
        select coalesce(jsonb_agg(jsonb_build_object('section', r.section, 'picture', a.picture) order by r.place), '[]')
          from rows r
          join lead_bot.alerts_json(array(select r.alert_id from rows r), true) a on a.alert_id = r.alert_id
      )
    );
end;
$$;
comment on function public.lead_bot_preview_digest is 'The digest that would be made now. Writes nothing.';
revoke all on function public.lead_bot_preview_digest from public, anon, authenticated;
grant execute on function public.lead_bot_preview_digest to service_role, lead_bot;
