import { query } from '../support/apply-sql.ts';

/** Each lists objects of the schemas `public` and `lead_bot`, and what there is to know of each but its age. */
const PARTS: Readonly<Record<string, string>> = {
  schemas: `
    select n.nspname as name, pg_get_userbyid(n.nspowner) as owner, (select string_agg(a::text, ' ' order by a::text) from unnest(n.nspacl) a) as rights
      from pg_namespace n where n.nspname in ('public', 'lead_bot')`,
  relations: `
    select c.oid::regclass::text as name, c.relkind, pg_get_userbyid(c.relowner) as owner,
           (select string_agg(a::text, ' ' order by a::text) 
              from unnest(coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner))) a
           ) as rights,
           c.relrowsecurity, c.relforcerowsecurity, c.reloptions::text as options, c.relpersistence,
           obj_description(c.oid, 'pg_class') as comment,
           case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end as definition
      from pg_class c where c.relnamespace = any (schemas) and c.relkind in ('r', 'v', 'm', 'S', 'p', 'f')`,
  columns: `
    select c.oid::regclass::text as relation, a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
           a.attnotnull, a.attidentity, a.attgenerated, a.attacl::text as rights, a.attcollation::regcollation::text,
           pg_get_expr(d.adbin, d.adrelid) as value, col_description(c.oid, a.attnum) as comment
      from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
     where c.relnamespace = any (schemas) and c.relkind in ('r', 'v', 'm')`,
  constraints: `
    select k.conrelid::regclass::text as relation, k.conname, pg_get_constraintdef(k.oid) as definition,
           obj_description(k.oid, 'pg_constraint') as comment
      from pg_constraint k where k.connamespace = any (schemas)`,
  indexes: `
    select i.indrelid::regclass::text as relation, pg_get_indexdef(i.indexrelid) as definition, i.indisvalid,
           obj_description(i.indexrelid, 'pg_class') as comment
      from pg_index i join pg_class c on c.oid = i.indexrelid where c.relnamespace = any (schemas)`,
  functions: `
    select f.oid::regprocedure::text as name, pg_get_functiondef(f.oid) as definition,
           pg_get_userbyid(f.proowner) as owner,
           (select string_agg(a::text, ' ' order by a::text) 
              from unnest(coalesce(f.proacl, acldefault('f', f.proowner))) a
           ) as rights,
           obj_description(f.oid, 'pg_proc') as comment
      from pg_proc f where f.pronamespace = any (schemas) and f.prokind <> 'a'`,
  triggers: `
    select t.tgrelid::regclass::text as relation, pg_get_triggerdef(t.oid) as definition, t.tgenabled,
           obj_description(t.oid, 'pg_trigger') as comment
      from pg_trigger t join pg_class c on c.oid = t.tgrelid
     where c.relnamespace = any (schemas) and not t.tgisinternal`,
  policies: `select * from pg_policies p where p.schemaname in ('public', 'lead_bot')`,
  types: `
    select t.oid::regtype::text as name, t.typtype
      from pg_type t where t.typnamespace = any (schemas) and t.typtype in ('d', 'e', 'r')`,
  extensions: `select e.extname, e.extnamespace::regnamespace::text as schema from pg_extension e`,
  files: 'select name, checksum from lead_bot.applied_files',
  migrations: 'select name, checksum from lead_bot.migrations',
  providers: 'select * from lead_bot.mail_providers',
};

/**
 * The catalog as lines of text, each with the kind of object. Two databases of one version have the same lines.
 * @param url of the superuser
 */
export async function readCatalog(url: string): Promise<string[]> {
  const queries = Object.entries(PARTS).map(([part, text]) => {
    const one = text.replaceAll(
      '(schemas)',
      `(array['public', 'lead_bot']::regnamespace[]::oid[])`,
    );
    return `select '${part}: ' || to_jsonb(q)::text as line from (${one}) q`;
  });
  const rows = await query(url, `${queries.join('\nunion all\n')}\norder by 1`);
  return rows.map(({ line }) => String(line));
}
