import { expect, test } from 'vitest';
import { supabaseOffers } from '../../src/adapters/supabase-offers.ts';
import { answering } from '../support/database-answers.ts';

const UNTIL = new Date('2026-03-02T09:30:00Z');

test('reads alerts that wait for a holder, without an email that is no text', async () => {
  const row = { alert_id: 'a1', owner_email: 'maria@acme.example', had: ['U0BEN'] };
  const database = answering({
    now: '2026-03-02T10:00:00+01:00',
    offers: [row, { ...row, owner_email: 7 }, { ...row, owner_email: 'x'.repeat(322) }],
  });
  const alert = { alertId: 'a1', ownerEmail: null, had: ['U0BEN'] };
  expect(await supabaseOffers(database).due(50)).toEqual({
    now: new Date('2026-03-02T09:00:00Z'),
    alerts: [{ ...alert, ownerEmail: 'maria@acme.example' }, alert, alert],
  });
  expect(database.calls).toEqual([['lead_bot_offers_due', { p_limit: 50 }]]);
});

test('offers a lead to its holder, and says whose place they take', async () => {
  const database = answering(true);
  const offers = supabaseOffers(database);
  expect(await offers.make('a1', 'U0MARIA', 'owner', UNTIL)).toBe(true);
  await offers.make('a1', 'U0BEN', 'rotation', UNTIL, 'U0MARIA');
  const offer = { p_alert_id: 'a1', p_until: UNTIL.toISOString() };
  expect(database.calls).toEqual([
    ['lead_bot_offer', { ...offer, p_holder: 'U0MARIA', p_source: 'owner' }],
    [
      'lead_bot_offer',
      { ...offer, p_holder: 'U0BEN', p_source: 'rotation', p_instead_of: 'U0MARIA' },
    ],
  ]);
});

test('defers a choice to a time, or for good', async () => {
  const database = answering(null);
  await supabaseOffers(database).defer('a1', UNTIL);
  await supabaseOffers(database).defer('a1', null);
  expect(database.calls).toEqual([
    ['lead_bot_defer_offer', { p_alert_id: 'a1', p_due_at: UNTIL.toISOString() }],
    ['lead_bot_defer_offer', { p_alert_id: 'a1', p_due_at: null }],
  ]);
});

test.each(['U0MARIA', null])('asks whose turn it is among these people: %s', async (next) => {
  const database = answering(next);
  const people = ['U0MARIA', 'U0BEN'];
  expect(await supabaseOffers(database).nextInRotation(people)).toBe(next);
  expect(database.calls).toEqual([['lead_bot_next_in_rotation', { p_people: people }]]);
});
