-- A card that Slack lets nobody edit any more stands as it is, and a new one takes its place.
alter table lead_bot.messages
  add column replaces_channel text,
  add column replaces_ts text;
comment on column lead_bot.messages.replaces_ts is
  'Of a card that has taken the place of one that Slack lets nobody edit any more: where that one stands, together with replaces_channel. The old row is gone, and its dedupe_key begins with frozen:.';
create index messages_replacing on lead_bot.messages (created_at) where replaces_ts is not null;
