import { beforeAll, expect, test } from 'vitest';
import { laterSql, UNMOVED } from '../../../src/sandbox/demo/later.ts';
import { runSql } from '../../../src/sandbox/supabase/postgres.ts';
import { testDatabase } from '../../support/supabase.ts';

const db = await testDatabase();

interface Column {
  relname: string;
  attname: string;
}

const columnsOf = (type: 'timestamptz' | 'jsonb'): Promise<Column[]> =>
  db.sql<Column>(
    `select c.relname, a.attname
       from pg_attribute a
       join pg_class c on c.oid = a.attrelid
      where c.relnamespace = 'lead_bot'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0
        and not a.attisdropped and a.atttypid = '${type}'::regtype
      order by 1, 2`,
  );

/** Everything the bot knows, in one row of each table. */
const ONE_ROW_EACH = `
  set session_replication_role = replica;
  do $$
  declare
    v_one record;
  begin
    for v_one in
      select k.conrelid::regclass as of, k.conname from pg_constraint k
       where k.connamespace = 'lead_bot'::regnamespace and k.contype in ('c', 'f')
      union all
      select k.conrelid::regclass, k.conname from pg_constraint k
       where k.connamespace = 'lead_bot'::regnamespace and k.contype in ('p', 'u')
    loop
      execute format('alter table %s drop constraint %I cascade', v_one.of, v_one.conname);
    end loop;
    for v_one in
      select a.attrelid::regclass as of, a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
       where c.relnamespace = 'lead_bot'::regnamespace and c.relkind = 'r' and a.attnum > 0 and a.attnotnull
         and a.attidentity = ''
    loop
      execute format('alter table %s alter %I drop not null', v_one.of, v_one.attname);
    end loop;
    for v_one in
      select c.oid::regclass as of,
             string_agg(format(case when a.atttypid = 'jsonb'::regtype then '%I = $2' else '%I = $1' end, a.attname), ', ')
               filter (where a.attgenerated = '' and a.atttypid in ('timestamptz'::regtype, 'jsonb'::regtype)) as times
        from pg_class c join pg_attribute a on a.attrelid = c.oid
       where c.relnamespace = 'lead_bot'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
       group by c.oid
    loop
      execute format('delete from %s', v_one.of);
      execute format('insert into %s default values', v_one.of);
      if v_one.times is not null then
        execute format('update %s set %s', v_one.of, v_one.times)
          using timestamptz '2026-03-04 12:00:00.123456+00',
                jsonb '{"at": "2026-03-04T12:00:00.123456+00:00", "note": "2026-03-04T12:00:00Z or so", "on": "2026-03-04",
                        "n": 7, "none": null, "empty": {}, "some": [{"at": "2026-03-04T12:00:00Z"}, "x"]}';
      end if;
    end loop;
  end;
  $$;
  reset session_replication_role;`;

beforeAll(async () => {
  await runSql(db.adminUrl, ONE_ROW_EACH);
  await runSql(db.adminUrl, `begin; ${laterSql('2 hours')} commit;`);
});

test('moves each time that the bot has noted, but for those with a reason', async () => {
  const columns = await columnsOf('timestamptz');
  expect(columns.length).toBeGreaterThan(40);
  const unmoved: string[] = [];
  for (const { relname, attname } of columns) {
    const [row] = await db.sql(
      `select ${attname} = '2026-03-04 10:00:00.123456+00' as moved from lead_bot.${relname}`,
    );
    if (row?.['moved'] !== true) unmoved.push(`${relname}.${attname}`);
  }
  expect(unmoved).toEqual(Object.keys(UNMOVED).sort());
});

test('moves times inside of JSON, and nothing else there', async () => {
  const columns = await columnsOf('jsonb');
  expect(columns.length).toBeGreaterThan(8);
  for (const { relname, attname } of columns) {
    const rows = await db.sql(`select ${attname} as value from lead_bot.${relname}`);
    expect(rows, `${relname}.${attname}`).toEqual([
      {
        value: {
          at: '2026-03-04T10:00:00.123456+00:00',
          note: '2026-03-04T12:00:00Z or so',
          on: '2026-03-04',
          n: 7,
          none: null,
          empty: {},
          some: [{ at: '2026-03-04T10:00:00+00:00' }, 'x'],
        },
      },
    ]);
  }
});

test('writes a period in a step as in its alert', async () => {
  const [row] = await db.sql(
    `select a.waits_since = s.period as same, u.before ->> 'at' = to_jsonb(a.waits_since) #>> '{}' as same_in_undo
       from lead_bot.alerts a, lead_bot.steps s, lead_bot.undos u`,
  );
  expect(row).toEqual({ same: true, same_in_undo: true });
});
