create or replace function lead_bot.keep_undo(
  p_before lead_bot.alerts, p_kind text, p_actor text, p_note_id bigint default null, p_reply_id uuid default null,
  p_offer_id uuid default null, p_dm_id uuid default null
)
returns void
language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into lead_bot.undos (alert_id, actor, kind, note_id, reply_id, offer_id, dm_id, before)
  values (p_before.id, p_actor, p_kind, p_note_id, p_reply_id, p_offer_id, p_dm_id,
          to_jsonb(p_before) - array['contact_note', 'account_key', 'known', 'news', 'news_told_at', 'step_due_at', 'due_at',
                                     'reasons', 'opened_score', 'opened_figures'])
  on conflict (alert_id) do update
    set id = gen_random_uuid(), at = now(), actor = excluded.actor, kind = excluded.kind,
        note_id = excluded.note_id, reply_id = excluded.reply_id, offer_id = excluded.offer_id,
        dm_id = excluded.dm_id, before = excluded.before;
end;
$$;
comment on function lead_bot.keep_undo is
  'Keeps what an alert was before a gesture, so that its maker can undo it. The undo of any earlier gesture is gone.';
revoke all on function lead_bot.keep_undo from public;
