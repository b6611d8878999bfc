-- Members of a channel that a lead has named see and do what concerns its cards, and nothing else.
alter table lead_bot.access_refusals drop constraint access_refusals_why_check;
alter table lead_bot.access_refusals add constraint access_refusals_why_check check (
  why in (
    'external', 'guest', 'bot', 'deactivated', 'not-in-channel', 'other-channel', 'unchecked',
    'shared-channel', 'unknown-channel'
  )
);
-- These have one more argument now: the channels to whose cards the answer is limited.
drop function if exists public.lead_bot_lookup(text[], text[], text[], text[], text, boolean);
drop function if exists public.lead_bot_list(text, int, int, text, uuid);
drop function if exists lead_bot.companies_fitting(text[], text[], text);
drop function if exists lead_bot.companies_offered(text[], text[], int);
