-- What the bot does by itself while an alert waits for a person: it reminds, warns, returns, asks and tells.

alter table lead_bot.alerts
  add column waits_since timestamptz,
  add column keeps int not null default 0,
  add column due_at timestamptz,
  add column step_due_at timestamptz,
  add column known jsonb,
  add column news jsonb,
  add column news_told_at timestamptz;
alter table lead_bot.alerts
  alter column waits_since set default now(),
  alter column step_due_at set default now();
comment on column lead_bot.alerts.waits_since is
  'Since when it has waited to be claimed, contacted, or given an outcome. Deadlines count from here; each new value is a new period.';
comment on column lead_bot.alerts.keeps is 'How often its owner has kept it after a warning, since they claimed it.';
comment on column lead_bot.alerts.due_at is
  'When its owner''s time is up: to contact it, or to say what came of it. Null without a deadline.';
comment on column lead_bot.alerts.step_due_at is 'When to look whether it needs a step; null for never.';
comment on column lead_bot.alerts.known is
  'What whoever works on it knows already: leads, signals, people, growth, score. Null until it is first looked at. Ids and hashes, no names.';
comment on column lead_bot.alerts.news is 'How it differs from what they know; null if it doesn''t, or not enough.';
create index alerts_by_step on lead_bot.alerts (step_due_at) where step_due_at is not null and closed_at is null;

update lead_bot.alerts a
   set waits_since = coalesce(a.contacted_at, a.claimed_at, a.opened_at),
       step_due_at = case when a.hold is null then now() end
 where a.closed_at is null;

create table lead_bot.steps (
  alert_id uuid not null references lead_bot.alerts (id) on delete cascade,
  kind text not null check (
    kind in ('reminder', 'escalation', 'warning', 'kept-again', 'return', 'follow-up', 'news')
  ),
  period timestamptz not null,
  at timestamptz not null default clock_timestamp(),
  message_id uuid,
  primary key (alert_id, kind, period)
);
comment on table lead_bot.steps is
  'What the bot has done by itself about an alert. The key has each done once in a period, however many bots run.';
comment on column lead_bot.steps.period is 'The alert''s waits_since when it was done; of news, when it was told.';
comment on column lead_bot.steps.message_id is
  'The message that told its reader; null if there was nobody to tell. A warning counts once this is in Slack.';
create index steps_by_message on lead_bot.steps (message_id) where message_id is not null;

create table lead_bot.muted (
  person text not null,
  kind text not null,
  at timestamptz not null default now(),
  primary key (person, kind)
);
comment on table lead_bot.muted is 'Which direct messages AEs have turned off.';

create index directs_by_reader on lead_bot.messages (channel, created_at) where kind = 'dm';
create index alerts_at_work on lead_bot.alerts (owner) where closed_at is null and owner is not null;
drop function if exists lead_bot.mention_instead(uuid, jsonb);

alter table lead_bot.poll_state add column deadlines jsonb not null default '{}';
comment on column lead_bot.poll_state.deadlines is
  'Since when each deadline has been set: claim, contact, follow_up. Nothing older expires by it.';

alter table lead_bot.alert_events
  drop constraint alert_events_kind_check,
  add constraint alert_events_kind_check check (
    kind in ('opened', 'joined', 'left', 'returned', 'claimed', 'released', 'contacted', 'cooled', 'erased',
             'moved', 'merged', 'absorbed',
             'handed-over', 'outcome', 'snoozed', 'not-a-fit', 'woke', 'noted', 'undone',
             'offered', 'passed', 'lapsed', 'kept', 'given-back',
             'reminded', 'escalated', 'warned', 'expired', 'asked')
  ) not valid;

alter table lead_bot.steps enable row level security;
alter table lead_bot.muted enable row level security;
revoke all on lead_bot.steps, lead_bot.muted from public;

-- They take more arguments now.
drop function if exists lead_bot.want_dm(uuid, text, text);
drop function if exists lead_bot.want_reply(uuid, text, jsonb);
