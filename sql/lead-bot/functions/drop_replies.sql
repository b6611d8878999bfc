create or replace function lead_bot.drop_replies(p_parent_id uuid)
returns void
language plpgsql volatile security definer set search_path = ''
as $$
begin
  update lead_bot.messages m
     set state = 'gone'
    from lead_bot.messages p
   where p.id = p_parent_id and p.state in ('gone', 'dead')
     and m.parent_id = p.id and m.state in ('pending', 'unclear') and m.removal is null;
end;
$$;
comment on function lead_bot.drop_replies is
  'Gives up the unposted replies below a message that is gone or dead: no thread, no reply.';
revoke all on function lead_bot.drop_replies from public;
