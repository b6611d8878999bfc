create or replace function lead_bot.scrubbed_account_json(p_account_key text)
returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_domain text := case when p_account_key not like 'lead:%' then p_account_key end;
begin
  return jsonb_build_object(
    'key', p_account_key,
    'domain', v_domain,
    -- Without a company, its only other name is an e-mail address.
    'name', coalesce(lead_bot.enriched_name(v_domain), v_domain, 'A developer'),
    'leads', '[]'::jsonb, 'signals', '[]'::jsonb, 'stakeholders', '[]'::jsonb
  );
end;
$$;
comment on function lead_bot.scrubbed_account_json is
  'What is left of the account of a scrubbed alert: its company, and no person.';
revoke all on function lead_bot.scrubbed_account_json from public;
