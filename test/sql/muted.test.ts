import { expect, test } from 'vitest';
import { z } from 'zod';
import { supabaseDirectSettings } from '../../src/adapters/supabase-steps.ts';
import { MUTABLE } from '../../src/core/steps.ts';
import { botDatabase } from '../support/bot-database.ts';

const db = await botDatabase();
const settings = supabaseDirectSettings(db.database);

const ANNA = 'U0ANNA';

test('nobody has turned anything off at first', async () => {
  expect(await settings.muted(ANNA)).toEqual(new Set());
});

test('each kind can be turned off, for oneself alone', async () => {
  for (const kind of MUTABLE) await settings.mute(ANNA, kind, true);
  expect(await settings.muted(ANNA)).toEqual(new Set(MUTABLE));
  expect(await settings.muted('U0BEN')).toEqual(new Set());
});

test('turning off twice is the same as once, and it can be turned on again', async () => {
  await settings.mute(ANNA, 'morning', true);
  await settings.mute(ANNA, 'morning', true);
  await settings.mute(ANNA, 'offer', true);
  await settings.mute(ANNA, 'morning', false);
  await settings.mute(ANNA, 'morning', false);
  expect(await settings.muted(ANNA)).toEqual(new Set(['offer']));
});

test.each(['warning', 'due', 'kept-again', ''])('%j is refused', async (kind) => {
  const args = { p_user: ANNA, p_kind: kind, p_muted: true };
  await expect(db.database.call('lead_bot_mute', args, z.unknown())).rejects.toMatchObject({
    code: '22023',
  });
});

test('a user id may have 30 characters, and no more', async () => {
  await settings.mute('U'.repeat(30), 'morning', true);
  expect(await settings.muted('U'.repeat(30))).toEqual(new Set(['morning']));
  await expect(settings.mute('U'.repeat(31), 'morning', true)).rejects.toMatchObject({
    code: '22023',
  });
});
