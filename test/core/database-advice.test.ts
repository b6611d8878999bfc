import { expect, test } from 'vitest';
import { adviceOn, isKeyRefused, PERMISSION_ADVICE } from '../../src/core/database-advice.ts';

test.each<[string, keyof typeof PERMISSION_ADVICE]>([
  ['permission denied for schema public', 'publicSchema'],
  ['permission denied to set role "lead_bot"', 'role'],
  ['permission denied for schema lead_bot', 'ownSchema'],
  ['permission denied for table alerts', 'ownSchema'],
  ['permission denied for table lead_scores', 'table'],
  ['permission denied for function team_of', 'table'],
  ['must be owner of view lead_dashboard', 'other'],
])('%j is about rights, and not the key', (message, right) => {
  expect(adviceOn('42501', message)).toBe(PERMISSION_ADVICE[right]);
  expect(isKeyRefused('42501', message)).toBe(false);
});

test.each([
  'permission denied for function lead_bot_claim',
  'permission denied for function public.lead_bot_claim',
])('%j is about the key', (message) => {
  expect(adviceOn('42501', message)).toContain('SUPABASE_KEY must be the secret key');
  expect(isKeyRefused('42501', message)).toBe(true);
});

test.each([null, '42883', 'PGRST202'])('the code %s never is a refused key', (code) => {
  expect(isKeyRefused(code, 'permission denied for function lead_bot_claim')).toBe(false);
});

test.each([null, '22P02', 'constructor'])('has no advice on the code %s', (code) => {
  expect(adviceOn(code, 'no')).toBeNull();
});
