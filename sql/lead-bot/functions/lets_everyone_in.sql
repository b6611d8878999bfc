create or replace function lead_bot.lets_everyone_in(p_condition text, p_role text)
returns boolean
language sql immutable set search_path = ''
as $$
  select case
    when p_condition is null then true
    when p_condition = 'false' then false
    when p_condition ~ '\m(true OR|OR true)\M' and p_condition !~ '\mAND\M' then true
    -- For the role itself, asking for it asks for nothing.
    when p_condition ~ ('^\(*( SELECT )?auth\.role\(\)( AS role\))? = ''' || p_role || '''::text\)*$') then true
    when p_condition ~ ('^\(*( SELECT )?auth\.role\(\)( AS role\))? = ANY \(ARRAY\[[^]]*''' || p_role || '''::text[^]]*\]\)*$') then true
    when p_role = 'authenticated' and p_condition ~ '^\(*( SELECT )?auth\.uid\(\)( AS uid\))? IS NOT NULL\)*$' then true
    else p_condition !~* 'auth\.\w+\(|current_setting|current_user|session_user|current_role|pg_has_role'
  end;
$$;
comment on function lead_bot.lets_everyone_in is
  'Whether a policy with this condition (as pg_get_expr has it) lets the role through whoever asks. It reads the text: what mentions the asker (auth.uid(), a claim, current_user) counts as looking at who asks; true, or a condition on the row alone, does not.';
revoke all on function lead_bot.lets_everyone_in from public;
