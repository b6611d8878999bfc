create or replace function lead_bot.forget_figures(p_history_days int, p_limit int)
returns boolean
language plpgsql volatile security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_until timestamptz := now() - make_interval(days => p_history_days);
  v_crossings int;
  v_pictures int;
begin
  delete from lead_bot.crossings c
   where c.id = any (array(
     select o.id from lead_bot.crossings o where o.at < v_until order by o.at limit p_limit
   ));
  get diagnostics v_crossings = row_count;
  delete from lead_bot.lead_pictures p
   using (
     select o.developer_id, o.taken_at from lead_bot.lead_pictures o
      where o.taken_at < v_until
      order by o.taken_at
      limit p_limit
   ) o
   where p.developer_id = o.developer_id and p.taken_at = o.taken_at;
  get diagnostics v_pictures = row_count;
  return v_crossings = p_limit or v_pictures = p_limit;
end;
$$;
comment on function lead_bot.forget_figures is
  'Deletes up to p_limit crossings and as many weekly pictures older than p_history_days; true if there may be more.';
revoke all on function lead_bot.forget_figures from public;
