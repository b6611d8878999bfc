import { expect, test } from 'vitest';
import { testDatabase } from '../support/supabase.ts';

const db = await testDatabase();

async function normalDomain(text: string | null): Promise<string | null> {
  const [row] = await db.sql<{ domain: string | null }>(
    'select lead_bot.normal_domain($1) as domain',
    [text],
  );
  return row?.domain ?? null;
}

test.each([
  'globex.example',
  'GLOBEX.Example',
  'www.globex.example',
  'WWW.www.globex.example',
  'https://globex.example',
  'HTTPS://www.globex.example:8443/pricing?x=1#top',
  'http:globex.example',
  'https:\\\\globex.example\\',
  '//globex.example',
  'globex.example/',
  'globex.example:443',
  'globex.example.',
  '.globex.example',
  '*.globex.example',
  'globex..example',
  ' globex.example ',
  'globex.example\u00a0',
  '\u200bglobex.example\ufeff',
  'glo\u00adbex.example',
  'globex.example\u{e0020}',
  'ｇｌｏｂｅｘ．ｅｘａｍｐｌｅ',
  'globex。example',
  '<globex.example>',
  '"globex.example"',
  '<http://globex.example|globex.example>',
  '@globex.example',
  'ada@globex.example',
  'mailto:ada@globex.example?subject=x',
  'https://user:secret@globex.example/',
  'globex.example, initech.example',
  '«globex.example»<ada@globex.example>',
  `https://globex.example/${'x'.repeat(1_500)}`,
])('reads %j as globex.example', async (written) => {
  expect(await normalDomain(written)).toBe('globex.example');
});

test.each([
  ['xn--mnchen-3ya.example', 'münchen.example'],
  ['XN--MNCHEN-3YA.example', 'münchen.example'],
  ['https://www.xn--mnchen-3ya.example/', 'münchen.example'],
  ['mu\u0308nchen.example', 'münchen.example'],
  ['MÜNCHEN.example', 'münchen.example'],
  ['xn--r8jz45g.xn--zckzah', '例え.テスト'],
  ['xn--hxajbheg2az3al.xn--jxalpdlp', 'παράδειγμα.δοκιμή'],
  ['xn--strae-oqa.example', 'straße.example'],
  ['ΟΔΟΣ.example', 'οδοσ.example'],
  ['οδος.example', 'οδοσ.example'],
  ['xn--pxavbm.example', 'οδοσ.example'],
  ['xn--i-7iq.example', 'i❤.example'],
  // Stays as it is if it decodes to plain letters, to nothing or not at all.
  ['xn--abc-.example', 'xn--abc-.example'],
  ['xn--.example', 'xn--.example'],
  ['xn--99999999.example', 'xn--99999999.example'],
  [`xn--${'a'.repeat(240)}.example`, `xn--${'a'.repeat(240)}.example`],
])('reads %s as %s', async (written, domain) => {
  expect(await normalDomain(written)).toBe(domain);
});

test('Unicode and Punycode spellings have the same normal form', async () => {
  for (const name of [
    'bücher',
    'ñandú',
    '中文',
    '한국',
    'россия',
    'مثال',
    'भारत',
    '𐌰𐌱',
    'a1-ü-b2',
  ]) {
    const { hostname } = new URL(`https://${name}.example`);
    expect(hostname).toMatch(/^xn--/);
    expect(await normalDomain(hostname)).toBe(`${name}.example`);
    expect(await normalDomain(`${name}.example`)).toBe(`${name}.example`);
  }
});

test('a Unicode name has the DNS form that browsers make of it', async () => {
  for (const name of [
    'bücher',
    'россия',
    'a1-ü-b2',
    '他们为什么不说中文',
    'ひとつ屋根の下2',
    '𐌰a中ü한',
  ]) {
    const { hostname } = new URL(`https://${name}.example`);
    const [row] = await db.sql('select lead_bot.ascii_domain($1) as domain', [`${name}.example`]);
    expect(row).toEqual({ domain: hostname });
  }
});

test.each(['www.com', 'www.example', 'sub.globex.example', '4chan.example', 'a_b.example'])(
  'keeps %s unchanged',
  async (written) => {
    expect(await normalDomain(written)).toBe(written);
  },
);

test.each([
  null,
  '',
  ' ',
  '.',
  '-',
  'n/a',
  'N.A.',
  'none',
  'null',
  'https://',
  'www.',
  '\u2800',
  '@',
  `${'a'.repeat(250)}.example`,
])('finds no domain in %j', async (written) => {
  expect(await normalDomain(written)).toBeNull();
});

test('normalizing twice changes nothing', async () => {
  const rows = await db.sql(
    `select d.text from (
       select string_agg(chr(case when random() < 0.5 then 46 + (random() * 76)::int else 33 + (random() * 900)::int end), '') as text
         from generate_series(1, 20000) n group by n % 2000) d
      where lead_bot.normal_domain(lead_bot.normal_domain(d.text)) is distinct from lead_bot.normal_domain(d.text)`,
  );
  expect(rows).toEqual([]);
});
