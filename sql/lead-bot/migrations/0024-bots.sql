-- Which bot did it, and when: several run side by side, and one lead may pass through all of them. All new columns are
-- null of what is older, so no table is rewritten.

alter table lead_bot.alert_events add column bot text;
comment on column lead_bot.alert_events.bot is
  'lead_bot.calling_bot: the bot that wrote it, be it for an AE or by itself. Null if unknown.';

alter table lead_bot.crossings add column noted_at timestamptz, add column bot text;
comment on column lead_bot.crossings.noted_at is
  'When a poll took notice. Null if that wasn''t noted yet.';
comment on column lead_bot.crossings.bot is 'The bot of that poll; null if unknown.';

alter table lead_bot.outcomes add column bot text;
comment on column lead_bot.outcomes.bot is 'The bot that reported its last attempt; null if unknown.';

alter table lead_bot.steps add column bot text;
comment on column lead_bot.steps.bot is 'The bot that took it; null if unknown.';

alter table lead_bot.messages
  add column taken_at timestamptz,
  add column taken_by text,
  add column lost_leases int not null default 0,
  add column sends jsonb;
comment on column lead_bot.messages.taken_at is 'When it was last leased to a bot, to be drawn.';
comment on column lead_bot.messages.taken_by is 'That bot; null if unknown.';
comment on column lead_bot.messages.lost_leases is
  'How many leases ran out without a report: the bot was killed, or lost its database.';
comment on column lead_bot.messages.sends is
  'What Slack has confirmed, oldest first: the first and the newest 19 times that it was posted, found or updated. Of each at, by (the bot), version, tries, taken_at, found if a search found it, and lost (lost_leases by then). Null of a Home tab.';
