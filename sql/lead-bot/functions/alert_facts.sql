create or replace view lead_bot.alert_facts as
select a.id as alert_id,
       a.account_key as company,
       coalesce(a.channel, (select p.alert_channel from lead_bot.poll_state p)) as channel,
       a.opened_at,
       a.closed_at,
       a.opened_score,
       (a.opened_score - (a.opened_score >= 100)::int) / 5 * 5 as score_band,
       a.reasons,
       a.owner,
       a.first_claimed_at is not null or a.claimed_at is not null as was_claimed,
       a.first_claimed_at,
       -- The server's clock may have been set back.
       case when a.first_claimed_at < a.opened_at then 0
            else date_part('epoch', a.first_claimed_at - a.opened_at)::int end as seconds_to_claim,
       coalesce(a.claimed_in_time, case
         when a.status = 'open' and a.first_claimed_at is null and a.reasons is not null and a.due_at <= now() then false
       end) as claimed_in_time,
       a.contacted_at is not null as was_contacted,
       a.first_contacted_at,
       case when a.first_contacted_at < a.first_claimed_at then 0
            else date_part('epoch', a.first_contacted_at - a.first_claimed_at)::int end as seconds_to_contact,
       coalesce(a.contacted_in_time, case
         when a.status = 'claimed' and a.first_contacted_at is null and a.reasons is not null and a.due_at <= now() then false
       end) as contacted_in_time,
       a.outcome,
       a.outcome_at,
       case when a.hold = 'not-a-fit' then a.hold_reason end as not_a_fit_reason
  from lead_bot.alerts a
 -- The alert that continues counts for both.
 where a.merged_into is null;
comment on view lead_bot.alert_facts is
  'One row per alert, for reports: what /lead stats counts. Two alerts of one company that turned out to be one are one row.';
comment on column lead_bot.alert_facts.company is 'Domain of the company.';
comment on column lead_bot.alert_facts.channel is 'Channel that its lead asked for, else ALERT_CHANNEL as it is now.';
comment on column lead_bot.alert_facts.opened_at is 'When its first lead turned hot, as the bot saw it.';
comment on column lead_bot.alert_facts.closed_at is 'When it was over; null while it is open.';
comment on column lead_bot.alert_facts.opened_score is 'Score of the lead that opened it. Null if that was not noted yet.';
comment on column lead_bot.alert_facts.score_band is 'Lower bound of five points: 80 is 80 to 84; 95 is 95 to 100.';
comment on column lead_bot.alert_facts.reasons is
  'What spoke for it when it opened: types of signals in lower case, and "api growth" for 50% or more, in alphabetical order with commas between. lead_bot.alert_reasons has a row for each. Null if that was not noted yet.';
comment on column lead_bot.alert_facts.owner is 'Slack user id of the AE who has it, or had it last without giving it up.';
comment on column lead_bot.alert_facts.was_claimed is 'Whether an AE has or had it, by a claim or a handover.';
comment on column lead_bot.alert_facts.first_claimed_at is
  'When an AE first had it, unless that was undone. Null also if that was not noted yet.';
comment on column lead_bot.alert_facts.seconds_to_claim is 'From opened_at to first_claimed_at, by the clock.';
comment on column lead_bot.alert_facts.claimed_in_time is
  'Whether it was claimed within CLAIM_WITHIN, which counts working time. Null while there is time left, and without a deadline.';
comment on column lead_bot.alert_facts.was_contacted is 'Whether an AE has reached out.';
comment on column lead_bot.alert_facts.first_contacted_at is
  'When an AE first reached out, unless that was undone. Null also if that was not noted yet.';
comment on column lead_bot.alert_facts.seconds_to_contact is 'From first_claimed_at to first_contacted_at, by the clock.';
comment on column lead_bot.alert_facts.contacted_in_time is
  'Whether each AE who had it reached out, or passed it on, within CONTACT_WITHIN. Null while there is time left, and without a deadline.';
comment on column lead_bot.alert_facts.outcome is 'meeting, no-reply, not-now, won or lost; null while nobody said.';
comment on column lead_bot.alert_facts.not_a_fit_reason is
  'Why an AE closed it as not a fit; null of all others.';
revoke all on lead_bot.alert_facts from public;
