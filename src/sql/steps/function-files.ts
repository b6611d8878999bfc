import { createdObjects } from '../created-objects.ts';
import { checksumOf, nameOf, type SqlFile } from './sql-file.ts';
import { doBlock, dollarQuoted, reportChange, step } from './step.ts';

/**
 * Finds the files to run: new and changed ones, and those whose functions, views, triggers or grants are
 * missing or were altered since. A file that uses pg_trgm also runs when the extension was added, dropped or
 * moved, and one with triggers on lead_scores once db:apply may create them.
 */
export function findChangedFiles(files: readonly SqlFile[]): string {
  const rows = files.map(({ file, sql }) => {
    const objects = createdObjects(sql).map((object) => `'${object}'`);
    const asks = [sql.includes('pg_trgm'), objects.some((it) => / public\.lead_scores'$/.test(it))];
    return `  ('${nameOf(file)}', '${checksumOf(sql)}', ${asks.join(', ')}, array[${objects.join(', ')}]::text[])`;
  });
  return `create temporary table lead_alerts_files (
  name text primary key, checksum text, asks_for_pg_trgm boolean, asks_for_scores boolean,
  objects text[], to_run boolean default true
) on commit drop;
${rows.length > 0 ? `insert into pg_temp.lead_alerts_files (name, checksum, asks_for_pg_trgm, asks_for_scores, objects) values\n${rows.join(',\n')};` : ''}
update pg_temp.lead_alerts_files f
   set checksum = f.checksum || '+' || n.nspname
  from pg_extension e
  join pg_namespace n on n.oid = e.extnamespace
 where e.extname = 'pg_trgm' and f.asks_for_pg_trgm;
update pg_temp.lead_alerts_files f
   set checksum = f.checksum || '+triggers'
  from pg_class c
 where c.oid = to_regclass('public.lead_scores') and c.relkind in ('r', 'p')
   and has_table_privilege(c.oid, 'trigger') and f.asks_for_scores;
create temporary view lead_alerts_states as
select f.name, md5(string_agg(o.object || ' ' || coalesce(d.definition, 'is missing'), chr(10) order by o.object)) as state
  from pg_temp.lead_alerts_files f
  cross join lateral unnest(f.objects) o (object)
  cross join lateral (
    select split_part(o.object, ' ', 1) as kind, split_part(o.object, ' ', 2) as name,
           split_part(o.object, ' ', 3) as relation
  ) k
  cross join lateral (
    select case k.kind
      when 'function' then (
        select string_agg(pg_get_functiondef(p.oid) || coalesce(p.proacl::text, ''), chr(10) order by p.oid)
          from pg_proc p
         where p.pronamespace = to_regnamespace(split_part(k.name, '.', 1))
           and p.proname = split_part(k.name, '.', 2) and p.prokind in ('f', 'p')
      )
      when 'view' then (
        select concat(c.reloptions, c.relacl, r.ev_action)
          from pg_class c
          join pg_rewrite r on r.ev_class = c.oid
         where c.oid = to_regclass(k.name)
      )
      when 'trigger' then (
        select pg_get_triggerdef(t.oid)
          from pg_trigger t
         where t.tgrelid = to_regclass(k.relation) and t.tgname = k.name
      )
    end as definition
  ) d
 group by f.name;
update pg_temp.lead_alerts_files f
   set to_run = false
  from lead_bot.applied_files a
 where a.name = f.name and a.checksum = f.checksum
   and a.state = coalesce((select s.state from pg_temp.lead_alerts_states s where s.name = f.name), '');`;
}

export const applyFile = (file: string, sql: string): string =>
  step(
    file,
    doBlock(`begin
  if (select f.to_run from pg_temp.lead_alerts_files f where f.name = '${nameOf(file)}') then
    execute ${dollarQuoted('sql', sql)};
    ${reportChange('function')}
  end if;
end`),
  );

/** Runs after all files, since one may change what an earlier one created. */
export const recordAppliedFiles = (
  files: readonly SqlFile[],
): string => `insert into lead_bot.applied_files (name, checksum, state)
select f.name, f.checksum, coalesce(s.state, '')
  from pg_temp.lead_alerts_files f
  left join pg_temp.lead_alerts_states s on s.name = f.name
 where f.to_run
on conflict (name) do update
  set checksum = excluded.checksum, state = excluded.state, applied_at = excluded.applied_at;
delete from lead_bot.applied_files a
 where a.name <> all (array[${files.map(({ file }) => `'${nameOf(file)}'`).join(', ')}]::text[]);
drop view pg_temp.lead_alerts_states;`;
