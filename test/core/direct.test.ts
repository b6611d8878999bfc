import { expect, test } from 'vitest';
import { isDirect, isUser, kindInWords } from '../../src/core/direct.ts';

test.each([
  ['U0MARIA', true, true],
  ['W0MARIA', true, true],
  ['D0MARIA', true, false],
  ['C0DUW', false, false],
  ['G0DUW', false, false],
  ['home', false, false],
])('a message to %s goes to one user: %s, named by id: %s', (channel, direct, user) => {
  expect([isDirect(channel), isUser(channel)]).toEqual([direct, user]);
});

test.each([
  ['dm', 'direct message'],
  ['home', 'Home tab'],
  ['card', 'card'],
  ['digest', 'digest'],
])('a message of kind %s is called a %s', (kind, words) => {
  expect(kindInWords(kind)).toBe(words);
});
