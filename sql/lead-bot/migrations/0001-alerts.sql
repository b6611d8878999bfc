-- The bot's own tables. Nothing here is exposed through the API: the bot reaches them through the
-- functions public.lead_bot_…, which are its whole surface.

create table lead_bot.alerts (
  id uuid primary key default gen_random_uuid(),
  account_key text not null,
  status text not null default 'open' check (status in ('open', 'claimed', 'contacted', 'cooled')),
  opened_at timestamptz not null default now(),
  closed_at timestamptz,
  cooling_since timestamptz,
  owner text,
  claimed_at timestamptz,
  contacted_at timestamptz,
  contact_method text check (contact_method in ('email', 'call', 'linkedin', 'meeting', 'other')),
  contact_note text check (char_length(contact_note) <= 3000),
  constraint open_has_no_owner check (status <> 'open' or (owner is null and claimed_at is null)),
  constraint claimed_has_owner check (
    status not in ('claimed', 'contacted') or (owner is not null and claimed_at is not null)
  ),
  constraint contacted_says_how check (
    status <> 'contacted' or (contacted_at is not null and contact_method is not null)
  ),
  constraint cooled_is_closed check (status <> 'cooled' or closed_at is not null)
);
comment on table lead_bot.alerts is
  'One hot episode of an account, from the poll that saw its first lead enter hot until the account has been out of hot for the re-arm time.';
comment on column lead_bot.alerts.account_key is
  'Lower-cased company domain, or lead:<developer id> for a lead without one.';
comment on column lead_bot.alerts.cooling_since is
  'Since when no lead of the alert has been hot; null while one is.';
comment on column lead_bot.alerts.owner is 'Slack user id of the AE who has the claim.';
create unique index one_open_alert_per_account on lead_bot.alerts (account_key) where closed_at is null;
create index alerts_by_account on lead_bot.alerts (account_key, opened_at desc);
create index alerts_by_owner on lead_bot.alerts (owner, claimed_at desc) where owner is not null;
create index alerts_by_contact on lead_bot.alerts (contacted_at) where contacted_at is not null;
create index alerts_by_close on lead_bot.alerts (closed_at) where closed_at is not null;

-- No foreign key onto developer_signups: it would stop the scoring pipeline from truncating its
-- own tables. A lead that has vanished counts as one that has left hot.
create table lead_bot.alert_leads (
  alert_id uuid not null references lead_bot.alerts (id) on delete cascade,
  developer_id uuid not null,
  entered_at timestamptz not null default now(),
  left_at timestamptz,
  score_at_entry int,
  primary key (alert_id, developer_id)
);
comment on table lead_bot.alert_leads is
  'Which developers belong to an alert, when each entered hot and, while it is out of hot, since when.';
create index alert_leads_by_developer on lead_bot.alert_leads (developer_id);

create table lead_bot.alert_events (
  id bigint generated always as identity primary key,
  alert_id uuid not null references lead_bot.alerts (id) on delete cascade,
  at timestamptz not null default clock_timestamp(),
  kind text not null check (
    kind in ('opened', 'joined', 'left', 'returned', 'claimed', 'released', 'contacted', 'cooled')
  ),
  actor text,
  detail text,
  from_status text,
  to_status text not null
);
comment on table lead_bot.alert_events is
  'Append-only: who did what, when, from which status to which. actor is null for the bot itself.';
create index alert_events_by_alert on lead_bot.alert_events (alert_id, id);

create table lead_bot.messages (
  id uuid primary key default gen_random_uuid(),
  kind text not null check (kind in ('card', 'rollup', 'digest', 'notice')),
  alert_id uuid references lead_bot.alerts (id) on delete cascade,
  parent_id uuid references lead_bot.messages (id) on delete cascade,
  channel text not null,
  dedupe_key text not null unique,
  payload jsonb not null default '{}',
  -- Messages of one poll keep their order: best lead first.
  created_at timestamptz not null default clock_timestamp(),

  wanted_version int not null default 1,
  shown_version int not null default 0,
  shown_hash text,
  urgent boolean not null default false,

  state text not null default 'pending' check (state in ('pending', 'unclear', 'posted', 'gone', 'dead')),
  slack_channel text,
  slack_ts text,
  posted_at timestamptz,
  plain boolean not null default false,

  next_try_at timestamptz not null default now(),
  attempts int not null default 0,
  attempted_at timestamptz,
  attempted_version int,
  looks int not null default 0,
  recheck_at timestamptz,
  lease_token uuid,
  lease_until timestamptz,
  last_error text,

  constraint posted_has_address check (state <> 'posted' or (slack_channel is not null and slack_ts is not null)),
  constraint notice_has_parent check (kind <> 'notice' or parent_id is not null)
);
comment on table lead_bot.messages is
  'A Slack message that should exist. Gestures, polls and timers raise wanted_version; the deliverer makes Slack show it.';
comment on column lead_bot.messages.state is
  'pending: not in Slack · unclear: an attempt may have reached Slack, look before posting again · posted: it stands at slack_channel/slack_ts · gone: a person deleted it · dead: refused for good.';
comment on column lead_bot.messages.urgent is 'A person is waiting for it: it goes before everything else.';
comment on column lead_bot.messages.plain is 'Slack refused the blocks of this message: it is shown as text only.';
comment on column lead_bot.messages.shown_hash is
  'Fingerprint of what Slack shows: a drawing that is the same is not sent again.';
comment on column lead_bot.messages.attempted_at is
  'When the first post was handed to the bot whose outcome is not known yet; null when there is none. Written before anything is sent.';
comment on column lead_bot.messages.looks is 'How often Slack was searched for a post of unclear outcome, without a find.';
comment on column lead_bot.messages.recheck_at is
  'When to search Slack for a second copy: set by a post that followed an unclear one.';
create index messages_to_do on lead_bot.messages (next_try_at)
  where state in ('pending', 'unclear') or (state = 'posted' and wanted_version > shown_version);
create index messages_to_recheck on lead_bot.messages (recheck_at) where recheck_at is not null;
create index digests_by_channel on lead_bot.messages (channel, created_at) where kind = 'digest';
create index messages_by_address on lead_bot.messages (slack_channel, slack_ts);
create index messages_by_parent on lead_bot.messages (parent_id) where parent_id is not null;

create table lead_bot.message_alerts (
  message_id uuid not null references lead_bot.messages (id) on delete cascade,
  alert_id uuid not null references lead_bot.alerts (id) on delete cascade,
  section text not null default 'alerts',
  position int not null default 0,
  primary key (message_id, alert_id)
);
comment on table lead_bot.message_alerts is
  'Which alerts a message shows, in which section and order: when an alert changes, these messages are drawn again.';
create index message_alerts_by_alert on lead_bot.message_alerts (alert_id);

create table lead_bot.channels (
  channel text primary key,
  next_post_at timestamptz not null default now(),
  paused_until timestamptz,
  pauses int not null default 0,
  pause_reason text
);
comment on table lead_bot.channels is
  'When the next new message may be posted in a channel (Slack: about one a second), and whether the channel is paused. The row * stands for all of Slack.';

create table lead_bot.lead_snapshots (
  id bigint generated always as identity primary key,
  developer_id uuid not null,
  taken_at timestamptz not null default now(),
  -- Snapshots are read in the order in which their transactions became visible, which neither an id
  -- nor a time gives: a long transaction commits small ids late.
  txid xid8 not null default pg_current_xact_id(),
  total_score int,
  tier text,
  company_score int,
  usage_score int,
  expansion_score int,
  champion_score int,
  timing_score int,
  api_calls_30d bigint,
  api_call_growth_pct numeric,
  team_member_count int,
  project_count int,
  billing_tier text,
  features_used text[] not null default '{}',
  suggested_action text
);
comment on table lead_bot.lead_snapshots is
  'What a lead looked like after a change of its score; answers "why hot now?".';
create index lead_snapshots_by_developer on lead_bot.lead_snapshots (developer_id, id desc);
create index lead_snapshots_by_transaction on lead_bot.lead_snapshots (txid);

create table lead_bot.poll_state (
  only_row boolean primary key default true check (only_row),
  first_poll_at timestamptz not null default now(),
  seen_before xid8 not null,
  refreshed_at timestamptz not null default now()
);
comment on table lead_bot.poll_state is
  'One row once the first poll is recorded. Snapshots of transactions before seen_before have been taken into account; refreshed_at is when all open alerts were last drawn anew.';

alter table lead_bot.alerts enable row level security;
alter table lead_bot.alert_leads enable row level security;
alter table lead_bot.alert_events enable row level security;
alter table lead_bot.messages enable row level security;
alter table lead_bot.message_alerts enable row level security;
alter table lead_bot.channels enable row level security;
alter table lead_bot.lead_snapshots enable row level security;
alter table lead_bot.poll_state enable row level security;

revoke all on schema lead_bot from public;
revoke all on all tables in schema lead_bot from public;
