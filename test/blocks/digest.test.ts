import { expect, test } from 'vitest';
import { digest } from '../../blocks/digest.ts';
import { ids } from '../../blocks/ids.ts';
import type { AlertPicture } from '../../src/core/alert.ts';
import type { Digest } from '../../src/core/digest.ts';
import { shownBy } from './block-limits.ts';
import { ALERT_ID, NOW, picture, STATES } from './samples.ts';

const berlin = { timeZone: 'Europe/Berlin' };
const NOTHING = { unclaimed: 0, claimed: 0, contacted: 0, cooled: 0, opened: 0 };

function day(changes: Partial<Digest>): Digest {
  const rows = { unclaimed: [], claimed: [], contacted: [], cooled: [] };
  return {
    id: null,
    localDate: '2026-03-02',
    madeAt: NOW,
    since: new Date('2026-02-27T08:00:00Z'),
    ...rows,
    counts: NOTHING,
    ...changes,
  };
}

const times = (many: number): AlertPicture[] => Array.from({ length: many }, () => picture());

test('lists unclaimed leads first, then claimed ones, then contacted and cooled ones', () => {
  const drawn = digest(
    day({
      unclaimed: [picture()],
      claimed: [picture(STATES.claimed)],
      contacted: [picture(STATES.contacted)],
      cooled: [picture(STATES.cooled)],
      counts: { unclaimed: 1, claimed: 1, contacted: 1, cooled: 1, opened: 2 },
    }),
    berlin,
  );
  const titles = shownBy(drawn).match(/^\*[A-Z][^*]+\*$/gm);
  expect(titles).toEqual(['*To claim*', '*To contact*', '*Contacted*', '*Cooled without contact*']);
  expect(drawn.text).toBe(
    'Leads for Monday, March 2: 1 to claim, 1 waiting to be contacted. First: VelocityPay (88).',
  );
});

test('an unclaimed row shows score, age and next step, and a claim button', () => {
  const drawn = digest(
    day({ unclaimed: [picture()], counts: { ...NOTHING, unclaimed: 1 } }),
    berlin,
  );
  const at = drawn.blocks.findIndex(({ block_id }) => block_id === 'digest:unclaimed:0');
  expect(drawn.blocks[at - 1]).toEqual(
    expect.objectContaining({
      text: expect.objectContaining({
        text: expect.stringMatching(
          /^🔥 \*VelocityPay\* · 88 · turned hot <!date\^1772442000\^{ago}\|[^>]+>\nReach out to Marcus/,
        ),
      }),
    }),
  );
  expect(drawn.blocks[at]).toMatchObject({
    elements: [
      { action_id: ids.claim, value: ALERT_ID },
      { action_id: ids.details, value: ALERT_ID },
    ],
  });
});

test('a row claimed since the digest was made shows its owner and no claim button', () => {
  const drawn = digest(
    day({ unclaimed: [picture(STATES.claimed)], counts: { ...NOTHING, unclaimed: 1 } }),
    berlin,
  );
  expect(shownBy(drawn)).toContain('✋ *VelocityPay* · 88 · claimed by <@U0MARIA>');
  expect(JSON.stringify(drawn)).not.toContain(ids.claim);
});

test('counts the rows beyond the limit', () => {
  const drawn = digest(
    day({ unclaimed: times(50), counts: { ...NOTHING, unclaimed: 240 } }),
    berlin,
  );
  expect(shownBy(drawn)).toContain('+228 more');
});

test('shows when the counts were taken and since when', () => {
  const counts = { unclaimed: 0, claimed: 0, contacted: 3, cooled: 1, opened: 2 };
  expect(shownBy(digest(day({ counts }), berlin))).toMatch(
    /Mar 2, 2026, 13:00 Europe\/Berlin>: .*2 new, 3 contacted, 1 cooled <[^|]+\|since Feb 27, 2026, 09:00 Europe\/Berlin/,
  );
  expect(shownBy(digest(day({ counts, since: null }), berlin))).toContain('1 cooled so far');
});

test('says so if there is nothing to work on', () => {
  const drawn = digest(day({}), berlin);
  expect(drawn.text).toBe('Leads for Monday, March 2: nothing to work on.');
  expect(shownBy(drawn)).toContain('no leads are hot, and nothing has changed');
});

test('marks every row with its list, so that a private digest can be redrawn', () => {
  const drawn = digest(day({ unclaimed: times(3), claimed: times(2) }), berlin);
  const rows = drawn.blocks.filter(
    (block) => block.type === 'actions' || (block.type === 'section' && block.accessory),
  );
  expect(rows.map(({ block_id }) => block_id?.startsWith('digest:'))).toEqual(
    Array.from({ length: 5 }, () => true),
  );
});

test('continues a posted digest with the rows it leaves out', () => {
  const counts = { ...NOTHING, unclaimed: 25, claimed: 11 };
  const buttons = (id: string | null) =>
    digest(day({ id, unclaimed: times(12), claimed: times(8), counts }), berlin).blocks.flatMap(
      (block) =>
        block.type === 'actions'
          ? block.elements.flatMap((element) =>
              element.type === 'button' && element.action_id === ids.nextPage
                ? [`${element.text.text} ${element.value}`]
                : [],
            )
          : [],
    );
  expect(buttons(ALERT_ID)).toEqual([
    `Next 13 unclaimed:0:${ALERT_ID}`,
    `Next 3 claimed:0:${ALERT_ID}`,
  ]);
  expect(buttons(null)).toEqual(['Next 13 unclaimed:12', 'Next 3 claimed:8']);
});

test('fits a full digest into one message', () => {
  const counts = { ...NOTHING, unclaimed: 99, claimed: 99, contacted: 99, cooled: 99 };
  const rows = {
    unclaimed: times(25),
    claimed: times(25),
    contacted: times(25),
    cooled: times(25),
  };
  const drawn = digest(day({ id: ALERT_ID, ...rows, counts }), berlin);
  expect(drawn.blocks.length).toBeLessThanOrEqual(50);
  expect(shownBy(drawn)).toContain('+91 more');
});
