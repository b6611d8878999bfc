-- How long it took, and whether that was in time, is noted when it happens: gestures replace what an alert is.

alter table lead_bot.alerts
  add column opened_score int,
  add column reasons text,
  add column first_claimed_at timestamptz,
  add column claimed_in_time boolean,
  add column first_contacted_at timestamptz,
  add column contacted_in_time boolean;
-- Null of alerts from before this: what was first is unknown of them.
alter table lead_bot.alerts alter column reasons set default '';
comment on column lead_bot.alerts.opened_score is 'The score of the lead that opened it.';
comment on column lead_bot.alerts.reasons is
  'What spoke for it when it opened, in words with commas between: types of signals, and growth. Null if that wasn''t noted yet.';
comment on column lead_bot.alerts.first_claimed_at is 'When somebody first had it, unless that was undone.';
comment on column lead_bot.alerts.claimed_in_time is
  'Whether that was before its deadline; null while that is open, and without one.';
comment on column lead_bot.alerts.first_contacted_at is 'When somebody first reached out, unless that was undone.';
comment on column lead_bot.alerts.contacted_in_time is
  'Whether each owner reached out or passed it on before their deadline; null while that is open, and without one.';
comment on column lead_bot.alerts.due_at is
  'When time is up: to claim it, to contact it, or to say what came of it. Null without a deadline.';

alter table lead_bot.poll_state add column new_blocks_refused_at timestamptz;
comment on column lead_bot.poll_state.new_blocks_refused_at is
  'When Slack last refused blocks that not every workspace takes yet. A day later they are tried again.';
