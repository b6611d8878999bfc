import { expect, test } from 'vitest';
import { alertList } from '../../blocks/alert-list.ts';
import { detailsModal } from '../../blocks/details-modal.ts';
import { ids } from '../../blocks/ids.ts';
import { leadCard } from '../../blocks/lead-card.ts';
import { foundAnswer } from '../../blocks/lookup-answer.ts';
import { notice } from '../../blocks/notice.ts';
import { rollup } from '../../blocks/rollup.ts';
import type { AlertPicture } from '../../src/core/alert.ts';
import { shownBy } from './block-limits.ts';
import { alert, JONAS, MARIA, NOW, picture, STATES } from './samples.ts';

function numbered(many: number): AlertPicture[] {
  return Array.from({ length: many }, (_, at) => {
    return { ...picture(), alert: alert({ id: `00000000-0000-4000-8000-${at}` }) };
  });
}

test('the first rows of a roll-up can be claimed and its menu reaches a hundred', () => {
  const { blocks } = rollup({ reason: 'storm', madeAt: NOW, alerts: numbered(120), total: 130 });
  const buttons = blocks.filter((block) => block.type === 'section' && block.accessory);
  expect(buttons).toHaveLength(12);
  expect(blocks.at(-1)).toMatchObject({
    type: 'actions',
    elements: [{ type: 'static_select', action_id: ids.open, options: { length: 100 } }],
  });
});

test('a roll-up shows the state of each row', () => {
  const alerts = [picture(), picture(STATES.claimed), picture(STATES.contacted)];
  const shown = shownBy(rollup({ reason: 'first-run', madeAt: NOW, alerts, total: 3 }));
  expect(shown).toContain('🔥 *VelocityPay* · 88 · turned hot');
  expect(shown).toContain('✋ *VelocityPay* · 88 · claimed by <@U0MARIA>');
  expect(shown).toContain('✅ *VelocityPay* · 88 · contacted by <@U0MARIA>');
  expect(shown).toContain('✋ VelocityPay · 88 · Claimed');
});

test('what was hot at the first poll is said to have been seen then, wherever it is shown', () => {
  const early = picture({ hotAtFirstPoll: true });
  const found = { account: early.account, current: early };
  const shown = [
    rollup({ reason: 'first-run', madeAt: NOW, alerts: [early], total: 1 }),
    alertList('hot', { alerts: [early], total: 1 }, MARIA),
    leadCard(early),
    foundAnswer(found, MARIA),
    detailsModal(early, MARIA, ''),
  ].map(shownBy);
  for (const text of shown) expect(text).toMatch(/first seen hot <!date\^1772442000/i);
});

test.each([
  ['first-run', '3 companies are hot already. First: VelocityPay.'],
  ['storm', '3 more companies turned hot at once. First: VelocityPay.'],
] as const)('the text of a %s roll-up stands alone', (reason, text) => {
  const alerts = [picture()];
  expect(rollup({ reason, madeAt: NOW, alerts, total: 3 }).text).toBe(text);
});

test('a list offers a claim, the owner the contact, and anyone else the details', () => {
  const alerts = [
    picture(),
    picture(STATES.claimed),
    picture({ ...STATES.claimed, owner: JONAS }),
    picture(STATES.contacted),
  ];
  const { blocks } = alertList('hot', { alerts, total: 4 }, MARIA);
  const pressed = blocks.flatMap((block) =>
    block.type === 'section' && block.accessory?.type === 'button' ? [block.accessory] : [],
  );
  expect(pressed.map(({ action_id }) => action_id)).toEqual([
    ids.claim,
    ids.contact,
    ids.details,
    ids.details,
  ]);
});

test('a list counts what it does not show', () => {
  const drawn = alertList('hot', { alerts: numbered(15), total: 90 }, MARIA);
  expect(drawn.text).toBe('90 leads hot');
  expect(shownBy(drawn)).toContain('+75 more');
});

test('empty lists say what there is to know', () => {
  const none = { alerts: [], total: 0 };
  expect(alertList('hot', none, MARIA).text).toBe('No lead is hot at the moment.');
  expect(alertList('mine', none, MARIA).text).toContain('`/lead hot`');
});

test('rows of lists are told apart by the list they stand in', () => {
  const list = { alerts: numbered(2), total: 2 };
  const rowIds = (kind: 'hot' | 'mine') =>
    alertList(kind, list, MARIA).blocks.flatMap(({ block_id }) => block_id?.split(':')[0] ?? []);
  expect([rowIds('hot'), rowIds('mine')]).toEqual([
    ['hot', 'hot'],
    ['mine', 'mine'],
  ]);
});

test('a notice says who joined', () => {
  expect(notice({ kind: 'joined', who: 'Ann <b>', score: 84, others: 0 }).text).toBe(
    'Ann &lt;b&gt; (84) is hot now too.',
  );
  expect(notice({ kind: 'joined', who: 'Ann', score: 84, others: 37 }).text).toBe(
    'Ann (84) and 37 more are hot now too.',
  );
});
