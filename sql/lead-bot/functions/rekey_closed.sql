create or replace function lead_bot.rekey_closed(p_limit int)
returns boolean
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_after uuid := (select p.rekey_after from lead_bot.poll_state p);
  v_ids uuid[];
begin
  if v_after is null then
    return false;
  end if;
  perform lead_bot.share_lead_tables();
  v_ids := array(select a.id from lead_bot.alerts a where a.id > v_after order by a.id limit p_limit);
  with due as (
    select a.id, k.key
      from unnest(v_ids) i (id)
     cross join lateral (
       select o.id, o.account_key, o.closed_at from lead_bot.alerts o where o.id = i.id offset 0
     ) a
     cross join lateral (
       select case
                when a.account_key not like 'lead:%' then lead_bot.normal_domain(a.account_key)
                else (select c.account_key
                        from lead_bot.accounts_of(array(
                          select substring(a.account_key from 6)::uuid
                           where a.account_key ~ '^lead:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                        )) c)
              end as key
       offset 0
     ) k
     -- Polls settle open ones, since two of them may merge.
     where a.closed_at is not null and k.key <> a.account_key and not lead_bot.is_mail_provider(k.key)
     order by a.id
  )
  update lead_bot.alerts a set account_key = due.key from due where a.id = due.id and a.closed_at is not null;
  update lead_bot.poll_state p
     set rekey_after = case when cardinality(v_ids) = p_limit then v_ids[p_limit] end
   where p.only_row;
  return cardinality(v_ids) = p_limit;
end;
$$;
comment on function lead_bot.rekey_closed is
  'Gives old closed alerts an account key in today''s form, p_limit at a time in id order; true if there may be more.';
revoke all on function lead_bot.rekey_closed from public;
