create or replace function lead_bot.give_up_replies(p_limit int)
returns boolean
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  update lead_bot.messages m
     set state = 'gone', last_error = 'its thread is not there'
   where m.id = any (array(
           select r.id
             from lead_bot.messages r
             join lead_bot.messages p on p.id = r.parent_id and p.state in ('gone', 'dead')
            where r.parent_id is not null and r.state in ('pending', 'unclear') and r.removal is null
            limit p_limit
         ))
     and m.state in ('pending', 'unclear') and m.removal is null;
  return found;
end;
$$;
comment on function lead_bot.give_up_replies is
  'Gives up to p_limit replies up that were wanted in the moment in which their message was given up; true when there may be more.';
revoke all on function lead_bot.give_up_replies from public;
