create or replace function lead_bot.companies_fitting(p_names text[], p_profiles text[], p_part text, p_channels text[])
returns table (matches jsonb, fitting int)
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_step record;
  v_domains text[];
  v_names text[];
begin
  for v_step in
    select s.way, s.asked
      from (
        select 'page' as way, null as asked, 0 as turn where cardinality(p_profiles) > 0
        union all
        select w.way, n.name, 2 * n.place + w.turn
          from unnest(p_names) with ordinality n (name, place)
         cross join (values ('company', 0), ('person', 1)) w (way, turn)
        union all
        select 'part', p_part, null where p_part is not null
      ) s
     order by s.turn nulls last
  loop
    case v_step.way
    when 'page' then
      select array_agg(c.domain), array_agg(c.name) into v_domains, v_names
        from lead_bot.companies_linked(p_profiles) c;
    when 'company' then
      select array_agg(c.domain), array_agg(c.name) into v_domains, v_names
        from lead_bot.companies_named(v_step.asked) c;
    when 'person' then
      select array_agg(c.domain), array_agg(c.name) into v_domains, v_names
        from (select distinct * from lead_bot.companies_of_person(v_step.asked)) c;
    when 'part' then
      select array_agg(c.domain), array_agg(c.name) into v_domains, v_names
        from lead_bot.companies_containing(v_step.asked) c;
    end case;
    select o.* into matches, fitting from lead_bot.companies_offered(v_domains, v_names, 10, p_channels) o;
    if matches <> '[]' then
      return next;
      return;
    end if;
  end loop;
  matches := '[]';
  fitting := 0;
  return next;
end;
$$;
comment on function lead_bot.companies_fitting is
  'The companies that match, as lead_bot.companies_offered returns them: by LinkedIn page, else by name (tried in order), else by the name of a person, else by part of a name.';
revoke all on function lead_bot.companies_fitting from public;
