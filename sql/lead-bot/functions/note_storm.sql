create or replace function lead_bot.note_storm(p_shown int)
returns void
language sql volatile security definer set search_path = ''
as $$
  update lead_bot.poll_state p
     set storm_since = case when p.storm_since > now() - interval '1 minute' then p.storm_since else now() end,
         storm_cards = case when p.storm_since > now() - interval '1 minute' then p.storm_cards else 0 end + p_shown,
         storm_rollup = case when p.storm_since > now() - interval '1 minute' then p.storm_rollup end
   where p.only_row and (p_shown > 0 or p.storm_since <= now() - interval '1 minute' or p.storm_since is null);
$$;
comment on function lead_bot.note_storm is
  'Counts the cards of this minute: polls are a second apart, and a mass re-score spreads over several.';
revoke all on function lead_bot.note_storm from public;
