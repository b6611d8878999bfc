-- A Home tab is a message that is only ever updated: everyone has one, and publishing it again replaces it.
alter table lead_bot.messages
  add column looked_at timestamptz,
  drop constraint messages_kind_check,
  add constraint messages_kind_check check (kind in ('card', 'rollup', 'digest', 'notice', 'dm', 'home')) not valid,
  add constraint home_has_reader check ((kind = 'home') = (looked_at is not null)) not valid;
comment on column lead_bot.messages.looked_at is
  'Of a Home tab: when its reader last opened it or turned a page of it. It is kept current for a day.';
create index homes_by_look on lead_bot.messages (looked_at) where looked_at is not null;
create index undos_by_actor on lead_bot.undos (actor, at);
create index alerts_free on lead_bot.alerts (score desc nulls last, opened_at, id)
  where closed_at is null and status = 'open' and hold is null and cooling_since is null;
drop index lead_bot.alerts_at_work;
create index alerts_at_work on lead_bot.alerts (owner, due_at) where closed_at is null and owner is not null;
-- It takes one more argument now.
drop function if exists lead_bot.touch_alerts(uuid[], boolean);
