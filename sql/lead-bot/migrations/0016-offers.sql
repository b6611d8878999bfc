-- Who has first call on a lead.

alter table lead_bot.alerts add column offer_due_at timestamptz;
comment on column lead_bot.alerts.offer_due_at is
  'When to choose whom to offer it to; null when it is not to be offered (again).';
create index alerts_to_offer on lead_bot.alerts (offer_due_at) where offer_due_at is not null and closed_at is null;

create table lead_bot.offers (
  id uuid primary key default gen_random_uuid(),
  alert_id uuid not null references lead_bot.alerts (id) on delete cascade,
  holder text not null,
  source text not null check (source in ('owner', 'rotation')),
  instead_of text,
  made_at timestamptz not null default clock_timestamp(),
  until timestamptz not null,
  ended_at timestamptz,
  ended text check (ended in ('claimed', 'passed', 'lapsed', 'withdrawn')),
  constraint ended_says_how check ((ended_at is null) = (ended is null))
);
comment on table lead_bot.offers is
  'Who had first call on an alert, until when, and how that ended. One runs at a time.';
comment on column lead_bot.offers.instead_of is
  'The AE who was away, for whom the holder covers.';
create unique index one_offer_per_alert on lead_bot.offers (alert_id) where ended_at is null;
create index offers_by_alert on lead_bot.offers (alert_id, made_at);
create index offers_by_holder on lead_bot.offers (holder, made_at);
create index offers_for_the_away on lead_bot.offers (instead_of, made_at) where instead_of is not null;
create index running_offers_by_holder on lead_bot.offers (holder) where ended_at is null;
create index offers_to_lapse on lead_bot.offers (until) where ended_at is null;

create table lead_bot.away (
  id bigint generated always as identity primary key,
  person text not null,
  since timestamptz not null default clock_timestamp(),
  until timestamptz not null,
  cover text,
  constraint away_ends_later check (until >= since),
  constraint nobody_covers_themselves check (cover is distinct from person)
);
comment on table lead_bot.away is
  'When AEs were or are away, and who covers for them. Kept for 60 days, for the fairness of the rotation.';
create index away_by_person on lead_bot.away (person, until desc);
create index away_by_end on lead_bot.away (until);

-- A lead handed over stays marked as such until its new owner keeps it, gives it back, or works on it.
alter table lead_bot.alerts
  add column handed_by text,
  add column handed_from text,
  add column handed_at timestamptz,
  add constraint handed_over_by_someone check ((handed_at is null) = (handed_by is null));
comment on column lead_bot.alerts.handed_from is
  'Who had it before it was handed over; null if nobody. Giving it back returns it there.';

alter table lead_bot.undos add column offer_id uuid, add column dm_id uuid;
comment on column lead_bot.undos.dm_id is 'The direct message that the gesture sent. An undo withdraws it.';

-- A direct message holds one alert, and is redrawn with it. Its channel is the user id until Slack names the conversation.
alter table lead_bot.messages
  drop constraint messages_kind_check,
  add constraint messages_kind_check check (kind in ('card', 'rollup', 'digest', 'notice', 'dm')) not valid;

alter table lead_bot.offers enable row level security;
alter table lead_bot.away enable row level security;
revoke all on lead_bot.offers, lead_bot.away from public;

drop function if exists public.lead_bot_claim(uuid, text);
