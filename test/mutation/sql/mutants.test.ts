import { expect, test } from 'vitest';
import { readSource, sqlFiles } from '../../support/source-files.ts';
import { changeOf, equivalents } from './equivalents.ts';
import { functionIn, type Mutant, mutantsOf } from './mutants.ts';

const bodyOf = (body: string): string => `create or replace function lead_bot.sample(p_id uuid)
returns void
language plpgsql set search_path = ''
as $$
${body}
$$;
comment on function lead_bot.sample is 'Where a = b and c < 1.';
revoke all on function lead_bot.sample from public;
`;
const mutantsIn = (body: string): Mutant[] => mutantsOf(functionIn('sample.sql', bodyOf(body)));
const changesOf = (body: string, rule?: string): string[] =>
  mutantsIn(body)
    .filter((mutant) => rule === undefined || mutant.rule === rule)
    .map(({ to }) => to);

const CASES: readonly { body: string; rule: string; to: readonly string[] }[] = [
  {
    rule: 'condition dropped',
    body: 'select x from a where a.id = p_id and (b or c) order by x',
    to: [
      'select x from a where true and (b or c) order by x',
      'select x from a where a.id = p_id and true order by x',
      'select x from a where a.id = p_id and (false or c) order by x',
      'select x from a where a.id = p_id and (b or false) order by x',
    ],
  },
  {
    rule: 'condition dropped',
    body: 'if a between 1 and 2 then',
    to: ['if true then', 'if false then'],
  },
  {
    rule: 'condition dropped',
    body: 'select case k when 1 then 2 end from a left join b on b.id = a.id',
    to: ['select case k when 1 then 2 end from a left join b on true'],
  },
  {
    rule: 'comparison shifted',
    body: 'return a <= b or c is not distinct from d or e <> all (f);',
    to: [
      'return a < b or c is not distinct from d or e <> all (f);',
      'return a <= b or c is not distinct from d or e = any (f);',
      'return a <= b or c is distinct from d or e <> all (f);',
    ],
  },
  { rule: 'comparison shifted', body: 'return a <= now();', to: ['return a > now();'] },
  {
    rule: 'limit moved',
    body: `select least(a, interval '4 days') limit 50`,
    to: [
      `select greatest(a, interval '4 days') limit 50`,
      `select least(a, interval '8 days') limit 50`,
      `select least(a, interval '2 days') limit 50`,
      `select least(a, interval '4 days') limit 100`,
      `select least(a, interval '4 days') limit 25`,
    ],
  },
  { rule: 'number moved', body: 'return a[1];', to: ['return a[2];', 'return a[0];'] },
  {
    rule: 'order turned',
    body: 'select a order by b desc nulls last, c limit 1',
    to: [
      'select a order by b nulls last, c limit 1',
      'select a order by b desc nulls first, c limit 1',
      'select a order by b desc nulls last, c desc limit 1',
    ],
  },
  { rule: 'order dropped', body: 'select array_agg(a order by a)', to: ['select array_agg(a )'] },
  { rule: 'default dropped', body: 'return coalesce(a, b, 0);', to: ['return coalesce(a, b);'] },
  {
    rule: 'call dropped',
    body: 'perform lead_bot.f(1); perform lead_bot.share_lead_tables();',
    to: ['null; perform lead_bot.share_lead_tables();'],
  },
];

test.each(CASES)('$rule: $body', ({ rule, body, to }) => {
  expect(changesOf(body, rule).toSorted()).toEqual(to.toSorted());
});

test('changes nothing in strings, comments and messages, and nothing that only locks', () => {
  const quiet = `-- where a = b and c < 1
    /* order by a desc limit 1 */
    raise exception 'a = % and b', a = b using errcode = '22023';
    perform from lead_bot.alerts a where a.id = p_id and a.open order by a.id for no key update;
    v_text := 'where a = b and not c limit 1';`;
  expect(changesOf(quiet)).toEqual([]);
});

test('changes the statement that a string holds for execute', () => {
  const dynamic = `return query execute format('select %1$s from a where b = '''' limit 4', c);`;
  expect(changesOf(dynamic, 'comparison shifted')).toEqual([
    `return query execute format('select %1$s from a where b <> '''' limit 4', c);`,
  ]);
  expect(changesOf(dynamic, 'limit moved')).toHaveLength(2);
});

test('a mutant is the whole function, and says where it differs', () => {
  const [mutant] = mutantsIn('begin\n  if a then\n    return;\n  end if;\nend;');
  expect(mutant).toMatchObject({
    file: 'sample.sql',
    line: 6,
    from: 'if a then',
    to: 'if true then',
  });
  expect(mutant?.sql).toMatch(
    /^create or replace function lead_bot\.sample[\s\S]*if true then[\s\S]*\$\$;$/,
  );
});

const all = sqlFiles('sql/lead-bot/functions').flatMap((file) => {
  const text = readSource(file);
  return /^create or replace function/m.test(text) ? mutantsOf(functionIn(file, text)) : [];
});

test("one mutant tells a company's past from another company's", () => {
  const changes = all.filter(({ name }) => name === 'alerts_json').map(changeOf);
  expect(changes).toContain(
    'where [p.account_key = a.account_key → true] and p.closed_at <= a.opened_at and p.merged_into is null',
  );
});

test('no two mutants have the same id', () => {
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
});

test.each(equivalents())(
  '$id still makes the change that is listed as equivalent',
  ({ id, change }) => {
    const mutant = all.find((one) => one.id === id);
    expect(mutant && changeOf(mutant)).toBe(change);
  },
);
