create or replace function public.lead_bot_set_aside()
returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_begun timestamptz := clock_timestamp();
  v_left uuid[];
  v_read int := 0;
  v_rows jsonb := '[]';
begin
  perform lead_bot.share_lead_tables();
  v_left := array(
    select h.id from (select unnest(n.hot) as id from lead_bot.hot_now() n) h
    except select m.developer_id from lead_bot.alert_leads m where m.active
    except select k.developer_id from lead_bot.lead_marks k where k.hot
    limit 1001
  );
  while v_read < least(cardinality(v_left), 1000) and clock_timestamp() < v_begun + interval '3 seconds' loop
    v_rows := v_rows || lead_bot.entering(v_left[v_read + 1 : least(v_read + 20, 1000)]);
    v_read := least(v_read + 20, 1000);
  end loop;
  return jsonb_build_object('rows', v_rows, 'more', v_read < cardinality(v_left));
end;
$$;
comment on function public.lead_bot_set_aside is
  'For npm run doctor: up to 1,000 hot leads that are in no open alert and not waiting for a poll, as lead_bot_changes would return them: polls couldn''t use their rows. Reads as much as a sweep.';
revoke all on function public.lead_bot_set_aside from public, anon, authenticated;
grant execute on function public.lead_bot_set_aside to service_role, lead_bot;
