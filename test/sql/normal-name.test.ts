import { expect, test } from 'vitest';
import { testDatabase } from '../support/supabase.ts';

const db = await testDatabase();

async function normal(name: string): Promise<string | null> {
  const [row] = await db.sql<{ name: string | null }>('select lead_bot.normal_name($1) as name', [
    name,
  ]);
  return row?.name ?? null;
}

test.each([
  ['case', ['VelocityPay', 'VELOCITYPAY', 'velocitypay']],
  ['case in Greek', ['ΟΔΟΣ', 'οδος', 'οδοσ']],
  ['width', ['株式会社ＡＢＣ', '株式会社ABC']],
  ['compatibility', ['A™', 'ATM', 'atm']],
  ['the encoding of accents', ['Cr\u00e9dit Agricole', 'Cre\u0301dit Agricole', 'Credit Agricole']],
  ['blanks', ['Cr\u00e9dit\u00a0Agricole', ' Cr\u00e9dit  Agricole ', 'Cr\u00e9dit\u3000Agricole']],
  ['dashes', ['Rolls-Royce', 'Rolls\u2011Royce', 'Rolls – Royce', 'Rolls Royce']],
  ['punctuation', ['Dr.Smile', 'Dr. Smile', 'Dr Smile']],
  ['apostrophes', ["O'Reilly", 'O’Reilly', 'OReilly']],
  ['invisible characters', ['Ac\u200bme', '\ufeffAcme', 'A\u00adcme\u{e0041}', 'Acme\u3164']],
  [
    'legal forms',
    ['Acme', 'Acme, Inc.', 'Acme Co., Ltd.', 'ACME GmbH & Co. KG', 'Acme S.A.', 'Acme株式会社'],
  ],
])('names that differ only in %s are equal', async (_, names) => {
  const forms = await Promise.all(names.map(normal));
  expect(forms[0]).toBeTruthy();
  expect(new Set(forms).size, JSON.stringify(forms)).toBe(1);
});

test.each([
  ['株式会社ABC', '株式会社ABCD'],
  ['C++', 'C'],
  ['ガンダム', 'カンタム'],
  ['#paid', 'paid'],
  ['Incorporated Dreams', 'Dreams'],
  ['Costco', 'Cost'],
])('%s and %s are different names', async (one, other) => {
  expect(await normal(one)).not.toBe(await normal(other));
});

test.each([
  ['!!!', '!!!'],
  ['Inc.', 'inc'],
  ['🔥', '🔥'],
])('reduces %s to %s', async (name, kept) => {
  expect(await normal(name)).toBe(kept);
});

test.each(['', '   ', '\u115f\u1160\uffa0', '\u{e0020}'])('%j is no name', async (name) => {
  expect(await normal(name)).toBeNull();
});

test('truncates a name of a megabyte before normalizing it', async () => {
  const before = performance.now();
  expect(await normal('Acme Inc '.repeat(120_000))).toHaveLength(200);
  expect(performance.now() - before).toBeLessThan(500);
});

test('a normal name is unchanged', async () => {
  const [row] = await db.sql<{ changed: number }>(
    `select count(*)::int as changed
       from (select lead_bot.normal_name(x) as once
               from unnest(array['Crédit Agricole S.A.', '株式会社ＡＢＣ', 'ΟΔΟΣ', 'C++', 'Acme Inc Inc', 'AT&T']) x) n
      where lead_bot.normal_name(once) is distinct from once`,
  );
  expect(row?.changed).toBe(0);
});
