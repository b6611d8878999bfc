create or replace function public.lead_bot_preview_digest(p_channel text)
returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_last lead_bot.messages := lead_bot.last_digest(p_channel);
  v_since timestamptz := (v_last.payload ->> 'made_at')::timestamptz;
  v_from timestamptz := coalesce(v_since, now() - interval '1 day');
  v_frame jsonb := lead_bot.digest_json(v_from, v_last.queue);
begin
  perform lead_bot.share_lead_tables();
  return v_frame || jsonb_build_object(
    'made_at', v_frame -> 'as_of',
    'since', v_since,
    'alerts', (
      with rows as materialized (
        select * from lead_bot.digest_rows(v_from, v_last.queue)
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
