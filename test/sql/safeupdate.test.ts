import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { unqualifiedStatements } from '../support/unqualified-statements.ts';

const SQL = join(import.meta.dirname, '../../sql');
const files = readdirSync(SQL, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.sql'))
  .sort();

const found = (sql: string) =>
  unqualifiedStatements(sql).map(({ line, statement }) => `${line}: ${statement}`);

test('finds the SQL files of the bot and of the lead tables', () => {
  expect(files).toContain('lead-bot/functions/lead_bot_take.sql');
  expect(files.length).toBeGreaterThan(40);
});

test.each(files)('%s has a WHERE on every UPDATE and DELETE', (file) => {
  expect(found(readFileSync(join(SQL, file), 'utf8'))).toEqual([]);
});

test('detects a function of the bot that lost its WHERE', () => {
  const claim = readFileSync(join(SQL, 'lead-bot/functions/lead_bot_claim.sql'), 'utf8');
  const line = claim.split('\n').findIndex((text) => /^\s*update /.test(text)) + 1;
  expect(found(claim.replaceAll(/\bwhere\b/g, 'and'))).toContainEqual(
    expect.stringContaining(`${line}: update lead_bot.alerts`),
  );
});

test.each([
  ['update t set a = 1', 'update t'],
  ['UPDATE Only public."My ""t""" AS x SET a = 1;', 'update only public."my ""t""" as x'],
  ['delete from t', 'delete from t'],
  [
    'delete from only lead_bot.marks m using other o returning m.id',
    'delete from only lead_bot.marks m',
  ],
  ['update t set a = (select 1 from u where u.id = 1);', 'update t'],
  ['update t set a = 1; select 1 from u where true', 'update t'],
  ['update t set a = 1 -- where id = 1', 'update t'],
  ['update t set a = 1 /* where /* nested */ id = 1 */', 'update t'],
  [`update t set a = 'where'`, 'update t'],
  ['update t set "where" = 1', 'update t'],
  ['with gone as (delete from t returning id) select * from gone where true', 'delete from t'],
  ['with a as (select 1 where true) update t set b = 1 from a', 'update t'],
  ['insert into t select 1 where true; delete from t', 'delete from t'],
  [
    'do $$ begin for r in update t set a = 1 returning id loop perform 1 where true; end loop; end $$',
    'update t',
  ],
  ['create function f() returns void language sql as $f$ delete from t; $f$', 'delete from t'],
  [`do $a$ begin execute $b$ delete from t $b$; end $a$`, 'delete from t'],
  [`do $$ begin execute format('update %I.%I set a = ''x''', s, t); end $$`, 'update % i.% i'],
  [`do $$ begin execute 'delete from t'; end $$`, 'delete from t'],
  [`do $$ begin execute e'delete from t -- \\'\\n'; end $$`, 'delete from t'],
  ['merge into t using u on t.id = u.id when matched then delete; delete from t', 'delete from t'],
])('rejects %s', (sql, statement) => {
  expect(found(sql)).toEqual([`1: ${statement}`]);
});

test.each([
  'update t set a = 1 where id = 2',
  'update t as x set (a, b) = (select 1, 2) from u where u.id = x.id returning x.id',
  'delete from t using u where t.id = u.id',
  'delete from t where current of c',
  'with gone as (delete from t where id = 1 returning id) update u set a = 1 from gone where gone.id = u.id',
  'insert into t values (1) on conflict (id) do update set a = excluded.a',
  'merge into t using u on t.id = u.id when matched then update set a = 1 when not matched then do nothing',
  'merge into t using u on t.id = u.id when not matched by source then delete',
  'select 1 from t where id = 1 for update; set local search_path = public',
  'select 1 from t for no key update of t skip locked',
  'for r in select 1 from t for update loop update t set a = 1 where id = r.id; end loop',
  'create trigger x after update of a on t for each statement execute function f()',
  'create trigger x before delete or update on t for each row execute function f()',
  'create table t (a int references u on delete set null on update set null)',
  'create policy p on t for update using (true)',
  'grant select, update, delete on t to lead_bot',
  'revoke update on t from public; alter table t alter a set default 1',
  `comment on table t is 'To update t set a = 1'`,
  `update t set a = 'it''s' where true`,
  'update t set "set" = 1 where true',
])('accepts %s', (sql) => {
  expect(found(sql)).toEqual([]);
});
