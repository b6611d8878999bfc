create or replace view lead_bot.alert_reasons as
select f.alert_id, r.reason
  from lead_bot.alert_facts f
 cross join lateral string_to_table(f.reasons, ', ') r (reason)
 where f.reasons <> '';
comment on view lead_bot.alert_reasons is
  'What spoke for each alert when it opened, one row for each reason.';
comment on column lead_bot.alert_reasons.reason is
  'A type of signal, or "api growth".';
revoke all on lead_bot.alert_reasons from public;
