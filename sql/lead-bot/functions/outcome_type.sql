create or replace function lead_bot.outcome_type(p_kind text, p_detail text, p_status text, p_hold text)
returns text
language sql immutable parallel safe set search_path = ''
as $$
  select case p_kind
    when 'opened' then 'lead.opened'
    when 'claimed' then 'lead.claimed'
    when 'released' then 'lead.released'
    when 'expired' then 'lead.released'
    when 'handed-over' then 'lead.handed_over'
    when 'given-back' then case p_status when 'open' then 'lead.released' else 'lead.handed_over' end
    when 'contacted' then 'lead.contacted'
    when 'outcome' then 'lead.outcome'
    when 'not-a-fit' then 'lead.not_a_fit'
    -- See lead_bot.reopen.
    when 'cooled' then case p_hold when 'not-a-fit' then 'lead.reopened' else 'lead.cooled' end
    when 'returned' then 'lead.hot_again'
    when 'joined' then 'lead.hot_again'
    when 'moved' then case p_detail when 'domain' then 'lead.moved' end
    when 'merged' then 'lead.merged'
    when 'absorbed' then 'lead.absorbed'
    -- The undo of something that wasn't reported isn't either.
    when 'undone' then case when p_detail in (
      'claimed', 'released', 'handed-over', 'given-back', 'contacted', 'outcome', 'not-a-fit'
    ) then 'lead.undone' end
  end;
$$;
comment on function lead_bot.outcome_type is
  'The type of webhook for a line of the history, given the status and the hold of its alert after it; null for none. lead.hot_again only if it had been reported as cooled.';
revoke all on function lead_bot.outcome_type from public;
