create or replace function public.lead_bot_confirm(p_id uuid, p_token uuid, p_outcome jsonb)
returns boolean
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_outcome text := p_outcome ->> 'outcome';
  v_reason text := left(p_outcome ->> 'reason', 500);
  v_wait interval := make_interval(secs => coalesce((p_outcome ->> 'after_seconds')::double precision, 0));
  v_message lead_bot.messages;
  v_scope text;
  v_redraw_at timestamptz;
begin
  select * into v_message
    from lead_bot.messages m
   where m.id = p_id and m.lease_token = p_token
     for update;
  if not found then
    -- What was sent under a lease that has passed on may be a second copy, or an old drawing over a newer
    -- one. When the lease of whoever has it now is over, both are looked after.
    update lead_bot.messages m
       set redraw_at = now() + interval '1 minute', recheck_at = now() + interval '1 minute',
           shown_hash = null
     where m.id = p_id and m.state = 'posted'
       and (v_outcome = 'unclear'
            -- The same report once more is no news.
            or v_outcome = 'shown'
               and (m.slack_ts <> p_outcome ->> 'ts' or m.shown_version > (p_outcome ->> 'version')::int
                    -- Data that has changed without a new version gives the same version two drawings.
                    or m.shown_hash is distinct from p_outcome ->> 'hash'));
    -- What counted as removed stands in Slack after all.
    update lead_bot.messages m
       set state = 'posted', slack_channel = p_outcome ->> 'channel', slack_ts = p_outcome ->> 'ts',
           next_try_at = now()
     where m.id = p_id and v_outcome = 'shown' and m.state = 'gone' and m.removal is not null;
    return false;
  end if;

  update lead_bot.messages m set lease_token = null, lease_until = null, last_error = v_reason where m.id = p_id;

  case v_outcome
  when 'shown' then
    v_redraw_at := case
      when v_message.state = 'posted' and v_message.attempts > 1 then now() + interval '1 minute'
      when v_message.redraw_at > now() then v_message.redraw_at
    end;
    update lead_bot.messages m
       set state = 'posted',
           slack_channel = coalesce(p_outcome ->> 'channel', m.slack_channel),
           slack_ts = coalesce(p_outcome ->> 'ts', m.slack_ts),
           posted_at = coalesce(m.posted_at, now()),
           shown_version = greatest(m.shown_version, (p_outcome ->> 'version')::int),
           redraw_at = v_redraw_at,
           -- Counted from when Slack had the post, which may be most of a lease after the take.
           recheck_at = case when v_message.state <> 'posted' and m.recheck_at is not null
                             then now() + interval '1 minute' else m.recheck_at end,
           shown_hash = case when v_redraw_at is null then p_outcome ->> 'hash' end,
           urgent = m.urgent and (m.wanted_version > (p_outcome ->> 'version')::int or m.removal is not null),
           redaction = case
             when m.wanted_version > (p_outcome ->> 'version')::int or v_redraw_at is not null then m.redaction
           end,
           attempted_at = null, attempts = 0, refusals = 0, looks = 0, next_try_at = now()
     where m.id = p_id;
    if v_message.state <> 'posted' then
      update lead_bot.card_channels c set refused = null, refused_at = null
       where c.channel = v_message.channel and c.refused is not null;
    end if;
    -- What Slack shows already is not sent, and says nothing about the channel.
    if coalesce((p_outcome ->> 'sent')::boolean, true) then
      update lead_bot.channels c
         set paused_until = null, pauses = 0, pause_reason = null
       where c.channel in ('*', v_message.channel) and c.pauses > 0;
    else
      update lead_bot.channels c
         set paused_until = now()
       where c.channel in ('*', v_message.channel) and c.pauses > 0;
    end if;
  when 'found' then
    -- A post of unclear outcome stands in Slack, showing what was wanted when it was made. After a second
    -- post nobody knows which of the two it is.
    update lead_bot.messages m
       set state = 'posted', slack_channel = p_outcome ->> 'channel', slack_ts = p_outcome ->> 'ts',
           posted_at = coalesce(m.posted_at, now()),
           shown_version = case when m.recheck_at is null then coalesce(m.attempted_version, 0) else 0 end,
           shown_hash = null,
           recheck_at = case when m.recheck_at is not null then now() + interval '1 minute' end,
           attempted_at = null, attempts = 0, refusals = 0, looks = 0, next_try_at = now()
     where m.id = p_id;
  when 'rechecked' then
    update lead_bot.messages m
       -- A time to come was set while this search was under way, by a report of something later.
       set recheck_at = case when m.recheck_at > now() then m.recheck_at end, attempts = 0, refusals = 0,
           slack_ts = coalesce(p_outcome ->> 'ts', m.slack_ts),
           shown_hash = case when p_outcome ->> 'ts' is not distinct from m.slack_ts then m.shown_hash end,
           -- The copy that stays may be the older one, which shows an older version.
           wanted_version = m.wanted_version + case when p_outcome ->> 'ts' <> m.slack_ts then 1 else 0 end
     where m.id = p_id;
  when 'missing' then
    update lead_bot.messages m
       set looks = m.looks + 1,
           next_try_at = now() + case when m.looks = 0 then v_wait
                                      when m.removal is not null then interval '1 minute' else '0' end,
           -- Before a message is posted again two looks are enough, because a recheck follows. What is to
           -- be removed is posted no more, and the third look is its recheck.
           state = case when m.removal is not null and m.looks >= 2 then 'gone' else m.state end
     where m.id = p_id;
  when 'unclear' then
    update lead_bot.messages m
       -- A reply is given up together with its message, also while it is under way.
       set state = case when m.state = 'posted' or m.state = 'gone' and m.removal is null then m.state
                        else 'unclear' end,
           next_try_at = now() + v_wait
     where m.id = p_id;
  when 'later' then
    -- Definitely not taken by Slack: a post is as good as never tried, and not counted against it.
    update lead_bot.messages m
       set next_try_at = now() + v_wait,
           attempted_at = case when m.state = 'pending' then null else m.attempted_at end,
           attempts = m.attempts - 1,
           refusals = m.refusals + (p_outcome ->> 'counts')::boolean::int
     where m.id = p_id;
    -- A second copy that can't be searched for is not worth more than a few tries.
    update lead_bot.messages m
       set recheck_at = null, attempts = 0, refusals = 0
     where m.id = p_id and m.state = 'posted' and m.removal is null and m.recheck_at <= now() and m.refusals >= 5;
    -- Slack limits new messages by channel, updates for the whole workspace, and one without the other.
    if (p_outcome ->> 'whole_channel')::boolean and v_message.state = 'posted' then
      insert into lead_bot.channels as c (channel, next_update_at) values ('*', now() + v_wait)
      on conflict (channel) do update set next_update_at = greatest(c.next_update_at, excluded.next_update_at);
    elsif (p_outcome ->> 'whole_channel')::boolean then
      insert into lead_bot.channels as c (channel, next_post_at) values (v_message.channel, now() + v_wait)
      on conflict (channel) do update set next_post_at = greatest(c.next_post_at, excluded.next_post_at);
    end if;
  when 'blind' then
    -- The channel in which it may stand can't be read: the bot has left it, or it is gone.
    update lead_bot.messages m
       set next_try_at = now() + v_wait, attempts = m.attempts - 1
     where m.id = p_id;
    if v_message.removal is null and v_message.attempted_at < now() - interval '10 minutes' then
      if v_message.kind in ('card', 'rollup') then
        perform lead_bot.fall_back(p_id, v_message.channel, regexp_replace(v_reason, '^search: ', ''));
      elsif exists (select from lead_bot.card_channels c where c.channel = v_message.channel) then
        update lead_bot.messages m set state = 'gone' where m.id = p_id and m.kind = 'notice';
      end if;
    end if;
  when 'pause' then
    -- Also when this is an update: the cards that wait behind it are not to wait until somebody invites the bot again.
    if not (p_outcome ->> 'everything')::boolean and lead_bot.fall_back(p_id, v_message.channel, v_reason)
      and v_message.state = 'pending'
    then
      return true;
    end if;
    v_scope := case when (p_outcome ->> 'everything')::boolean then '*' else v_message.channel end;
    insert into lead_bot.channels as c (channel, paused_until, pauses, pause_reason)
    values (v_scope, now() + interval '15 seconds', 1, v_reason)
    on conflict (channel) do update
      set pauses = least(c.pauses + 1, 20),
          pause_reason = excluded.pause_reason,
          -- 15 s, then doubling up to 5 min: an invitation is noticed soon, a dead channel costs little.
          paused_until = now() + least(interval '5 minutes', interval '15 seconds' * (2 ^ least(c.pauses, 10)));
    update lead_bot.messages m
       set attempts = m.attempts - 1,
           attempted_at = case when m.state = 'pending' then null else m.attempted_at end
     where m.id = p_id;
  when 'plain' then
    update lead_bot.messages m
       set plain = true, next_try_at = now(), attempts = m.attempts - 1,
           redraw_at = case when not m.plain then m.redraw_at end,
           attempted_at = case when m.state = 'pending' then null else m.attempted_at end,
           state = case when m.plain and m.slack_ts is null then 'dead' else m.state end,
           shown_version = case when m.plain and m.slack_ts is not null then m.wanted_version else m.shown_version end
     where m.id = p_id;
  when 'removed' then
    -- A second copy may still surface: the look that was planned for it is made.
    update lead_bot.messages m
       set state = case when m.recheck_at is null then 'gone' else 'unclear' end,
           next_try_at = coalesce(m.recheck_at, now()), looks = 2, recheck_at = null, redraw_at = null
     where m.id = p_id;
    -- It says nothing about what else may be done in a channel that is paused: the next one tries at once.
    update lead_bot.channels c
       set paused_until = now()
     where c.channel in ('*', v_message.channel) and c.pauses > 0;
  when 'gone', 'frozen' then
    if v_message.state = 'posted' and v_message.removal is null and v_message.recheck_at is not null
      and v_reason not like 'search: %' then
      -- A search for a second copy is not over. What is not there may be the one that it has deleted, before
      -- it could say so: it goes first now, and says where the other one stands.
      update lead_bot.messages m
         set shown_version = m.wanted_version, shown_hash = null, redraw_at = null,
             recheck_at = now(), next_try_at = now(), attempts = 0, refusals = 0
       where m.id = p_id;
    elsif v_outcome = 'frozen' then
      perform lead_bot.replace_message(p_id);
    else
      update lead_bot.messages m set state = 'gone', recheck_at = null, redraw_at = null where m.id = p_id;
    end if;
  when 'dead' then
    if v_message.state = 'pending' and v_message.slack_ts is null and v_message.kind in ('card', 'rollup')
      and v_message.removal is null and lead_bot.fall_back(p_id, v_message.channel, v_reason)
    then
      return true;
    end if;
    -- What stands in Slack is given up only until its next change.
    update lead_bot.messages m
       set state = case when m.slack_ts is null or m.removal is not null then 'dead' else m.state end,
           shown_version = case when m.slack_ts is null then m.shown_version else m.wanted_version end,
           attempted_at = case when m.state = 'pending' then null else m.attempted_at end,
           attempts = 0, refusals = 0, recheck_at = null, redraw_at = null
     where m.id = p_id;
  else
    raise exception 'unknown outcome %', v_outcome using errcode = 'invalid_parameter_value';
  end case;

  -- It was being sent when it was erased, and Slack has certainly not taken it.
  update lead_bot.messages m
     set state = 'gone'
   where m.id = p_id and m.removal is not null and m.slack_ts is null
     and (m.state = 'dead' or m.state = 'pending' and m.attempted_at is null);

  -- What must not stay and can never be updated is removed instead.
  if v_message.redaction is not null and v_message.slack_ts is not null and v_message.removal is null
    and (v_outcome in ('dead', 'frozen') or v_outcome = 'gone' and v_reason <> 'message_not_found'
         or v_outcome = 'plain' and v_message.plain)
  then
    perform lead_bot.unwant_messages(array[p_id], v_message.redaction);
  end if;

  -- What was to stand in the thread of a message that will not be there has no place any more.
  update lead_bot.messages m
     set state = 'gone'
    from lead_bot.messages p
   where p.id = p_id and p.state in ('gone', 'dead')
     and m.parent_id = p.id and m.state in ('pending', 'unclear') and m.removal is null;
  return true;
end;
$$;
comment on function public.lead_bot_confirm is
  'Records what became of a leased message; false when the lease has passed to someone else: then nothing is changed, but what was shown is looked after later.';
revoke all on function public.lead_bot_confirm from public, anon, authenticated;
grant execute on function public.lead_bot_confirm to service_role, lead_bot;
