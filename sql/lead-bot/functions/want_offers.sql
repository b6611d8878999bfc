create or replace function lead_bot.want_offers(p_alert_ids uuid[], p_to_owners boolean, p_rotation boolean)
returns boolean
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_wanted uuid[] := case when p_rotation then p_alert_ids else '{}' end;
begin
  -- Without the column, nothing looks for owners.
  if p_alert_ids <> '{}' and p_to_owners and not p_rotation and exists (
    select from pg_catalog.pg_attribute c
     where c.attrelid = to_regclass('public.lead_dashboard') and c.attname = 'owner_email' and not c.attisdropped
  ) then
    v_wanted := array(
      select a.id
        from unnest(p_alert_ids) a (id)
       cross join lateral (
         select m.developer_id
           from lead_bot.alert_leads m
          where m.alert_id = a.id
          order by m.entered_at, m.developer_id
          limit 1
       ) opener
       cross join lateral lead_bot.appended_values(opener.developer_id) v
       where v.owner_email is not null
    );
  end if;
  if v_wanted = '{}' then
    return false;
  end if;
  update lead_bot.alerts a set offer_due_at = now() where a.id = any (v_wanted) and a.status = 'open';
  return found;
end;
$$;
comment on function lead_bot.want_offers is
  'Has someone chosen to get first call on each of these new alerts that has an owner, or with a rotation on all of them; returns whether there are any.';
revoke all on function lead_bot.want_offers from public;
