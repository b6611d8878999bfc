create or replace function public.lead_bot_open_home(p_user text, p_pages jsonb default null)
returns void
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_payload jsonb := jsonb_build_object('user', p_user, 'pages', coalesce(p_pages, '{"mine": 0, "unclaimed": 0}'));
begin
  if p_user is null or char_length(p_user) > 30 or pg_column_size(p_pages) > 200 then
    raise exception 'not a Home tab' using errcode = 'invalid_parameter_value';
  end if;
  -- It needs no post: publishing a Home tab again replaces it.
  insert into lead_bot.messages as m (
    kind, channel, dedupe_key, payload, state, slack_channel, slack_ts, urgent, looked_at
  )
  values ('home', 'home', 'home:' || p_user, v_payload, 'posted', p_user, 'home', true, now())
  on conflict (dedupe_key) do update
    set looked_at = now(), payload = v_payload, wanted_version = m.wanted_version + 1, urgent = true,
        state = 'posted', refusals = 0, plain = false, next_try_at = now(),
        -- Slack shows nothing after the app was installed again.
        shown_hash = null;
end;
$$;
comment on function public.lead_bot_open_home is
  'Has a user''s Home tab drawn now, and kept current for a day. p_pages: where its lists begin; null for their beginning.';
revoke all on function public.lead_bot_open_home from public, anon, authenticated;
grant execute on function public.lead_bot_open_home to service_role, lead_bot;
