create or replace function lead_bot.trigram_schema()
returns name
language plpgsql stable security definer set search_path = ''
as $$
begin
  return (
    select n.nspname
      from pg_catalog.pg_extension e
      join pg_catalog.pg_namespace n on n.oid = e.extnamespace
     where e.extname = 'pg_trgm'
       and 2 = (
         select count(distinct left(c.relname, 25))
           from pg_catalog.pg_index i
           join pg_catalog.pg_class c on c.oid = i.indexrelid
          where i.indrelid = to_regclass('public.company_enrichment') and i.indisvalid
            and c.relname ~ '^company_enrichment_(plain|domain)_trgm(_\d+)?$'
       )
  );
end;
$$;
comment on function lead_bot.trigram_schema is
  'The schema of the extension pg_trgm; null if it or one of its two indexes is missing, because a search for parts of names would then read everything.';
revoke all on function lead_bot.trigram_schema from public;
