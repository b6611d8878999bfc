create or replace function lead_bot.forget_absences(p_limit int)
returns boolean
language plpgsql volatile security definer set search_path = '' set enable_seqscan = off
as $$
declare
  v_absences int;
begin
  -- Twice what the rotation looks back.
  delete from lead_bot.away w
   where w.id = any (array(
     select o.id from lead_bot.away o
      where o.until < now() - interval '60 days'
      order by o.until
      limit p_limit
   ));
  get diagnostics v_absences = row_count;
  return v_absences = p_limit;
end;
$$;
comment on function lead_bot.forget_absences is
  'Deletes up to p_limit absences that ended more than 60 days ago; true if there may be more.';
revoke all on function lead_bot.forget_absences from public;
