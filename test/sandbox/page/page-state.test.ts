import { expect, test } from 'vitest';
import { completeMention, suggest, usageOf } from '../../../src/sandbox/page/commands.ts';
import { readPlace } from '../../../src/sandbox/page/place.ts';
import { countUnread } from '../../../src/sandbox/page/unread.ts';
import { keepUnchanged } from '../../../src/sandbox/page/use-page-state.ts';
import { MAYA, message, stateFor, tsAt } from './states.ts';

test('keeps the objects of unchanged messages', () => {
  const before = stateFor(MAYA.id);
  const copy = structuredClone(before);
  const after = {
    ...copy,
    messages: { ...copy.messages, C0GEN: [message(tsAt(40), { text: 'new' })] },
  };
  const kept = keepUnchanged(before, after);
  expect(kept.messages['C0HOT']?.[0]).toBe(before.messages['C0HOT']?.[0]);
  expect(kept.people).toBe(before.people);
  expect(kept.messages['C0GEN']).toHaveLength(1);
});

test('counts only messages from others since the last visit as unread', () => {
  const state = stateFor(MAYA.id);
  const withOwn = {
    ...state,
    messages: { ...state.messages, C0GEN: [message(tsAt(1), { user: MAYA.id })] },
  };
  expect(countUnread(withOwn, { C0HOT: tsAt(20) })).toEqual({
    C0HOT: 1,
    C0DIG: 1,
    C0GEN: 0,
    D0BOT: 1,
  });
});

test('reads the user, the channel and its tab from the URL', () => {
  expect(readPlace({ search: '?as=U1', hash: '#hot-leads' })).toEqual({
    as: 'U1',
    channel: 'hot-leads',
    tab: 'messages',
  });
  expect(readPlace({ search: '', hash: '#Lead%20Alerts/home' })).toEqual({
    as: null,
    channel: 'Lead Alerts',
    tab: 'home',
  });
  expect(readPlace({ search: '', hash: '' })).toMatchObject({ as: null, channel: null });
});

test('suggests commands, then shows usage once arguments begin', () => {
  const { commands } = stateFor(MAYA.id);
  expect(suggest('/le', commands)).toHaveLength(1);
  expect(suggest('hello', commands)).toEqual([]);
  expect(suggest('/lead x', commands)).toEqual([]);
  expect(usageOf('/lead x', commands)?.command).toBe('/lead');
});

test('completes a mention of the app at the end of a message, but not in a command', () => {
  expect(completeMention('hey @le', 'lead-alerts')).toBe('hey @lead-alerts ');
  expect(completeMention('@', 'lead-alerts')).toBe('@lead-alerts ');
  for (const text of ['@bo', 'a@le', '@lead-alerts x', '/lead away cover @le'])
    expect(completeMention(text, 'lead-alerts')).toBeNull();
});
