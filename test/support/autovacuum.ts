/** SQL that turns autovacuum off for the tables `c` of `pg_class` that meet this condition. */
export const withoutAutovacuum = (condition: string): string => `
  do $$
  declare
    v_table regclass;
  begin
    for v_table in select c.oid from pg_class c where c.relkind = 'r' and ${condition} loop
      execute format('alter table %s set (autovacuum_enabled = off, toast.autovacuum_enabled = off)', v_table);
    end loop;
  end $$`;
