create or replace function lead_bot.erase_person(p_email text)
returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_domain text := lead_bot.normal_domain(substring(p_email from '@([^@]*)$'));
  v_erased jsonb;
  v_ids uuid[] := array(select d.id from public.developer_signups d where lower(d.email) = lower(p_email));
begin
  -- Enrichment knows people only by name: the same name at the same company is the same person.
  delete from public.stakeholders s
   using public.developer_signups d
   where d.id = any (v_ids)
     and lead_bot.normal_domain(s.company_domain) = lead_bot.account_key(d.id, d.company_domain, d.email)
     and lead_bot.normal_name(s.full_name) = lead_bot.normal_name(d.full_name);
  v_erased := lead_bot.erase_leads(v_ids, null, 'person');
  -- An earlier run may have left something in Slack but nobody in the tables.
  return jsonb_set(v_erased, '{account_keys}', (v_erased -> 'account_keys') || to_jsonb(array_remove(array[v_domain], null)));
end;
$$;
comment on function lead_bot.erase_person is
  'Erases the developer with this e-mail address everywhere. For the operator; the bot may not call it. Returns counts, all 0 if nobody has it.';
revoke all on function lead_bot.erase_person from public;
