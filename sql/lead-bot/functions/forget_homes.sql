create or replace function lead_bot.forget_homes(p_limit int)
returns boolean
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_idle uuid[] := array(
    select m.id from lead_bot.messages m
     where m.looked_at < now() - interval '7 days' and not m.payload ? 'idle'
     order by m.looked_at
     limit p_limit
       for no key update skip locked
  );
begin
  update lead_bot.messages m
     set payload = jsonb_build_object('user', m.slack_channel, 'pages', '{"mine": 0, "unclaimed": 0}'::jsonb, 'idle', true),
         wanted_version = m.wanted_version + 1, next_try_at = now()
   where m.id = any (v_idle);
  delete from lead_bot.messages m
   where m.id = any (array(
     select o.id from lead_bot.messages o
      where o.looked_at < now() - interval '90 days' and o.payload ? 'idle'
      order by o.looked_at
      limit p_limit
        for no key update skip locked
   ));
  return cardinality(v_idle) = p_limit;
end;
$$;
comment on function lead_bot.forget_homes is
  'Has up to p_limit Home tabs that nobody has looked at for a week drawn once more, without leads, and deletes those of 90 days ago; true if there may be more.';
revoke all on function lead_bot.forget_homes from public;
