import { expect, test } from 'vitest';
import { parseTarget } from '../../src/erase/erasure.ts';

test.each([
  ['ada@acme.example', { kind: 'person', email: 'ada@acme.example' }],
  ['<b@x>@evil.example', { kind: 'person', email: '<b@x>@evil.example' }],
  ['"a b"@acme.example', { kind: 'person', email: '"a b"@acme.example' }],
  ['a@b@acme.example', { kind: 'person', email: 'a@b@acme.example' }],
  [' ada@acme.example ', { kind: 'person', email: ' ada@acme.example ' }],
  ['"a,b;c%"@acme.example', { kind: 'person', email: '"a,b;c%"@acme.example' }],
  ['mailto:ada@acme.example', { kind: 'person', email: 'mailto:ada@acme.example' }],
  ['ACME.example', { kind: 'company', domain: 'ACME.example' }],
  ['bücher.example', { kind: 'company', domain: 'bücher.example' }],
  ['https://acme.example/x', { kind: 'company', domain: 'https://acme.example/x' }],
  ['https://me@acme.example/', { kind: 'company', domain: 'https://me@acme.example/' }],
  ['acme corp.example', { kind: 'company', domain: 'acme corp.example' }],
  ['acme.example ', { kind: 'company', domain: 'acme.example ' }],
  ['acme.example:8080/a?b#c', { kind: 'company', domain: 'acme.example:8080/a?b#c' }],
  ['@acme.example', { kind: 'company', domain: '@acme.example' }],
  ['', null],
  [' \t', null],
  ['a.example,b.example', null],
  ['%.example', null],
  ['*', null],
])('%j names %j', (text, target) => {
  expect(parseTarget(text)).toEqual(target);
});

test('with the kind given, anything but blank text is a name', () => {
  expect(parseTarget('ada', 'person')).toEqual({ kind: 'person', email: 'ada' });
  expect(parseTarget('a@b', 'company')).toEqual({ kind: 'company', domain: 'a@b' });
  expect(parseTarget('a.example,b.example', 'company')).toMatchObject({ kind: 'company' });
  expect(parseTarget(' ', 'person')).toBe(null);
});
