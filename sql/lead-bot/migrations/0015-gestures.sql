-- What an AE can do with a lead besides claiming it. The statuses stay as they are: bots of the version before this
-- one read them.

-- Texts that AEs type. They stand apart from the append-only history, so that erasure and retention reach them.
create table lead_bot.alert_notes (
  id bigint generated always as identity primary key,
  alert_id uuid not null references lead_bot.alerts (id) on delete cascade,
  at timestamptz not null default clock_timestamp(),
  author text not null,
  kind text not null check (kind in ('note', 'contact', 'hand-over', 'not-a-fit', 'outcome')),
  word text,
  body text check (char_length(body) <= 3000)
);
comment on table lead_bot.alert_notes is
  'What AEs have written about an alert, and each time that one of them reached out.';
comment on column lead_bot.alert_notes.word is 'Of a contact the method, of not-a-fit the reason, of an outcome the outcome.';
comment on column lead_bot.alert_notes.body is 'Null when nothing was typed.';
create index alert_notes_by_alert on lead_bot.alert_notes (alert_id, id desc);

insert into lead_bot.alert_notes (alert_id, at, author, kind, word, body)
select a.id, a.contacted_at, a.owner, 'contact', a.contact_method, a.contact_note
  from lead_bot.alerts a
 where a.contacted_at is not null and a.owner is not null
 order by a.contacted_at;

alter table lead_bot.alerts
  add column hold text check (hold in ('snoozed', 'not-a-fit')),
  add column hold_by text,
  add column held_at timestamptz,
  add column hold_until timestamptz,
  add column hold_score int,
  add column hold_reason text check (
    hold_reason in ('customer', 'own-people', 'competitor', 'partner', 'too-small', 'duplicate', 'student', 'other')
  ),
  add column outcome text check (outcome in ('meeting', 'no-reply', 'not-now', 'won', 'lost')),
  add column outcome_at timestamptz,
  add column outcome_until timestamptz,
  add column touches int not null default 0,
  add column told_cold_at timestamptz,
  add constraint hold_is_whole check (hold is null or num_nulls(hold_by, held_at, hold_until) = 0),
  add constraint not_a_fit_has_reason check (hold is distinct from 'not-a-fit' or hold_reason is not null),
  add constraint outcome_follows_contact check (outcome is null or status = 'contacted');
comment on column lead_bot.alerts.hold is
  'Why nobody is to work on it for now; null when they are. A closed alert keeps the hold it ended with.';
comment on column lead_bot.alerts.hold_until is
  'When the hold ends. Earlier when the score has moved: then this is set to that moment.';
comment on column lead_bot.alerts.hold_score is 'The score when the hold began.';
comment on column lead_bot.alerts.outcome_until is 'Of the outcome not-now: when to try again.';
comment on column lead_bot.alerts.touches is 'How often somebody has reached out. The newest touch is in contacted_at and contact_method.';
comment on column lead_bot.alerts.told_cold_at is
  'When the owner was told, or the row in a list was redrawn, because the claimed lead has cooled; null when it hasn''t, or is hot again.';

update lead_bot.alerts a set touches = 1, contact_note = null where a.contacted_at is not null;

create index alerts_held on lead_bot.alerts (hold_until) where hold is not null and closed_at is null;
create index alerts_to_close on lead_bot.alerts (cooling_since)
  where closed_at is null and cooling_since is not null and status <> 'claimed' and hold is distinct from 'not-a-fit';
create index alerts_gone_cold on lead_bot.alerts (cooling_since)
  where closed_at is null and cooling_since is not null and status = 'claimed' and told_cold_at is null and hold is null;
create index alerts_forgotten on lead_bot.alerts (cooling_since) where closed_at is null and status = 'claimed';
drop index lead_bot.alerts_cooling;
create index alerts_without_outcome on lead_bot.alerts (owner, contacted_at desc)
  where status = 'contacted' and outcome is null;

comment on column lead_bot.alerts.contact_note is 'Always null: see lead_bot.alert_notes.';

create table lead_bot.undos (
  alert_id uuid primary key references lead_bot.alerts (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  at timestamptz not null default now(),
  actor text not null,
  kind text not null,
  before jsonb not null,
  note_id bigint,
  reply_id uuid
);
comment on table lead_bot.undos is
  'The newest gesture on each alert, and what the alert was before it. Whoever made it can undo it for ten minutes.';
comment on column lead_bot.undos.before is 'Columns of lead_bot.alerts that gestures change. No texts.';

alter table lead_bot.alert_notes enable row level security;
alter table lead_bot.undos enable row level security;
revoke all on lead_bot.alert_notes, lead_bot.undos from public;

alter table lead_bot.alert_events
  add column target text,
  drop constraint alert_events_kind_check,
  add constraint alert_events_kind_check check (
    kind in ('opened', 'joined', 'left', 'returned', 'claimed', 'released', 'contacted', 'cooled', 'erased',
             'moved', 'merged', 'absorbed',
             'handed-over', 'outcome', 'snoozed', 'not-a-fit', 'woke', 'noted', 'undone',
             'offered', 'passed', 'lapsed', 'kept', 'given-back')
  ) not valid;
comment on column lead_bot.alert_events.target is 'Slack user id of the AE whom it concerns: handed-over, offered, lapsed, given-back.';

alter table lead_bot.messages
  drop constraint messages_removal_check,
  add constraint messages_removal_check check (removal in ('erased', 'expired', 'undone')) not valid;

-- Managers can do it for others, and anyone when the owner is gone.
drop function if exists public.lead_bot_claim(uuid, text);
drop function if exists public.lead_bot_release(uuid, text);
drop function if exists public.lead_bot_contact(uuid, text, text, text);
drop function if exists lead_bot.log_event(uuid, text, text, text, text, text);
drop function if exists public.lead_bot_take(int, int);
