create or replace function lead_bot.give_up_unsent(p_alert_id uuid, p_why text)
returns void
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  with unsent as (
    select m.id from lead_bot.messages m
     where m.alert_id = p_alert_id and m.kind in ('card', 'dm') and m.state = 'pending' and m.attempted_at is null
     order by m.id
       for no key update
  ),
  given_up as (
    update lead_bot.messages m
       set state = 'gone', last_error = p_why
      from unsent
     where m.id = unsent.id
    returning m.id
  )
  update lead_bot.messages m
     set state = 'gone', last_error = p_why
    from given_up
   where m.parent_id = given_up.id and m.state = 'pending';
end;
$$;
comment on function lead_bot.give_up_unsent is
  'Gives up what couldn''t be sent while an alert was news: its card with the replies, and direct messages.';
revoke all on function lead_bot.give_up_unsent from public;
