-- Replaced by functions that read many at once.
drop function if exists lead_bot.message_json(uuid);
drop function if exists lead_bot.alert_json(uuid, boolean, boolean);
drop function if exists lead_bot.account_json(text, uuid, boolean, boolean);

-- While a table is empty all its indexes cost the same, and a plan that is made then is kept: the open alert of an
-- account was looked for by reading all open alerts in the order of one of these two. Only a question that compares
-- their column may use them.
drop index lead_bot.alerts_to_redraw;
drop index lead_bot.alerts_to_examine;
alter table lead_bot.alerts
  alter column examined_at drop not null,
  alter column redraw_due_at drop not null;
create index alerts_to_redraw on lead_bot.alerts (redraw_due_at) where closed_at is null and redraw_due_at is not null;
create index alerts_to_examine on lead_bot.alerts (examined_at) where closed_at is null and examined_at is not null;
