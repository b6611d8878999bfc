-- It takes the arguments of bots of the first versions, too.
drop function if exists public.lead_bot_lookup(text[], text[], text[], text[], text, boolean, text[]);
