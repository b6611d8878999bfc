import { expect, test } from 'vitest';
import {
  type DenialReason,
  decideAccess,
  denialReasonFor,
  type Membership,
  type PersonKind,
} from '../../src/core/access.ts';

type Case = [PersonKind | null, Membership, DenialReason | null];

const membersOnly = { allowGuests: false, allowExternal: false };

test.each<Case>([
  ['member', 'in', null],
  ['member', 'out', 'not-in-channel'],
  ['member', 'unknown', 'unchecked'],
  ['guest', 'in', 'guest'],
  ['guest', 'out', 'guest'],
  ['external', 'in', 'external'],
  ['external', 'unknown', 'external'],
  ['bot', 'in', 'bot'],
  ['deactivated', 'in', 'deactivated'],
  [null, 'in', 'unchecked'],
  [null, 'out', 'unchecked'],
])('unless told otherwise, a %s who is %s: %s', (kind, membership, denialReason) => {
  expect(denialReasonFor(kind, membership, membersOnly)).toBe(denialReason);
});

test.each<Case>([
  ['member', 'out', 'not-in-channel'],
  ['guest', 'in', null],
  ['guest', 'out', 'not-in-channel'],
  ['guest', 'unknown', 'unchecked'],
  ['external', 'in', null],
  ['external', 'out', 'not-in-channel'],
  ['bot', 'in', 'bot'],
  ['deactivated', 'in', 'deactivated'],
  [null, 'in', 'unchecked'],
])('with guests and externals allowed, a %s who is %s: %s', (kind, membership, denialReason) => {
  expect(denialReasonFor(kind, membership, { allowGuests: true, allowExternal: true })).toBe(
    denialReason,
  );
});

test('guests and people from other organizations are allowed separately', () => {
  const guestsOnly = { allowGuests: true, allowExternal: false };
  expect(denialReasonFor('external', 'in', guestsOnly)).toBe('external');
  const externalOnly = { allowGuests: false, allowExternal: true };
  expect(denialReasonFor('guest', 'in', externalOnly)).toBe('guest');
});

test('denies only for a reason that is known for sure, and grants the channels a person is in', () => {
  const reach = (within: Membership, further: readonly string[] | null) =>
    decideAccess('member', within, further, membersOnly);
  expect(reach('in', null)).toEqual({ reach: 'everything' });
  expect(reach('out', ['C0A'])).toEqual({ reach: ['C0A'] });
  expect(reach('unknown', ['C0A'])).toEqual({ reach: ['C0A'] });
  expect(reach('out', [])).toEqual({ why: 'not-in-channel' });
  expect(reach('out', null)).toEqual({ why: 'unchecked' });
  expect(reach('unknown', [])).toEqual({ why: 'unchecked' });
  expect(decideAccess('guest', 'out', ['C0A'], membersOnly)).toEqual({ why: 'guest' });
  expect(decideAccess(null, 'in', ['C0A'], membersOnly)).toEqual({ why: 'unchecked' });
});
