create or replace function lead_bot.marks_but_entering()
returns bigint[]
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_hot uuid[] := array(select distinct k.developer_id from lead_bot.lead_marks k where k.hot limit 200);
  v_entering uuid[] := array(
    select (e.value ->> 'developer_id')::uuid from jsonb_array_elements(lead_bot.entering(v_hot)) e
  );
begin
  return array(
    select k.id from lead_bot.lead_marks k
     where not k.hot or k.developer_id = any (v_hot) and k.developer_id <> all (v_entering)
     order by k.id
     limit 1000
  );
end;
$$;
comment on function lead_bot.marks_but_entering is
  'The marks that an older bot version, which names none, may settle: all but those of leads still to enter.';
revoke all on function lead_bot.marks_but_entering from public;
