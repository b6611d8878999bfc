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
  -- Only what Slack certainly hasn't taken. A post that may have arrived is searched for where it was sent, unless it
  -- is the given one, which can't be searched for any longer. The other cards waiting for this channel move too.
  -- Locked ones are skipped: their holder moves them. Replies follow their card.
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
           recheck_at = null, lease_token = null, lease_until = null, last_error = p_reason,
           payload = m.payload || jsonb_build_object('meant_for', p_channel, 'refused', p_reason)
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
  'Moves a card or roll-up to ALERT_CHANNEL because Slack refused it in the channel its lead asked for, or because that channel can''t be searched for it, together with the others waiting there. False if the channel isn''t one that a lead asked for.';
revoke all on function lead_bot.fall_back from public;
