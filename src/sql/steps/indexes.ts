import { TABLES_ARE_NEW } from './lead-tables.ts';
import { doBlock, reportChange } from './step.ts';

/** Of which tables the transaction builds the indexes. PL/pgSQL. */
export interface IndexScope {
  isAny: string;
  isThis: string;
}

export const NEW_TABLES: IndexScope = { isAny: TABLES_ARE_NEW, isThis: 'true' };
export const SMALL_TABLES: IndexScope = {
  isAny: 'true',
  isThis: 'pg_relation_size(v_index.table_id) < 8 * 1024 * 1024',
};

export const buildIndexesInScript = ({ isAny, isThis }: IndexScope, left: string) =>
  doBlock(`declare
  v_index record;
begin
  if not coalesce(${isAny}, false) then
    return;
  end if;
  for v_index in
${left}
  loop
    if v_index.kind = 'build' and ${isThis} then
      execute replace(v_index.statement, 'create index concurrently', 'create index');
      ${reportChange('index')}
    end if;
  end loop;
end`);

export const warnOfPendingIndexes = (left: string): string =>
  doBlock(`declare
  v_left bigint := (select count(*) from (
${left}
  ) l);
begin
  if v_left > 0 then
    raise warning 'Lead Alerts: % indexes on big tables are left to build or drop. npm run db:apply does it while your pipeline writes.', v_left;
  end if;
end`);
