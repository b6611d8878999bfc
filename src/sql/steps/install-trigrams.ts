import { doBlock, NOTE, reportChange } from './step.ts';

/** pg_trgm serves parts and near matches of names. Where it can't be had, the bot does without. */
export const installTrigrams = doBlock(`begin
  if exists (select from pg_extension where extname = 'pg_trgm')
     or not exists (select from pg_available_extensions where name = 'pg_trgm') then
    return;
  end if;
  begin
    if to_regnamespace('extensions') is null then
      create schema extensions;
    end if;
    create extension pg_trgm with schema extensions;
    ${reportChange('extension')}
  exception when others then
    raise info '${NOTE}the extension pg_trgm can''t be had (%): parts and near matches of names do without its indexes', sqlstate;
  end;
end`);
