create or replace function lead_bot.erase_person(p_email text)
returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_ids uuid[] := array(select d.id from public.developer_signups d where lower(d.email) = lower(p_email));
begin
  -- Enrichment knows people by name only: the one of the same company with the same name is the same one.
  delete from public.stakeholders s
   using public.developer_signups d
   where d.id = any (v_ids)
     and lower(s.company_domain) = lower(d.company_domain) and lower(s.full_name) = lower(d.full_name);
  return lead_bot.erase_leads(v_ids, null, 'person');
end;
$$;
comment on function lead_bot.erase_person is
  'Removes the developer with this e-mail address everywhere; for the operator, the bot has no right to call it. Returns counts, all of them 0 when nobody has it.';
revoke all on function lead_bot.erase_person from public;
