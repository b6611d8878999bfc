create or replace function lead_bot.add_note(
  p_alert_id uuid, p_author text, p_kind text, p_word text, p_body text
)
returns bigint
language sql volatile security definer set search_path = ''
as $$
  -- An alert whose personal data is past its retention time takes no more of it.
  insert into lead_bot.alert_notes (alert_id, author, kind, word, body)
  select a.id, p_author, p_kind, p_word, case when a.scrubbed_at is null then nullif(btrim(p_body), '') end
    from lead_bot.alerts a
   where a.id = p_alert_id
  returning id;
$$;
comment on function lead_bot.add_note is
  'Keeps what an AE typed, up to 3,000 characters, or a touch without a text; returns its id.';
revoke all on function lead_bot.add_note from public;
