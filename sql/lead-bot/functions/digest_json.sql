create or replace function lead_bot.digest_json(p_since timestamptz)
returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_seqscan = off
as $$
begin
  return (
  select jsonb_build_object(
    'made_at', clock_timestamp(),
    'since', p_since,
    'counts', jsonb_build_object(
      'unclaimed', (select count(*) from lead_bot.alerts a where a.closed_at is null and a.status = 'open' and a.hold is null),
      'claimed', (select count(*) from lead_bot.alerts a where a.closed_at is null and a.status = 'claimed' and a.hold is null),
      'contacted', (select count(*) from lead_bot.alerts a where a.contacted_at > p_since and a.status = 'contacted'),
      'cooled', (select count(*) from lead_bot.alerts a where a.closed_at > p_since and a.status = 'cooled' and a.hold is distinct from 'not-a-fit'),
      'opened', (select count(*) from lead_bot.alerts a where a.opened_at > p_since and a.merged_into is null)
    )
  )
  );
end;
$$;
comment on function lead_bot.digest_json is
  'The frame of a digest: when it was made, the start of its period, and its counts.';
revoke all on function lead_bot.digest_json from public;
