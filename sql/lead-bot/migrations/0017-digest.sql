-- A digest says how the queue got from the last one to this one, so it has to know what was in it then.

alter table lead_bot.messages add column queue uuid[];
comment on column lead_bot.messages.queue is
  'Of a digest: the alerts that were to be claimed or contacted when it was made, to be compared by the next one.';
create index alerts_by_hold on lead_bot.alerts (held_at) where held_at is not null;
create index alerts_by_outcome on lead_bot.alerts (outcome_at) where outcome_at is not null;

drop function if exists public.lead_bot_request_digest(text, date, timestamptz);
drop function if exists lead_bot.last_digest_at(text);
drop function if exists lead_bot.digest_rows(timestamptz);
drop function if exists lead_bot.digest_json(timestamptz);
