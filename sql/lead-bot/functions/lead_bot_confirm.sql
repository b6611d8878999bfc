create or replace function public.lead_bot_confirm(p_id uuid, p_token uuid, p_outcome jsonb)
returns boolean
language plpgsql volatile security definer set search_path = '' set enable_seqscan = off
as $$
declare
  v_outcome text := p_outcome ->> 'outcome';
  v_reason text := left(p_outcome ->> 'reason', 500);
  v_ts text := p_outcome ->> 'ts';
  v_version int := (p_outcome ->> 'version')::int;
  v_sent boolean := coalesce((p_outcome ->> 'sent')::boolean, true);
  v_counts int := coalesce((p_outcome ->> 'counts')::boolean::int, 0);
  v_after_wait timestamptz := now() + make_interval(secs => coalesce((p_outcome ->> 'after_seconds')::double precision, 0));
  v_minute timestamptz := now() + interval '1 minute';
  -- The message before this outcome. A short name, because the table below repeats it.
  m lead_bot.messages;
  v_is_home boolean;
  v_home_later timestamptz;
  v_posted boolean;
  v_in_slack boolean;
  v_unwanted boolean;
  v_unsearchable boolean;
  v_can_fall_back boolean;
  v_reader_refused boolean;
  v_unreachable boolean;
  v_refused_for_good boolean;
  v_lost boolean;
  v_recheck_fails boolean;
  v_maybe_copy boolean;
  v_given_up boolean;
  v_new_recheck timestamptz;
  v_later_recheck timestamptz;
  v_later_redraw timestamptz;
  v_up_to_date boolean;
  v_home_at timestamptz;
  v_to record;
begin
  -- A direct message that can't be delivered may become replies, and alerts are locked before messages.
  if v_outcome in ('pause', 'blind', 'plain', 'dead') then
    perform from lead_bot.alerts a
      where a.id = any (array(
        select r.alert_id
          from lead_bot.messages d
          join lead_bot.message_alerts r on r.message_id = d.id
         where d.id = p_id and d.kind = 'dm'
      ))
      order by a.id
        for share;
  end if;
  select * into m from lead_bot.messages where id = p_id and lease_token = p_token for update;
  if not found then
    perform lead_bot.note_late_report(p_id, p_outcome);
    return false;
  end if;

  v_is_home := m.kind = 'home';
  -- One Home tab that Slack refuses says nothing about the others.
  if v_is_home and v_outcome in ('pause', 'gone', 'frozen') and not coalesce((p_outcome ->> 'everything')::boolean, false) then
    v_outcome := 'dead';
  end if;
  v_home_later := now() + case when m.looked_at > now() - interval '1 day' then interval '1 hour' else interval '1 day' end;
  v_posted := m.state = 'posted';
  v_in_slack := m.slack_ts is not null;
  v_unwanted := m.removal is not null;
  -- The post may have arrived, but for ten minutes the bot hasn't been able to read its channel.
  v_unsearchable := v_outcome = 'blind' and (not v_unwanted or m.kind = 'dm' and m.removal <> 'erased')
    and coalesce(m.attempted_at < now() - interval '10 minutes', false);

  -- Direct messages aren't worth a pause: their reader is gone, or the bot may not write to anyone.
  v_reader_refused := m.kind = 'dm' and v_outcome = 'pause' and not (p_outcome ->> 'everything')::boolean;
  if v_reader_refused then
    v_outcome := 'dead';
  end if;
  v_unreachable := v_reader_refused and not v_in_slack;
  v_refused_for_good := (not v_in_slack or v_unwanted) and not v_unreachable;

  v_can_fall_back := case v_outcome
    -- Updates too: cards queued behind this one shouldn't wait until the bot is re-invited.
    when 'pause' then not (p_outcome ->> 'everything')::boolean
    when 'dead' then m.kind in ('card', 'rollup') and m.state = 'pending' and not v_in_slack and not v_unwanted
    else m.kind in ('card', 'rollup') and v_unsearchable
  end;
  if v_can_fall_back and lead_bot.fall_back(p_id, m.channel, regexp_replace(v_reason, '^search: ', '')) then
    return true;
  end if;

  v_lost := v_unsearchable and (m.kind = 'dm' or m.kind = 'notice' and exists (
    select from lead_bot.card_channels c where c.channel = m.channel
  ));
  v_recheck_fails := v_posted and not v_unwanted and coalesce(m.recheck_at <= now(), false)
    and m.refusals + v_counts >= 5;
  -- With a recheck planned, this may be the copy that an earlier one has deleted before it could report.
  v_maybe_copy := v_posted and not v_unwanted and m.recheck_at is not null
    and coalesce(v_reason not like 'search: %', false);
  -- A reply that was given up with its card while it was being sent.
  v_given_up := m.state = 'gone' and not v_unwanted;
  v_new_recheck := case when m.recheck_at is not null then v_minute end;
  v_later_recheck := case when m.recheck_at > now() then m.recheck_at end;
  v_later_redraw := case when m.redraw_at > now() then m.redraw_at end;

  -- The transitions. Exactly one row applies.
  --   attempt  settled: the outcome is certain · open: Slack may have taken it · missed: a search didn't find it ·
  --            void: Slack didn't take it, so it doesn't count · refused: Slack will never take it
  --   recheck  when to search for a second copy
  --   redraw   when to repeat an update, in case Slack carries out an older one last
  select t.* into v_to
    from (values
    -- outcome      applies when                      state      attempt     next try        recheck          redraw
      ('shown',     v_posted and m.attempts > 1,      'posted',  'settled',  now(),          m.recheck_at,    v_minute),
      ('shown',     v_posted and m.attempts <= 1,     'posted',  'settled',  now(),          m.recheck_at,    v_later_redraw),
      ('shown',     not v_posted,                     'posted',  'settled',  now(),          v_new_recheck,   v_later_redraw),

      ('found',     true,                             'posted',  'settled',  now(),          v_new_recheck,   m.redraw_at),
      -- A late report may have asked for another recheck during this one.
      ('rechecked', true,                             m.state,   'settled',  m.next_try_at,  v_later_recheck, m.redraw_at),

      -- Two searches before a message is posted again, because a recheck follows. One that must be removed isn't
      -- posted again: its third search is the recheck.
      ('missing',   m.looks = 0,                      m.state,   'missed',   v_after_wait,   m.recheck_at,    m.redraw_at),
      ('missing',   m.looks > 0 and not v_unwanted,   m.state,   'missed',   now(),          m.recheck_at,    m.redraw_at),
      ('missing',   m.looks = 1 and v_unwanted,       m.state,   'missed',   v_minute,       m.recheck_at,    m.redraw_at),
      ('missing',   m.looks > 1 and v_unwanted,       'gone',    'missed',   now(),          m.recheck_at,    m.redraw_at),

      ('unclear',   v_posted or v_given_up,           m.state,   'open',     v_after_wait,   m.recheck_at,    m.redraw_at),
      ('unclear',   not (v_posted or v_given_up),     'unclear', 'open',     v_after_wait,   m.recheck_at,    m.redraw_at),

      ('later',     not v_recheck_fails,              m.state,   'void',     v_after_wait,   m.recheck_at,    m.redraw_at),
      ('later',     v_recheck_fails,                  m.state,   'settled',  v_after_wait,   null,            m.redraw_at),
      ('blind',     not v_lost,                       m.state,   'void',     v_after_wait,   m.recheck_at,    m.redraw_at),
      ('blind',     v_lost,                           'gone',    'void',     v_after_wait,   m.recheck_at,    m.redraw_at),
      ('pause',     true,                             m.state,   'void',     m.next_try_at,  m.recheck_at,    m.redraw_at),

      -- Sent again without blocks; refused even so, it is given up.
      ('plain',     not m.plain,                      m.state,   'void',     now(),          m.recheck_at,    m.redraw_at),
      ('plain',     m.plain and v_in_slack,           m.state,   'refused',  now(),          m.recheck_at,    null),
      ('plain',     m.plain and not v_in_slack,       'dead',    'refused',  now(),          m.recheck_at,    null),

      -- A second copy may still surface, so the planned recheck becomes one last search.
      ('removed',   m.recheck_at is null,             'gone',    'open',     now(),          null,            null),
      ('removed',   m.recheck_at is not null,         'unclear', 'missed',   m.recheck_at,   null,            null),

      ('gone',      not v_maybe_copy,                 'gone',    'open',     m.next_try_at,  null,            null),
      ('gone',      v_maybe_copy,                     m.state,   'refused',  now(),          now(),           null),
      -- lead_bot.replace_message takes over from here, unless the message must be removed anyway.
      ('frozen',    not v_maybe_copy,                 m.state,   'open',     m.next_try_at,  m.recheck_at,    m.redraw_at),
      ('frozen',    v_maybe_copy,                     m.state,   'refused',  now(),          now(),           null),

      -- Its reader can only wait, so it is tried again now and then, and at once when they open it.
      ('dead',      v_is_home,                        m.state,   'void',     v_home_later,   null,            null),
      -- A message in Slack is given up only until its next change.
      ('dead',      v_in_slack and not v_unwanted and not v_is_home, m.state,   'refused',  m.next_try_at,  null,            null),
      ('dead',      v_unreachable,                    'gone',    'refused',  m.next_try_at,  null,            null),
      ('dead',      v_refused_for_good,               'dead',    'refused',  m.next_try_at,  null,            null)
    ) t (outcome, applies, state, attempt, next_try, recheck, redraw)
   where t.outcome = v_outcome and t.applies;
  if not found then
    raise exception 'unknown outcome %', v_outcome using errcode = 'invalid_parameter_value';
  end if;

  -- Erased while it was being sent, and Slack certainly didn't take it.
  if v_unwanted and not v_in_slack and (v_to.state = 'dead' or v_to.state = 'pending' and v_to.attempt = 'void') then
    v_to.state := 'gone';
  end if;
  v_up_to_date := v_outcome = 'shown' and v_version >= m.wanted_version;
  if v_is_home and v_up_to_date and v_to.redraw is null then
    v_home_at := lead_bot.home_changes_at(m.slack_channel, m.looked_at);
  end if;

  update lead_bot.messages
     set lease_token = null, lease_until = null, last_error = v_reason,
         state = v_to.state, wanted_version = m.wanted_version + case when v_home_at is not null then 1 else 0 end,
         next_try_at = case when v_is_home and v_outcome = 'shown'
                            then coalesce(v_home_at, greatest(m.next_try_at, now() + interval '2 seconds'))
                            else v_to.next_try end,
         recheck_at = v_to.recheck, redraw_at = v_to.redraw,
         attempts = case v_to.attempt when 'void' then m.attempts - 1 when 'settled' then 0 when 'refused' then 0
                                      else m.attempts end,
         refusals = case when v_to.attempt in ('settled', 'refused') then 0 else m.refusals + v_counts end,
         looks = case when v_outcome = 'removed' then 2
                      when v_to.attempt = 'missed' then m.looks + 1
                      when v_to.attempt = 'settled' then 0
                      else m.looks end,
         attempted_at = case when v_to.attempt = 'settled' then null
                             when v_to.attempt in ('void', 'refused') and m.state = 'pending' then null
                             else m.attempted_at end,
         slack_channel = coalesce(p_outcome ->> 'channel', m.slack_channel),
         slack_ts = coalesce(v_ts, m.slack_ts),
         posted_at = case when v_outcome in ('shown', 'found')
                          then case when v_is_home then now() else coalesce(m.posted_at, now()) end
                          else m.posted_at end,
         shown_version = case
           when v_outcome = 'shown' then greatest(m.shown_version, v_version)
           when v_outcome = 'found' and m.recheck_at is null then coalesce(m.attempted_version, 0)
           -- After a second post this may be either copy, and the copy that a recheck keeps may be the older one.
           when v_outcome = 'found' or v_outcome = 'rechecked' and v_ts <> m.slack_ts then 0
           when v_to.attempt = 'refused' and v_in_slack then m.wanted_version
           else m.shown_version
         end,
         shown_hash = case
           when v_outcome = 'shown' and v_to.redraw is null then p_outcome ->> 'hash'
           when v_outcome in ('shown', 'found') or v_outcome = 'rechecked' and v_ts is distinct from m.slack_ts then null
           else m.shown_hash
         end,
         plain = m.plain or v_outcome = 'plain',
         urgent = m.urgent and (v_unwanted or not v_up_to_date),
         redaction = case when not v_up_to_date or v_to.redraw is not null then m.redaction end,
         sends = case
           when v_is_home or v_outcome not in ('shown', 'found') or not v_sent then m.sends
           -- The first one stays.
           else case when jsonb_array_length(m.sends) >= 20 then m.sends - 1 else coalesce(m.sends, '[]') end
             || jsonb_strip_nulls(jsonb_build_object(
                  'at', now(), 'by', lead_bot.calling_bot(), 'version', v_version, 'tries', m.attempts,
                  'taken_at', m.taken_at, 'found', case when v_outcome = 'found' then true end, 'lost', nullif(m.lost_leases, 0)
                ))
         end
   where id = p_id;

  case v_outcome
  when 'shown' then
    -- An update that wasn't sent, because Slack shows it already, proves nothing about the channel.
    if v_sent then
      perform lead_bot.note_channel_works(m.channel, not v_posted);
    else
      perform lead_bot.retry_channel(m.channel);
    end if;
  when 'removed' then
    perform lead_bot.retry_channel(m.channel);
  when 'pause' then
    perform lead_bot.pause_channel(case when (p_outcome ->> 'everything')::boolean then '*' else m.channel end, v_reason);
  when 'later' then
    if (p_outcome ->> 'whole_channel')::boolean then
      perform lead_bot.note_rate_limit(m.channel, v_posted, v_after_wait);
    end if;
  when 'frozen' then
    if not v_maybe_copy and not v_unwanted then
      perform lead_bot.replace_message(p_id);
    end if;
  else null;
  end case;

  -- What must not stay and can't be updated is deleted instead.
  if m.redaction is not null and v_in_slack and not v_unwanted and not v_is_home
    and (v_outcome in ('dead', 'frozen') or v_outcome = 'gone' and v_reason <> 'message_not_found'
         or v_outcome = 'plain' and m.plain)
  then
    perform lead_bot.unwant_messages(array[p_id], m.redaction);
  end if;

  if m.kind = 'dm' and v_to.state in ('gone', 'dead') and not v_in_slack and not v_unwanted then
    perform lead_bot.mention_instead(p_id);
  end if;
  if v_to.state in ('gone', 'dead') or v_outcome = 'frozen' then
    perform lead_bot.drop_replies(p_id);
  end if;
  return true;
end;
$$;
comment on function public.lead_bot_confirm is
  'Records the outcome of delivering a leased message. False when the lease has passed to another deliverer: nothing is recorded then, but the message is rechecked later. Who has first call, or is about to lose a lead, is mentioned in the thread if a direct message can''t reach them.';
revoke all on function public.lead_bot_confirm from public, anon, authenticated;
grant execute on function public.lead_bot_confirm to service_role, lead_bot;
