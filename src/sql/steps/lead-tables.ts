import { LEAD_TABLES } from '../../core/lead-tables.ts';
import { doBlock, dollarQuoted, reportChange, step } from './step.ts';

const tableNames = LEAD_TABLES.map((name) => `'${name}'`).join(', ');

export const TABLES_ARE_NEW = `current_setting('lead_alerts.made_tables', true) = 'yes'`;

export function createLeadTables(schema: string): string {
  const file = 'lead-scoring/schema.sql';
  return step(
    file,
    doBlock(`declare
  v_have text[] := array(
    select t from unnest(array[${tableNames}]) t where to_regclass('public.' || t) is not null);
  v_lack text[] := array(
    select t from unnest(array[${tableNames}]) t where to_regclass('public.' || t) is null);
begin
  if to_regclass('public.lead_dashboard') is not null then
    return;
  end if;
  if cardinality(v_have) > 0 then
    raise exception 'public has some of the lead tables (%) but not the view lead_dashboard%',
      array_to_string(v_have, ', '),
      case when cardinality(v_lack) > 0 then ', nor ' || array_to_string(v_lack, ', ') else '' end
      using errcode = 'LA001',
            hint = 'Complete the schema by hand from ${file}, or move these tables away.';
  end if;
  execute ${dollarQuoted('sql', schema)};
  perform set_config('lead_alerts.made_tables', 'yes', true);
  ${reportChange('lead tables')}
end`),
  );
}

export const requireLeadTables = doBlock(`begin
  if to_regclass('public.lead_dashboard') is null then
    raise exception 'there is no view public.lead_dashboard'
      using errcode = 'LA001', hint = 'Apply the lead tables too, or connect to the database that has them.';
  end if;
end`);

export function insertSampleLeads(seed: string): string {
  return step(
    'lead-scoring/seed.sql',
    doBlock(`begin
  if not exists (select from public.developer_signups) then
    execute ${dollarQuoted('sql', seed)};
    ${reportChange('sample leads')}
  end if;
end`),
  );
}
