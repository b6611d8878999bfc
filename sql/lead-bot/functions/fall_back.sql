create or replace function lead_bot.fall_back(p_message_id uuid, p_channel text, p_reason text)
returns boolean
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_home text := (select p.alert_channel from lead_bot.poll_state p);
begin
  if v_home is null or v_home = p_channel then
    return false;
  end if;
  update lead_bot.card_channels c set refused = p_reason, refused_at = now() where c.channel = p_channel;
  if not found then
    return false;
  end if;
  -- Only what Slack has certainly not taken: one whose post may have arrived is looked for where it may stand, unless
  -- it is the one that nobody can look for any more. The others that wait for this channel go along. Nobody is waited
  -- for: whoever has one of them locked moves it in its own turn, and a reply goes where its card stands.
  with moving as (
    select m.id
      from lead_bot.messages m
     where m.channel = p_channel and m.due_at is not null and m.kind in ('card', 'rollup') and m.removal is null
       and (m.id = p_message_id and m.state in ('pending', 'unclear')
            or m.state = 'pending' and m.attempted_at is null and m.lease_token is null)
     order by m.id = p_message_id desc, m.id
     limit 200
       for no key update skip locked
  ),
  moved as (
    update lead_bot.messages m
       set channel = v_home, state = 'pending', next_try_at = now(), attempts = 0, attempted_at = null, looks = 0,
           recheck_at = null, lease_token = null, lease_until = null, last_error = p_reason, payload = m.payload || jsonb_build_object('meant_for', p_channel, 'refused', p_reason)
      from moving
     where m.id = moving.id
  ),
  below as (
    select n.id
      from lead_bot.messages n
      join moving on moving.id = n.parent_id
     where n.state = 'pending'
     order by n.id
       for no key update of n skip locked
  )
  update lead_bot.messages n set channel = v_home from below where n.id = below.id;
  return exists (select from lead_bot.messages m where m.id = p_message_id and m.channel = v_home);
end;
$$;
comment on function lead_bot.fall_back is
  'Moves a card or roll-up to ALERT_CHANNEL that Slack has refused in the channel its lead asked for, or that can''t be looked for there any more, with the others that wait there; false when it is not one of those.';
revoke all on function lead_bot.fall_back from public;
