create table lead_bot.access_refusals (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  actor text not null,
  team text,
  channel text,
  action text not null,
  why text not null check (
    why in (
      'external', 'guest', 'bot', 'deactivated', 'not-in-channel', 'unchecked',
      'shared-channel', 'unknown-channel'
    )
  ),
  -- As the button named it: there may never have been such an alert.
  alert_id uuid
);
comment on table lead_bot.access_refusals is
  'Append-only for a year: whom the bot let see or do nothing, and why. Slack ids only, no name, no e-mail address.';
create index access_refusals_by_actor on lead_bot.access_refusals (actor, at desc);
create index access_refusals_by_time on lead_bot.access_refusals (at);

create table lead_bot.seen_requests (
  fingerprint text primary key check (fingerprint ~ '^[0-9a-f]{64}$'),
  seen_at timestamptz not null default now()
);
comment on table lead_bot.seen_requests is
  'HTTP mode: requests of Slack that one of the bots has taken, by a hash of their signature, so that none is taken twice. Kept longer than a signature is valid.';
create index seen_requests_by_time on lead_bot.seen_requests (seen_at);

alter table lead_bot.access_refusals enable row level security;
alter table lead_bot.seen_requests enable row level security;
revoke all on lead_bot.access_refusals, lead_bot.seen_requests from public;
