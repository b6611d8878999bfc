import { expect, test } from 'vitest';
import {
  companiesIn,
  type LookupQuery,
  parseCommand,
  parseCompany,
} from '../../src/core/command.ts';

function lookup(text: string): LookupQuery {
  const command = parseCommand(text);
  if (command.kind !== 'lookup')
    throw new Error(`${JSON.stringify(text)} is read as ${command.kind}`);
  return command.query;
}

const VELOCITY = ['velocitypay.io'];
const PLACES = { keys: [], emails: [], profiles: [] };

test.each([
  ['as typed', 'velocitypay.io'],
  ['as Slack links it', '<http://velocitypay.io|velocitypay.io>'],
  ['as Slack links a URL', '<https://velocitypay.io/>'],
  ['in upper case', 'VELOCITYPAY.IO'],
  ['with www.', 'www.velocitypay.io'],
  ['with www., linked', '<http://www.velocitypay.io|www.velocitypay.io>'],
  ['with a path', 'velocitypay.io/pricing'],
  ['with a port', 'velocitypay.io:8443'],
  ['with a query', 'velocitypay.io?utm_source=x'],
  ['as a whole URL', 'https://velocitypay.io:8443/a/b?q=1&r=2#top'],
  ['as an escaped URL', '<https://velocitypay.io/a?q=1&amp;r=2|velocitypay.io/a>'],
  ['with a user name in the URL', 'https://someone:secret@velocitypay.io/'],
  ['with a trailing dot', 'velocitypay.io.'],
  ['with trailing dots', 'velocitypay.io...'],
  ['with a trailing dot after the link', '<http://velocitypay.io|velocitypay.io>.'],
  ['with a question mark', 'velocitypay.io?'],
  ['in straight quotes', '"velocitypay.io"'],
  ['in single quotes', "'velocitypay.io'"],
  ['in curly quotes', '“velocitypay.io”'],
  ['in guillemets', '«velocitypay.io»'],
  ['in backticks', '`velocitypay.io`'],
  ['in backticks around the link', '`<http://velocitypay.io|velocitypay.io>`'],
  ['in asterisks', '*velocitypay.io*'],
  ['in brackets', '(velocitypay.io)'],
  ['in angle brackets', '&lt;velocitypay.io&gt;'],
  ['between spaces', '   velocitypay.io \t\n'],
  ['with a zero-width space in it', 'velocity\u200bpay.io'],
  ['after a byte order mark', '\ufeffvelocitypay.io'],
  ['between direction marks', '\u202avelocitypay.io\u202c'],
  ['with a soft hyphen', 'velocity\u00adpay.io'],
  ['with the @ of its addresses', '@velocitypay.io'],
  ['in two quotes', `"'velocitypay.io'"`],
  ['as a link without a label', '<http://velocitypay.io>'],
  ['in full-width letters', 'ｖｅｌｏｃｉｔｙｐａｙ.io'],
])('looks a domain %s up by its key', (_, text) => {
  expect(lookup(text)).toMatchObject({
    ...PLACES,
    keys: VELOCITY,
    near: 'velocitypay',
    parts: false,
  });
});

test.each([
  ['app.velocitypay.io', ['app.velocitypay.io', 'velocitypay.io'], 'velocitypay'],
  [
    '<http://a.b.velocitypay.io|a.b.velocitypay.io>',
    ['a.b.velocitypay.io', 'b.velocitypay.io', 'velocitypay.io'],
    'velocitypay',
  ],
  ['acme.co.uk', ['acme.co.uk'], 'acme'],
  ['https://shop.acme.com.au/x', ['shop.acme.com.au', 'acme.com.au'], 'acme'],
  ['co.uk', ['co.uk'], 'co.uk'],
  // A registry is a whole label, right below a country.
  ['shop.sco.io', ['shop.sco.io', 'sco.io'], 'sco'],
  ['shop.coop.io', ['shop.coop.io', 'coop.io'], 'coop'],
  ['shop.net.example', ['shop.net.example', 'net.example'], 'net'],
  ['a.io.net.example', ['a.io.net.example', 'io.net.example', 'net.example'], 'net'],
  ['mywww.acme.example', ['mywww.acme.example', 'acme.example'], 'acme'],
])('tries %s as every possible account, never as a registry', (text, keys, name) => {
  expect(lookup(text)).toMatchObject({ ...PLACES, keys, near: name, parts: false });
});

test.each([
  ['münchen.de', 'münchen.de', 'münchen'],
  ['<http://münchen.de|münchen.de>', 'münchen.de', 'münchen'],
  ['https://BÜCHER.example/regal', 'bücher.example', 'bücher'],
  ['mu\u0308nchen.de', 'münchen.de', 'münchen'],
  ['xn--mnchen-3ya.de', 'xn--mnchen-3ya.de', 'xn--mnchen-3ya'],
  ['例え。jp', '例え.jp', '例え。jp'],
])('looks the non-ASCII domain %s up as written', (text, key, near) => {
  expect(lookup(text)).toMatchObject({ ...PLACES, keys: [key], near, parts: false });
});

test.each([
  ['dev@velocitypay.io', VELOCITY],
  ['<mailto:dev@velocitypay.io|dev@velocitypay.io>', VELOCITY],
  ['<mailto:Dev@VelocityPay.io|dev@velocitypay.io>', VELOCITY],
  ['<mailto:dev@velocitypay.io>', VELOCITY],
  ['"dev@velocitypay.io",', VELOCITY],
])('looks the address in %s up as an address, then by its domain', (text, keys) => {
  expect(lookup(text)).toMatchObject({ keys, emails: ['dev@velocitypay.io'], near: 'velocitypay' });
});

test('takes everything after the @ as the domain of an address', () => {
  expect(lookup('dev#1@velocitypay.io').keys).toEqual(VELOCITY);
});

test.each([
  ['dev@velocitypay.io/x', []],
  ['https://dev@velocitypay.io', []],
  ['call dev@velocitypay.io', ['dev@velocitypay.io']],
  ['dev@velocitypay.io please', ['dev@velocitypay.io']],
  ['Marcus Chen <marcus.chen@velocitypay.io>', ['marcus.chen@velocitypay.io']],
  ['<mailto:a@b.example?subject=Hi there|a@b.example>', ['a@b.example']],
  ['<mailto:a@b.example?subject=Hi|write to us>', ['a@b.example']],
  ['dev@app.velocitypay.io', ['dev@app.velocitypay.io']],
])('finds in %s the addresses %j', (text, emails) => {
  expect(lookup(text).emails).toEqual(emails);
});

test.each([
  ['see velocitypay.io', VELOCITY],
  ['velocitypay.io, please', VELOCITY],
  ['is <http://velocitypay.io|velocitypay.io> hot?', VELOCITY],
  ['<http://velocitypay.io|our customer>', VELOCITY],
  ['claim app.velocitypay.io', ['app.velocitypay.io', 'velocitypay.io']],
  ['@velocitypay.io please', VELOCITY],
  ['velocitypay.io or homefront.tech', ['velocitypay.io', 'homefront.tech']],
])('finds the domain in %s', (text, keys) => {
  expect(lookup(text)).toMatchObject({ keys });
});

test.each([
  ['https://www.linkedin.com/company/velocity-pay/about/', 'company/velocity-pay'],
  ['<https://linkedin.com/in/Marcus-Chen?x=1>', 'in/marcus-chen'],
  ['uk.linkedin.com/company/4711', 'company/4711'],
])('reads %s as a LinkedIn page, not as the company LinkedIn', (text, profile) => {
  expect(lookup(text)).toMatchObject({ ...PLACES, profiles: [profile] });
});

test.each([
  ['VelocityPay – Payments', ['VelocityPay – Payments', 'VelocityPay']],
  ['Marcus Chen &lt;m@v.example&gt;', ['Marcus Chen <m@v.example', 'Marcus Chen']],
  ['claim VelocityPay', ['claim VelocityPay', 'VelocityPay']],
  ['Dr.Smile', ['Dr.Smile']],
  ['C.H.Robinson', ['C.H.Robinson']],
  ['#paid', ['#paid']],
  ['<@U012AB3CD|ten>', ['@ten']],
  ['Acme — Payments', ['Acme — Payments', 'Acme']],
  ['Acme - Payments', ['Acme - Payments', 'Acme']],
  ['Acme | Payments', ['Acme | Payments', 'Acme']],
  ['Acme · Payments', ['Acme · Payments', 'Acme']],
  ['Acme: Payments', ['Acme: Payments', 'Acme']],
  ['Acme (Payments) - Berlin', ['Acme (Payments) - Berlin', 'Acme']],
])('tries %s as the names %j', (text, names) => {
  expect(lookup(text).names).toEqual(names);
});

test.each([
  ['claim velocitypay.io', 'claim'],
  ['Claim VelocityPay', 'claim'],
  ['release velocitypay.io', 'release'],
  ['unclaim velocitypay.io', 'release'],
  ['contacted velocitypay.io', 'contact'],
  ['show me velocitypay.io', null],
  ['mark contacted velocitypay.io', 'contact'],
  ['velocitypay.io', null],
  ['claimants', null],
])('reads %s with the intent %s', (text, intent) => {
  expect(parseCommand(text)).toMatchObject({ kind: 'lookup', intent });
});

test.each(['#general', '@here', '#paid', '<#C012AB3CD|general>'])(
  'finds %s only as an exact name',
  (text) => {
    expect(lookup(text)).toMatchObject({ near: null, parts: false });
  },
);

test.each([
  ['VelocityPay', 'VelocityPay'],
  ['a\tb\u0007c', 'a b c'],
  ['1 &lt; 2 &gt; 0', '1 < 2 > 0'],
  ['  Velocity   Pay  ', 'Velocity Pay'],
  ['AT&amp;T', 'AT&T'],
  ['O’Reilly', 'O’Reilly'],
  ['J.P. Morgan', 'J.P. Morgan'],
  ['C++', 'C++'],
  ['4', '4'],
  ['🔥 Acme', '🔥 Acme'],
  ['株式会社', '株式会社'],
  ['help me', 'help me'],
  ['version 1.5', 'version 1.5'],
  ['localhost', 'localhost'],
  ['velocitypay..io', 'velocitypay..io'],
  ['dev@localhost', 'dev@localhost'],
  ['javascript:alert`1`', 'javascript:alert`1'],
  ['file:///etc/passwd', 'file:///etc/passwd'],
  ['http://[::1]:80/', 'http://[::1]:80/'],
  ['velocitypay.io:99999', 'velocitypay.io:99999'],
  ["x'; drop table leads; --", "x'; drop table leads; --"],
  ['a,b.eq.c),or(d', 'a,b.eq.c),or(d'],
  ['<@U012AB3CD> Acme', 'Acme'],
  ['<@U012AB3CD|jo> Acme <#C012AB3CD|sales>', 'Acme'],
  ['<!channel> Acme', 'Acme'],
  ['&amp;lt;!channel&amp;gt;', '&lt;!channel&gt'],
])('looks %s up as a name', (text, name) => {
  expect(lookup(text)).toMatchObject({ ...PLACES, near: name, parts: true });
});

test.each([
  ['help', ['', '   ', '\u200b', 'help', 'HELP', 'Help.', '"help"', 'help?', '\u200bhelp']],
  ['hot', ['hot', ' Hot ', '`hot`', 'hot!']],
  ['mine', ['mine', 'MINE']],
  ['digest', ['digest', 'Digest.']],
  ['back', ['back', 'BACK!']],
  ['settings', ['settings', 'Settings.']],
])('reads the word %s in any case, quotes and punctuation', (kind, texts) => {
  for (const text of texts) expect(parseCommand(text), text).toEqual({ kind });
});

test.each([
  ['away', ''],
  ['Away.', ''],
  [' away  until Monday ', 'until Monday'],
  ['AWAY, until Monday', 'until Monday'],
  ['`away until Monday`', 'until Monday`'],
  ['away until Monday cover <@U012AB3CD|ben>', 'until Monday cover <@U012AB3CD|ben>'],
  ['away cover <@U012AB3CD>', 'cover <@U012AB3CD>'],
  ['away <!subteam^S1|@sales>', '@sales'],
  ['away R&amp;D', 'R&D'],
  ['away Travel', 'Travel'],
])('reads %s as words about an absence', (text, words) => {
  expect(parseCommand(text)).toEqual({ kind: 'away', words });
});

test.each([
  ['stats', 'stats', ''],
  ['Stats.', 'stats', ''],
  ['stats  90 days', 'stats', '90 days'],
  ['tune hot 75', 'tune', 'hot 75'],
  ['why velocitypay.io', 'why', 'velocitypay.io'],
  [`why ${'x'.repeat(300)}`, 'why', 'x'.repeat(200)],
])('reads %s as a report about the rest', (text, kind, words) => {
  expect(parseCommand(text)).toEqual({ kind, words });
});

test.each(['statsy', 'company why', 'tuner.example'])('looks %s up', (text) => {
  expect(parseCommand(text).kind).toBe('lookup');
});

test.each([
  'away.com',
  'awaytravel',
  'far away',
  'company Away',
  'Back Market',
  '<http://away.com|away.com>',
])('looks %s up', (text) => {
  expect(parseCommand(text).kind).toBe('lookup');
});

test.each([
  ['emoji', '🔥🔥🔥'],
  ['punctuation', '--- % _'],
  ['a single ellipsis', '…'],
  ['exclamation marks', '!!!'],
  ['10 kB', 'x'.repeat(10_000)],
  ['10 kB of a domain', `${'a.'.repeat(5_000)}io`],
  ['10 kB of open brackets', `a${'<'.repeat(10_000)}`],
])('reads %s as nonsense', (_, text) => {
  expect(parseCommand(text).kind).toBe('nonsense');
});

test('answers a mention alone with the help', () => {
  for (const text of ['<@U012AB3CD>', '<#C012AB3CD|>', '<!here>', '<!subteam^S1|@sales>']) {
    expect(parseCommand(text), text).toEqual({ kind: 'help' });
  }
});

test.each([
  ['"---"', '---'],
  ['"\'"', '"\'"'],
])('shows the nonsense %s back as %s', (text, asked) => {
  expect(parseCommand(text)).toEqual({ kind: 'nonsense', asked });
});

test('a name has at most 200 characters', () => {
  expect(lookup('x'.repeat(200)).near).toHaveLength(200);
  expect(parseCommand('x'.repeat(201)).kind).toBe('nonsense');
});

test('shows no more than 200 characters of nonsense', () => {
  expect(parseCommand('x'.repeat(500))).toEqual({ kind: 'nonsense', asked: 'x'.repeat(200) });
  expect(parseCompany('x'.repeat(5_000))).toEqual({ kind: 'nonsense', asked: 'x'.repeat(200) });
});

test('looks for five addresses and five LinkedIn pages at most', () => {
  const numbers = Array.from({ length: 8 }, (_, n) => n);
  expect(lookup(numbers.map((n) => `a@b${n}.example`).join(' ')).emails).toEqual(
    numbers.slice(0, 5).map((n) => `a@b${n}.example`),
  );
  const pages = numbers.map((n) => `<https://linkedin.com/in/p${n}|${n}>`);
  expect(lookup(pages.join(' ')).profiles).toEqual(numbers.slice(0, 5).map((n) => `in/p${n}`));
});

test('shows a query back as typed, without Slack markup', () => {
  expect(parseCommand('<mailto:Dev@VelocityPay.io|Dev@VelocityPay.io>')).toMatchObject({
    asked: 'Dev@VelocityPay.io',
  });
  expect(parseCommand('AT&amp;T')).toMatchObject({ asked: 'AT&T' });
  expect(parseCommand('<http://velocitypay.io|VelocityPay.io>')).toMatchObject({
    asked: 'VelocityPay.io',
  });
  expect(parseCommand('Marcus Chen &lt;<mailto:m@v.io|m@v.io>&gt;')).toMatchObject({
    asked: 'Marcus Chen <m@v.io>',
  });
});

const PIECES = [
  'velocitypay.io',
  '<http://velocitypay.io|velocitypay.io>',
  '<mailto:a@b.example|a@b.example>',
  '<@U1>',
  '<',
  '>',
  '|',
  '&amp;',
  '&lt;',
  '&',
  '"',
  '`',
  '\u0000',
  '\u200b',
  '\u202e',
  '\ud800',
  '\udc00',
  ' ',
  '\n',
  '.',
  '..',
  '@',
  '#',
  '://',
  'https://',
  '/',
  ':',
  '?',
  '🔥',
  'ß',
  'İ',
  '٣',
  '\\',
  "'",
  ';--',
  '%00',
  '$(x)',
  '{{x}}',
  'hot',
];

test('reads any two or three pieces together into something the database can take', () => {
  const texts = PIECES.flatMap((a) =>
    PIECES.flatMap((b) => [a + b, ...PIECES.map((c) => a + b + c)]),
  );
  for (const text of texts) {
    const command = parseCommand(text);
    if (command.kind !== 'lookup') continue;
    const { keys, emails, names, profiles, near } = command.query;
    for (const part of [
      ...keys,
      ...emails,
      ...names,
      ...profiles,
      ...(near === null ? [] : [near]),
    ]) {
      expect(part, JSON.stringify(text)).not.toMatch(/[\p{Cc}\p{Cs}\p{Cf}]/u);
      expect(part.length).toBeLessThanOrEqual(300);
      expect(part).not.toBe('');
    }
    for (const key of keys) expect(key, JSON.stringify(text)).not.toMatch(/[\s/@]/);
    for (const key of keys) expect(key).toBe(key.toLowerCase());
  }
});

test.each([
  ['open brackets', '<'],
  ['mentions that do not end', '<@'],
  ['links that do not end', '<mailto:'],
  ['labels', '<a|'],
  ['links', '<http://a.io|a.io>'],
  ['dots', 'a.'],
  ['signs of addresses', 'a@'],
  ['blanks', ' \u00a0'],
  ['quotes', '"“'],
  ['ampersands', '&amp;'],
  ['LinkedIn', 'linkedin.com/company/'],
  ['verbs', 'claim '],
  ['dashes', ' – '],
  ['combining marks', 'e\u0301'],
])('reads a megabyte of %s within 50 ms', (_, piece) => {
  const text = piece.repeat(Math.ceil(1_000_000 / piece.length));
  const before = process.threadCpuUsage();
  parseCommand(`x${text}x`);
  parseCommand(text);
  const { user, system } = process.threadCpuUsage(before);
  expect((user + system) / 1_000).toBeLessThan(50);
});

test('text that can only be about a company is read as after /lead, but for its words', () => {
  expect(parseCompany('velocitypay.io')).toEqual(parseCommand('velocitypay.io'));
  expect(parseCompany('???')).toMatchObject({ kind: 'nonsense' });
  expect(parseCompany(' ')).toBeNull();
  for (const word of ['hot', 'mine', 'stats', 'help', 'why', 'away until Monday']) {
    expect(parseCompany(word)).toMatchObject({ kind: 'lookup', asked: word });
  }
});

test.each([
  ['velocitypay.io', ['velocitypay.io']],
  ['<http://velocitypay.io|velocitypay.io>', ['velocitypay.io']],
  [
    'See https://velocitypay.io/pricing?from=a.example, or www.b.example.',
    ['velocitypay.io', 'b.example'],
  ],
  ['<https://velocitypay.io/a?to=http://a.example|our site>', ['velocitypay.io']],
  // A label may lie.
  ['<https://a.example|velocitypay.io>', ['a.example']],
  ['<mailto:Ada@VelocityPay.io|Ada>', ['ada@velocitypay.io']],
  ['<mailto:ada@velocitypay.io?subject=b.example|mail her>', ['ada@velocitypay.io']],
  ['(velocitypay.io), *b.example* and "c.example"!', ['velocitypay.io', 'b.example', 'c.example']],
  ['velocitypay.io &amp; b.example', ['velocitypay.io', 'b.example']],
  ['velocitypay.io VELOCITYPAY.IO ada@velocitypay.io', ['velocitypay.io', 'ada@velocitypay.io']],
  ['<@U0BEN> in <#C0X|a.example> told <!subteam^S0X|@b.example>', []],
  ['10.50 of 3.5, at 9.30, e.g. v1.2', []],
  ['linkedin.com/company/velocitypay', []],
  ['Good morning', []],
  ['', []],
])('finds in the message %j the companies %j', (text, asked) => {
  expect(companiesIn(text).map((one) => one.asked)).toEqual(asked);
});

test('a company in a message is looked up by its domain and address alone', () => {
  expect(companiesIn('Ask ada@app.velocitypay.io of VelocityPay')).toEqual([
    {
      asked: 'ada@app.velocitypay.io',
      domain: 'app.velocitypay.io',
      query: {
        keys: ['app.velocitypay.io', 'velocitypay.io'],
        emails: ['ada@app.velocitypay.io'],
        names: [],
        profiles: [],
        near: null,
        parts: false,
      },
    },
  ]);
});

test.each(['<', '<mailto:', '<http://a.io|a.io>', 'a.', 'a@', ' ', 'a.io ', '&amp;'])(
  'reads 10,000 characters of %j in a message within 100 ms',
  (piece) => {
    const text = piece.repeat(Math.ceil(10_000 / piece.length));
    const before = process.threadCpuUsage();
    companiesIn(text);
    const { user, system } = process.threadCpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(100);
  },
);
