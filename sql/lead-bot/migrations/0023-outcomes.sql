-- What becomes of alerts, for webhooks: events in order, each sent until it is delivered or three days have passed.
-- Nothing is written here while no bot has a URL.

create table lead_bot.outcome_endpoints (
  fingerprint text primary key,
  seen_at timestamptz not null default now(),
  failures int not null default 0,
  paused_until timestamptz,
  probe uuid,
  reason text,
  gone_at timestamptz
);
comment on table lead_bot.outcome_endpoints is
  'The URLs that bots send webhooks to, one unless a deployment changes it. Events are written while one of them was seen within three days.';
comment on column lead_bot.outcome_endpoints.fingerprint is 'SHA-256 of the URL, which may contain a secret.';
comment on column lead_bot.outcome_endpoints.seen_at is 'When a bot last asked for work for it, to the hour.';
comment on column lead_bot.outcome_endpoints.failures is 'How many attempts have failed since the last success, whichever event they were for.';
comment on column lead_bot.outcome_endpoints.probe is
  'The lease of the one attempt that finds out whether it works again. Only that one prolongs the pause.';
comment on column lead_bot.outcome_endpoints.gone_at is 'When it answered 410 (Gone), unless it has taken something since.';

create table lead_bot.outcome_queues (
  alert_id uuid primary key references lead_bot.alerts (id) on delete cascade,
  written int not null,
  is_cold boolean not null default false,
  due_at timestamptz,
  lease_token uuid
);
comment on table lead_bot.outcome_queues is
  'The order of an alert''s events: a bot leases the queue, and sends its first event that waits. Whoever adds or settles an event locks this row.';
comment on column lead_bot.outcome_queues.written is 'The sequence number of its newest event.';
comment on column lead_bot.outcome_queues.is_cold is 'Whether its newest event about heat said that it has cooled.';
comment on column lead_bot.outcome_queues.due_at is
  'When to send its first event that waits; while that is leased, when the lease ends. Null if none waits.';
create index outcome_queues_due on lead_bot.outcome_queues (due_at) where due_at is not null;

-- Below the queues, so that the deletion of an alert locks them in the order in which bots do.
create table lead_bot.outcomes (
  id uuid primary key default gen_random_uuid(),
  alert_id uuid not null references lead_bot.outcome_queues (alert_id) on delete cascade,
  sequence int not null,
  event_id bigint not null,
  at timestamptz not null default clock_timestamp(),
  type text not null,
  facts jsonb not null,
  owner text,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'set-aside')),
  attempts int not null default 0,
  give_up_at timestamptz not null default now() + interval '3 days',
  done_at timestamptz,
  last_error text,
  unique (alert_id, sequence),
  constraint done_says_when check ((state = 'waiting') = (done_at is null))
);
comment on table lead_bot.outcomes is
  'Events for webhooks, with what was true when they happened. Who did it is in the history, and names are looked up when it is sent.';
comment on column lead_bot.outcomes.id is 'The webhook-id: the same in every attempt.';
comment on column lead_bot.outcomes.event_id is 'Its line of lead_bot.alert_events. No foreign key: that has its own bound.';
comment on column lead_bot.outcomes.owner is 'Slack user id of the AE who had the alert after this.';
comment on column lead_bot.outcomes.last_error is 'Why the last attempt failed, in the bot''s words.';
create index outcomes_waiting on lead_bot.outcomes (alert_id, sequence) where state = 'waiting';
create index outcomes_by_age on lead_bot.outcomes (give_up_at) where state = 'waiting';
create index outcomes_done on lead_bot.outcomes (state, done_at) where done_at is not null;

alter table lead_bot.outcome_endpoints enable row level security;
alter table lead_bot.outcome_queues enable row level security;
alter table lead_bot.outcomes enable row level security;
revoke all on lead_bot.outcome_endpoints, lead_bot.outcome_queues, lead_bot.outcomes from public;
