import { doBlock, NOTE, reportChange } from './step.ts';

/** pg_trgm speeds up partial and fuzzy matches of names. It is optional. */
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
    raise info '${NOTE}Can''t install the extension pg_trgm (%): partial and fuzzy matches of names work without its indexes, only slower', sqlstate;
  end;
end`);
