create or replace function lead_bot.forget_requests(p_limit int)
returns boolean
language plpgsql volatile security definer set search_path = '' set enable_seqscan = off
as $$
declare
  v_requests int;
  v_refusals int;
begin
  -- Twice the lifetime of Slack's signature.
  delete from lead_bot.seen_requests s
   where s.fingerprint = any (array(
     select o.fingerprint from lead_bot.seen_requests o
      where o.seen_at < now() - interval '10 minutes'
      order by o.seen_at
      limit p_limit
   ));
  get diagnostics v_requests = row_count;
  delete from lead_bot.access_refusals r
   where r.id = any (array(
     select o.id from lead_bot.access_refusals o
      where o.at < now() - interval '365 days'
      order by o.at
      limit p_limit
   ));
  get diagnostics v_refusals = row_count;
  return v_requests = p_limit or v_refusals = p_limit;
end;
$$;
comment on function lead_bot.forget_requests is
  'Deletes up to p_limit requests that can no longer be replayed, and as many refusals older than a year; true if there may be more.';
revoke all on function lead_bot.forget_requests from public;
