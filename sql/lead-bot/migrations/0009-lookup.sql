-- These have other arguments now: several addresses and names of which one may be what was meant, and pages of lists.
drop function if exists public.lead_bot_lookup(text[], text, text);
drop function if exists public.lead_bot_list(text, int);
drop function if exists lead_bot.account_asked(text[], text);
-- These return one column more.
drop function if exists lead_bot.companies_by_part(text);
drop function if exists lead_bot.companies_beside(text, int, int);
