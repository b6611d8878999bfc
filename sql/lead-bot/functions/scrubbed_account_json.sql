create or replace function lead_bot.scrubbed_account_json(p_account_key text)
returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'key', p_account_key,
    'domain', d.domain,
    'name', coalesce(
      lead_bot.enriched_name(d.domain),
      d.domain,
      -- Its only other name is an e-mail address.
      'A developer'
    ),
    'leads', '[]'::jsonb, 'signals', '[]'::jsonb, 'stakeholders', '[]'::jsonb
  )
  from (select case when p_account_key not like 'lead:%' then p_account_key end as domain) d;
$$;
comment on function lead_bot.scrubbed_account_json is
  'What is left to say of the account of a scrubbed alert: its company, and no person.';
revoke all on function lead_bot.scrubbed_account_json from public;
