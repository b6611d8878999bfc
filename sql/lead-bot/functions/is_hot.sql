create or replace function lead_bot.is_hot(p_developer_id uuid)
returns boolean
language sql stable security definer set search_path = ''
as $$
  select coalesce((
    select s.tier = 'hot'
      from public.lead_scores s
     where s.developer_id = p_developer_id
     order by s.scored_at desc nulls last, s.id desc
     limit 1
  ), false) and exists (
    select from public.developer_signups d where d.id = p_developer_id and d.is_company_email
  );
$$;
comment on function lead_bot.is_hot is
  'Whether lead_bot.leads has this developer as hot now, without the cost of the rest of the row.';
revoke all on function lead_bot.is_hot from public;
