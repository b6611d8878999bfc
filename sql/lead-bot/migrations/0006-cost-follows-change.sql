-- What runs every few seconds reads only what has changed, however many leads and however much history
-- there are.

-- Changed leads, as a queue. The trigger on lead_scores and the sweep insert, polls delete.
create table lead_bot.lead_marks (
  id bigint generated always as identity primary key,
  developer_id uuid,
  hot boolean not null,
  score jsonb,
  before jsonb,
  at timestamptz not null default clock_timestamp()
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
comment on table lead_bot.lead_marks is
  'A queue of developers whose score was written, or who differ from what the bot has noted. Bounded: a poll deletes what it has handled.';
comment on column lead_bot.lead_marks.developer_id is
  'Null: one statement changed so many leads that only those that became hot have marks of their own.';
comment on column lead_bot.lead_marks.score is
  'The total score as the table has it, whatever its type: jsonb compares numbers and refuses nothing.';
comment on column lead_bot.lead_marks.before is
  'Score, tier and components before the change that made the lead hot; null when they are not known.';
create index lead_marks_hot on lead_bot.lead_marks (id) where hot;

-- No foreign keys: neither the lead tables nor an alert that is removed by age may be held up.
create table lead_bot.crossings (
  id bigint generated always as identity primary key,
  developer_id uuid not null,
  at timestamptz not null,
  score int,
  before jsonb
);
comment on table lead_bot.crossings is
  'One row for each time a lead became hot, whether it got a card or not. Bounded: removed after HISTORY_DAYS.';
create index crossings_by_developer on lead_bot.crossings (developer_id, at desc);
create index crossings_by_time on lead_bot.crossings (at);

create table lead_bot.lead_pictures (
  developer_id uuid not null,
  taken_at timestamptz not null default now(),
  picture jsonb not null,
  primary key (developer_id, taken_at)
);
comment on table lead_bot.lead_pictures is
  'Score, components and usage of leads that were ever at 60 points or more, one picture a week. Bounded: removed after HISTORY_DAYS.';
create index lead_pictures_by_time on lead_bot.lead_pictures (taken_at);

create table lead_bot.sweep_state (
  only_row boolean primary key default true check (only_row),
  due_at timestamptz not null default '-infinity',
  swept_at timestamptz,
  ms int,
  missing int not null default 0,
  picture_after uuid,
  slowest_call text,
  slowest_ms int,
  slowest_at timestamptz
);
comment on table lead_bot.sweep_state is
  'One row: when leads were last compared with the open alerts as a whole, what that cost, and when it is due again.';
comment on column lead_bot.sweep_state.missing is
  'How many leads of open alerts the newest sweep did not find hot and has not believed yet.';
comment on column lead_bot.sweep_state.picture_after is 'The developer after whom the weekly pictures go on.';
comment on column lead_bot.sweep_state.slowest_call is
  'Which function of the bot was the slowest of the last hour, as the bots measure them. For npm run doctor.';

alter table lead_bot.alerts
  add column score int,
  add column examined_at timestamptz not null default now(),
  add column redraw_due_at timestamptz not null default now() + interval '1 hour';
comment on column lead_bot.alerts.score is
  'The best score of its leads as last seen: lists sort by it. What a card says is always read anew.';
comment on column lead_bot.alerts.redraw_due_at is
  'When to draw it again although no score has changed: signals, people and enrichment come without one.';
create index alerts_to_redraw on lead_bot.alerts (redraw_due_at) where closed_at is null;
create index alerts_to_examine on lead_bot.alerts (examined_at) where closed_at is null;
create index alerts_cooling on lead_bot.alerts (cooling_since) where closed_at is null and cooling_since is not null;
create index alerts_by_opening on lead_bot.alerts (opened_at);

alter table lead_bot.alert_leads
  add column active boolean not null default true,
  add column score int,
  add column missing_since timestamptz;
comment on column lead_bot.alert_leads.active is 'Whether the alert is open.';
comment on column lead_bot.alert_leads.missing_since is
  'Since when sweeps have not found the lead hot; a second sweep has to agree before that is believed.';
update lead_bot.alert_leads m
   set active = false
  from lead_bot.alerts a
 where a.id = m.alert_id and a.closed_at is not null;
update lead_bot.alert_leads m set score = m.score_at_entry where m.active;
update lead_bot.alerts a
   set score = (select max(m.score_at_entry) from lead_bot.alert_leads m where m.alert_id = a.id)
 where a.closed_at is null;
create index alert_leads_active on lead_bot.alert_leads (developer_id) where active;

-- The one definition of when a message has something to do, and how urgent that is.
alter table lead_bot.messages
  add column due_at timestamptz generated always as (
    case
      when state in ('pending', 'unclear')
        or state = 'posted' and (removal is not null or wanted_version > shown_version)
        then greatest(next_try_at, lease_until)
      when state = 'posted' and (redraw_at is not null or recheck_at is not null)
        then greatest(next_try_at, lease_until, least(redraw_at, recheck_at))
    end
  ) stored,
  add column rank smallint generated always as (
    case
      when removal is null and state in ('pending', 'unclear') and (attempted_at is null or looks >= 2)
        then case when urgent then 0 else 2 end + case when kind = 'card' then 0 else 1 end
      else case
        when urgent and coalesce(removal = 'erased', false) then 4
        when urgent then 5
        when removal = 'erased' then 6
        when kind = 'card' then 7
        else 8
      end
    end
  ) stored;
comment on column lead_bot.messages.due_at is
  'When the deliverer may take it; null when there is nothing to do.';
comment on column lead_bot.messages.rank is
  'Which one goes first. 0 to 3: a new post, of which a channel gets one a second; 4 to 8: everything else.';
create index messages_due on lead_bot.messages (channel, rank, due_at, created_at) where due_at is not null;
create index messages_by_alert on lead_bot.messages (alert_id) where alert_id is not null;
create index messages_dead on lead_bot.messages (created_at) where state = 'dead';
create index replies_unposted on lead_bot.messages (parent_id)
  where parent_id is not null and state in ('pending', 'unclear');
create index messages_to_erase on lead_bot.messages (id)
  where removal = 'erased' and state <> 'gone' or redaction = 'erased' and state in ('pending', 'unclear', 'posted');
-- Of messages that belong to no alert those of which Slack need not be told anything any more.
create index messages_to_forget on lead_bot.messages (created_at)
  where alert_id is null and (removal is null or state = 'gone' or state = 'dead' and removal = 'expired');
drop index lead_bot.messages_to_do;
drop index lead_bot.messages_to_recheck;
drop index lead_bot.messages_to_redraw;
drop index lead_bot.messages_to_remove;
-- What is still to be removed from Slack outlives the alert, and with it the message above.
alter table lead_bot.messages
  drop constraint notice_has_parent,
  add constraint notice_has_parent check (kind <> 'notice' or parent_id is not null or removal is not null);

-- What is over goes by age, in steps that find it in small indexes.
create index alerts_by_scrub on lead_bot.alerts (scrubbed_at) where scrubbed_at is not null;
create index alerts_to_forget on lead_bot.alerts (greatest(closed_at, contacted_at)) where scrubbed_at is not null;
create table lead_bot.past_alerts (
  alert_id uuid primary key,
  over_at timestamptz not null
);
comment on table lead_bot.past_alerts is
  'Alerts that are gone while their history is not. Bounded: a row goes together with the last line of its history.';
comment on column lead_bot.past_alerts.over_at is 'When the newest line of its history was written.';
create index past_alerts_by_time on lead_bot.past_alerts (over_at);
insert into lead_bot.past_alerts (alert_id, over_at)
select e.alert_id, max(e.at)
  from lead_bot.alert_events e
 where not exists (select from lead_bot.alerts a where a.id = e.alert_id)
 group by 1;
drop trigger if exists append_only on lead_bot.alert_events;

alter table lead_bot.poll_state
  alter column first_poll_at drop not null,
  alter column first_poll_at drop default,
  drop column seen_before,
  drop column refreshed_at,
  add column mass_change_at timestamptz not null default '-infinity',
  add column storm_since timestamptz,
  add column storm_cards int not null default 0,
  add column storm_rollup uuid,
  add column first_rollup uuid,
  add column history_days int not null default 730;
comment on table lead_bot.poll_state is
  'One row: where polls are. first_poll_at is null until everything that was hot at the beginning is recorded.';
comment on column lead_bot.poll_state.mass_change_at is
  'When a statement last changed very many leads: alerts that were examined before are examined again.';
comment on column lead_bot.poll_state.storm_since is
  'Since when cards count towards MAX_CARDS_PER_POLL; what is too much for a minute goes into storm_rollup.';
comment on column lead_bot.poll_state.history_days is
  'HISTORY_DAYS of the bot that tidied last: until this age, in days, nobody can delete from the history.';

-- What leads of open alerts looked like before they became hot. Everything else of the snapshots was
-- there to find that out.
insert into lead_bot.crossings (developer_id, at, score, before)
select m.developer_id, m.entered_at, m.score_at_entry,
       to_jsonb(s) - 'id' - 'txid' - 'developer_id' - 'suggested_action'
  from lead_bot.alert_leads m
  left join lateral (
    select * from lead_bot.lead_snapshots s
     where s.developer_id = m.developer_id and s.tier is distinct from 'hot' and s.taken_at <= m.entered_at
     order by s.id desc
     limit 1
  ) s on true
 where m.active;
drop trigger if exists lead_bot_snapshot_insert on public.lead_scores;
drop trigger if exists lead_bot_snapshot_update on public.lead_scores;
drop function if exists lead_bot.snapshot_scores();
drop view if exists lead_bot.leads;
drop table lead_bot.lead_snapshots;

drop function if exists lead_bot.is_hot(uuid);
drop function if exists lead_bot.enter_lead(uuid);
drop function if exists lead_bot.alert_json(uuid, boolean);
drop function if exists lead_bot.account_json(text, uuid, boolean);
drop function if exists lead_bot.follow_leads();
drop function if exists lead_bot.refresh_changed(bigint);
drop function if exists lead_bot.close_cooled(int, uuid[]);
drop function if exists public.lead_bot_tidy(int);
drop function if exists public.lead_bot_resume(text, text);
drop function if exists lead_bot.scrub_alerts(int, int);

alter table lead_bot.lead_marks enable row level security;
alter table lead_bot.crossings enable row level security;
alter table lead_bot.lead_pictures enable row level security;
alter table lead_bot.sweep_state enable row level security;
alter table lead_bot.past_alerts enable row level security;
revoke all on lead_bot.lead_marks, lead_bot.crossings, lead_bot.lead_pictures, lead_bot.sweep_state, lead_bot.past_alerts
  from public;
