import { LEAD_TABLES } from '../../core/lead-tables.ts';
import { TABLES_ARE_NEW } from './lead-tables.ts';
import { doBlock, dollarQuoted, NOTE, step } from './step.ts';

export const PRIVATE_FILE = 'lead-scoring/private.sql';

/** Reports what can't be created on, or read from, lead tables of another role, and the grant that fixes it. */
export const reportMissingRights = doBlock(`declare
  v_owner record;
  v_relation regclass;
begin
  for v_owner in
    select c.relowner::regrole as role, string_agg(c.relname, ', ' order by c.relname) as names,
           string_agg(format('alter table public.%I owner to %I', c.relname, current_user), '; ' order by c.relname) as statements
      from pg_class c
     where c.oid = any (array[${LEAD_TABLES.map((name) => `to_regclass('public.${name}')`).join(', ')}])
       and c.relkind = 'r' and not pg_has_role(c.relowner, 'usage')
     group by 1
     order by 1
  loop
    raise info '${NOTE}Can''t create indexes on %: owned by %, not %. The bot works without them, only slower. To fix it, run "grant % to %", or as % "%"; then run db:apply again',
      v_owner.names, v_owner.role, current_user, v_owner.role, current_user, v_owner.role, v_owner.statements;
  end loop;
  for v_relation in
    select c.oid
      from pg_class c
     where c.oid = to_regclass('public.lead_scores') and c.relkind in ('r', 'p') and not has_table_privilege(c.oid, 'trigger')
  loop
    raise info '${NOTE}Can''t create triggers on %, so alerts come up to a minute late. To fix it, run "grant trigger on % to %" as its owner; then run db:apply again',
      v_relation, v_relation, current_user;
  end loop;
  for v_relation in
    select c.oid
      from pg_class c
     where c.oid = any (array[${[...LEAD_TABLES, 'lead_dashboard'].map((name) => `to_regclass('public.${name}')`).join(', ')}])
       and not has_table_privilege(c.oid, 'select')
     order by c.relname
  loop
    raise info '${NOTE}Can''t read % as %, the role of the bot''s functions. To fix it, run "grant select on % to %" as its owner',
      v_relation, current_user, v_relation, current_user;
  end loop;
end`);

export const makeLeadsPrivate = (sql: string, asked: boolean): string =>
  step(
    PRIVATE_FILE,
    doBlock(`begin
  if ${asked} or ${TABLES_ARE_NEW} then
    execute ${dollarQuoted('sql', sql)};
  end if;
end`),
  );
