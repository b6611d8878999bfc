-- pg_trgm may be installed in any schema, and may have been dropped and installed again.
do $$
declare
  v_schema text := (
    select n.nspname from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
     where e.extname = 'pg_trgm'
  );
begin
  execute format(
    'create or replace function lead_bot.similarity(p_a text, p_b text) returns real
     language sql immutable parallel safe set search_path = '''' as %L',
    case when v_schema is null then 'select case when p_a = p_b then 1 else 0 end::real'
         else format('select %I.similarity(p_a, p_b)', v_schema) end
  );
end;
$$;
comment on function lead_bot.similarity is
  'Likeness of two texts by their trigrams, 0 to 1 (pg_trgm); without the extension 1 for the same text, else 0.';
revoke all on function lead_bot.similarity from public;
