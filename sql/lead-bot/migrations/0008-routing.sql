-- A lead may name the channel of its card, by a column alert_channel that the owner appends to lead_dashboard.
alter table lead_bot.alerts add column channel text, add column channel_unfit text;
comment on column lead_bot.alerts.channel is
  'The channel that the lead which opened the alert asked for, for the whole episode; null: ALERT_CHANNEL.';
comment on column lead_bot.alerts.channel_unfit is
  'What that lead asked for, cut to 80 characters, where it can''t be a channel; null when it can.';

create table lead_bot.card_channels (
  channel text primary key,
  used_at timestamptz not null default now(),
  first_rollup uuid,
  storm_rollup uuid,
  refused text,
  refused_at timestamptz
);
comment on table lead_bot.card_channels is
  'Channels that leads have asked for, beside ALERT_CHANNEL. Bounded: 50 of the last 90 days; older ones make room.';
comment on column lead_bot.card_channels.refused is
  'Why Slack last refused a card there, so that it went to ALERT_CHANNEL; null after one that got through.';
alter table lead_bot.card_channels enable row level security;
revoke all on lead_bot.card_channels from public;

alter table lead_bot.poll_state add column alert_channel text;
comment on column lead_bot.poll_state.alert_channel is
  'ALERT_CHANNEL of the bot that polled or started last: where cards go that can''t be posted where they should be.';
