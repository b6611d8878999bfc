create or replace function lead_bot.give_up_replies(p_limit int)
returns boolean
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  update lead_bot.messages m
     set state = 'gone', last_error = 'its thread is not there'
   where m.id = any (array(
           select r.id
             from (
               select w.id, w.parent_id from lead_bot.messages w
                where w.parent_id is not null and w.state in ('pending', 'unclear') and w.removal is null
                limit 2000
             ) r
             join lead_bot.messages p on p.id = r.parent_id and p.state in ('gone', 'dead')
            limit p_limit
         ))
     and m.state in ('pending', 'unclear') and m.removal is null;
  return found;
end;
$$;
comment on function lead_bot.give_up_replies is
  'Gives up to p_limit replies up that were queued just as their parent was given up, looking at 2,000 waiting ones; true if there may be more.';
revoke all on function lead_bot.give_up_replies from public;
