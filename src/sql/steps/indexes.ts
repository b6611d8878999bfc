import { TABLES_ARE_NEW } from './lead-tables.ts';
import { doBlock, reportChange } from './step.ts';

/** PL/pgSQL conditions: whether to build any index within the transaction, and whether this one. */
export interface IndexScope {
  enabled: string;
  includes: string;
}

export const NEW_TABLES: IndexScope = { enabled: TABLES_ARE_NEW, includes: 'true' };
export const SMALL_TABLES: IndexScope = {
  enabled: 'true',
  includes: 'pg_relation_size(v_index.table_id) < 8 * 1024 * 1024',
};

export const buildIndexesInScript = ({ enabled, includes }: IndexScope, left: string) =>
  doBlock(`declare
  v_index record;
begin
  if not coalesce(${enabled}, false) then
    return;
  end if;
  for v_index in
${left}
  loop
    if v_index.kind = 'build' and ${includes} then
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
    raise warning 'Lead Alerts: % indexes on big tables are still to build or drop. Run npm run db:apply, which does not block writes.', v_left;
  end if;
end`);
