import { expect, test } from 'vitest';
import { whomOf } from '../../src/ops/erasure.ts';

test.each([
  ['ada@acme.example', { kind: 'person', email: 'ada@acme.example' }],
  ['ACME.example', { kind: 'company', domain: 'ACME.example' }],
  ['bücher.example', { kind: 'company', domain: 'bücher.example' }],
  ['', null],
  ['a b', null],
  ['@acme.example', null],
  ['ada@', null],
  ['https://acme.example/x', null],
  ['a.example,b.example', null],
  ['%.example', null],
])('%j names %j', (text, whom) => {
  expect(whomOf(text)).toEqual(whom);
});
