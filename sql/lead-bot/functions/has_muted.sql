create or replace function lead_bot.has_muted(p_person text, p_kind text)
returns boolean
language sql stable security definer set search_path = ''
as $$
  select exists (
    select from lead_bot.muted d
     where d.person = p_person and d.kind = case p_kind when 'kept-again' then 'escalation' else p_kind end
  );
$$;
comment on function lead_bot.has_muted is
  'Whether a person has turned off direct messages of this kind: a step''s, or offer, hand-over, morning.';
revoke all on function lead_bot.has_muted from public;
