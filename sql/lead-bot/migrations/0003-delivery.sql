alter table lead_bot.messages
  add column refusals int not null default 0,
  add column redraw_at timestamptz;
comment on column lead_bot.messages.refusals is
  'How often in a row it was refused with a code that nobody knows, or could not be drawn.';
-- An update of unclear outcome may be carried out by Slack after a newer one, and then an old drawing
-- covers it.
comment on column lead_bot.messages.redraw_at is
  'When to send what is shown once more: an earlier update of unclear outcome may have covered it.';
create index messages_to_redraw on lead_bot.messages (redraw_at) where redraw_at is not null;
-- Nothing looks a message up by where it stands.
drop index lead_bot.messages_by_address;

alter table lead_bot.channels add column next_update_at timestamptz;
comment on column lead_bot.channels.next_update_at is
  'When messages may be updated again, of the row *: Slack limits updates for the whole workspace.';

drop function if exists public.lead_bot_resume(text);
drop function if exists public.lead_bot_request_digest(text, date);
drop function if exists lead_bot.prune_snapshots();
drop function if exists lead_bot.close_cooled(int);
