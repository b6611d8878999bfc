create or replace function lead_bot.is_crm_url(p_text text)
returns boolean
language plpgsql immutable parallel safe set search_path = ''
as $$
begin
  return p_text ~* '^https?://[^[:space:]<>|"]+$' and length(p_text) <= 3000;
end;
$$;
comment on function lead_bot.is_crm_url is
  'Whether crm_url can be a button''s link: http or https, at most 3,000 characters (https://docs.slack.dev/reference/block-kit/block-elements/button-element).';
revoke all on function lead_bot.is_crm_url from public;
