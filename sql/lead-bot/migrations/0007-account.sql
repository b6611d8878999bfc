-- One company, one account, however its domain is written, and none for people at a provider of personal addresses.
create table lead_bot.mail_providers (
  domain text primary key,
  gives_addresses boolean not null default true,
  by_hand boolean not null default true
);
comment on table lead_bot.mail_providers is
  'Domains that give addresses to anybody: whoever is known by nothing else belongs to no company. db:apply keeps the rows that are not by_hand. Bounded: a list of some nine thousand.';
comment on column lead_bot.mail_providers.gives_addresses is
  'False in a row by hand: a company after all, whatever the list says.';
comment on column lead_bot.mail_providers.by_hand is 'Whether somebody wrote it: then db:apply leaves it alone.';
alter table lead_bot.mail_providers enable row level security;
revoke all on lead_bot.mail_providers from public;

-- Two alerts turn out to be of one company: one of them goes on, the other one says so and is closed.
alter table lead_bot.alerts
  add column merged_into uuid,
  drop constraint alerts_status_check,
  add constraint alerts_status_check check (status in ('open', 'claimed', 'contacted', 'cooled', 'merged')),
  add constraint merged_is_closed check (merged_into is null and status <> 'merged' or closed_at is not null);
comment on column lead_bot.alerts.account_key is
  'lead_bot.account_key of its leads: the domain of their company, or lead:<developer id> where none is known.';
comment on column lead_bot.alerts.merged_into is
  'The alert of the same company that goes on in its place; null unless two were open when that turned out. It may be gone by now.';
create index alerts_by_merger on lead_bot.alerts (merged_into) where merged_into is not null;

alter table lead_bot.alert_events
  drop constraint alert_events_kind_check,
  add constraint alert_events_kind_check check (
    kind in ('opened', 'joined', 'left', 'returned', 'claimed', 'released', 'contacted', 'cooled', 'erased',
             'moved', 'merged', 'absorbed')
  );
comment on column lead_bot.alert_events.developer_id is
  'Whom it is about: opened, joined, left, returned, moved. Null of moved: the company has another domain now.';

-- Open alerts are looked at again at once, closed ones by lead_bot_tidy.
alter table lead_bot.poll_state add column rekey_after uuid;
comment on column lead_bot.poll_state.rekey_after is
  'Closed alerts up to this id have their account in today''s form; null: all of them.';
update lead_bot.poll_state p
   set rekey_after = '00000000-0000-0000-0000-000000000000', mass_change_at = clock_timestamp()
 where p.only_row;

drop function if exists lead_bot.account_key(uuid, text);
drop function if exists lead_bot.hot_now();
