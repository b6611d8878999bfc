-- pg_trgm serves near matches of company names. It may already be installed in a schema of the
-- user's choice, so the bot reaches it through a function of its own.
do $$
declare
  v_schema text;
begin
  if not exists (select from pg_catalog.pg_extension where extname = 'pg_trgm') then
    create schema if not exists extensions;
    create extension pg_trgm with schema extensions;
  end if;
  select n.nspname into v_schema
    from pg_catalog.pg_extension e
    join pg_catalog.pg_namespace n on n.oid = e.extnamespace
   where e.extname = 'pg_trgm';
  execute format(
    'create function lead_bot.similarity(p_a text, p_b text) returns real
     language sql immutable parallel safe
     return %I.similarity(p_a, p_b)', v_schema
  );
end;
$$;
comment on function lead_bot.similarity is 'Likeness of two texts by their trigrams, 0 to 1 (pg_trgm).';
revoke all on function lead_bot.similarity from public;
