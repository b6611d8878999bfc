create or replace function lead_bot.note_late_report(p_id uuid, p_outcome jsonb)
returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_outcome text := p_outcome ->> 'outcome';
begin
  -- It may have made a second copy, or drawn an older version over a newer one. Check both once the lease of the
  -- present holder is over.
  update lead_bot.messages m
     set redraw_at = now() + interval '1 minute', shown_hash = null,
         -- There is only one copy of a Home tab.
         recheck_at = case when m.kind <> 'home' then now() + interval '1 minute' end
   where m.id = p_id and m.state = 'posted'
     and (v_outcome = 'unclear'
          -- The same report a second time is no news.
          or v_outcome = 'shown'
             and (m.slack_ts <> p_outcome ->> 'ts' or m.shown_version > (p_outcome ->> 'version')::int
                  -- Lead data can change without a new version, so one version may have been drawn in two ways.
                  or m.shown_hash is distinct from p_outcome ->> 'hash'));
  -- It is searched for to be removed, or counts as removed, but is in Slack after all. Slack may not find it yet, so the
  -- present holder's search doesn't count.
  update lead_bot.messages m
     set state = 'posted', slack_channel = p_outcome ->> 'channel', slack_ts = p_outcome ->> 'ts',
         next_try_at = now(), lease_token = null, lease_until = null
   where m.id = p_id and v_outcome = 'shown' and m.state in ('pending', 'unclear', 'gone') and m.removal is not null;
  -- The same, but Slack may not have it. Whatever was searched for until now, it may turn up from now on.
  update lead_bot.messages m
     set state = 'unclear', looks = least(m.looks, 1), next_try_at = now(), lease_token = null, lease_until = null
   where m.id = p_id and v_outcome = 'unclear' and m.state in ('pending', 'unclear', 'gone') and m.removal is not null;
end;
$$;
comment on function lead_bot.note_late_report is
  'Takes a report from a deliverer whose lease has passed to another. It isn''t recorded, but if the message may have changed in Slack, it is drawn again and searched for copies a minute later.';
revoke all on function lead_bot.note_late_report from public;
