create or replace function lead_bot.lets_everyone_in(p_condition text, p_role text)
returns boolean
language sql immutable set search_path = ''
as $$
  select case
    when p_condition is null then true
    when p_condition = 'false' then false
    when p_condition ~ '\m(true OR|OR true)\M' and p_condition !~ '\mAND\M' then true
    -- For the role itself, checking for it checks nothing.
    when p_condition ~ ('^\(*( SELECT )?auth\.role\(\)( AS role\))? = ''' || p_role || '''::text\)*$') then true
    when p_condition ~ ('^\(*( SELECT )?auth\.role\(\)( AS role\))? = ANY \(ARRAY\[[^]]*''' || p_role || '''::text[^]]*\]\)*$') then true
    when p_role = 'authenticated' and p_condition ~ '^\(*( SELECT )?auth\.uid\(\)( AS uid\))? IS NOT NULL\)*$' then true
    else p_condition !~* 'auth\.\w+\(|current_setting|current_user|session_user|current_role|pg_has_role'
  end;
$$;
comment on function lead_bot.lets_everyone_in is
  'Whether a policy with this condition (from pg_get_expr) admits the role, whoever the caller is. It reads the text: anything that mentions the caller (auth.uid(), a claim, current_user) counts as a check; true, or a condition on the row alone, doesn''t.';
revoke all on function lead_bot.lets_everyone_in from public;
