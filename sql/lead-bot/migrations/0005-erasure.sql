-- Personal data leaves again: after a time, or when somebody asks for it.
alter table lead_bot.alerts add column scrubbed_at timestamptz;
comment on column lead_bot.alerts.scrubbed_at is
  'When the personal data of a closed alert was removed because its time was over; null before.';
create index alerts_to_scrub on lead_bot.alerts (closed_at) where closed_at is not null and scrubbed_at is null;

alter table lead_bot.messages
  add column removal text check (removal in ('erased', 'expired')),
  add column redaction text check (redaction in ('erased', 'expired'));
comment on column lead_bot.messages.removal is
  'Why it is not to be in Slack any more; null while it may be. A message that is not there any more is gone.';
comment on column lead_bot.messages.redaction is
  'Why what Slack shows of it must not stay: should Slack never let it be updated, it is removed instead. Null when nothing of the kind is shown.';
create index messages_to_remove on lead_bot.messages (next_try_at)
  where state = 'posted' and removal is not null;

-- The history outlives its alerts, and names nobody: who a developer was is looked up while that is known.
alter table lead_bot.alert_events
  drop constraint alert_events_alert_id_fkey,
  drop constraint alert_events_kind_check,
  add constraint alert_events_kind_check check (
    kind in ('opened', 'joined', 'left', 'returned', 'claimed', 'released', 'contacted', 'cooled', 'erased')
  ),
  add column developer_id uuid;
comment on column lead_bot.alert_events.developer_id is 'Whom it is about: opened, joined, left, returned.';
comment on column lead_bot.alert_events.detail is 'One word of the bot, such as the method of a contact; never a text from outside.';

alter table lead_bot.alert_events disable trigger user;
update lead_bot.alert_events e
   set detail = null,
       developer_id = (
         select case when count(*) = 1 then min(m.developer_id::text)::uuid end
           from lead_bot.alert_leads m
           join public.developer_signups d on d.id = m.developer_id
          where m.alert_id = e.alert_id and coalesce(d.full_name, d.email) = e.detail
       )
 where e.kind in ('opened', 'joined', 'left', 'returned');
alter table lead_bot.alert_events enable trigger user;
alter table lead_bot.alert_events
  add constraint detail_is_a_word check (detail ~ '^[a-z][a-z_-]{0,40}$');

drop function if exists public.lead_bot_tidy();
