import { expect, test } from 'vitest';
import { digest } from '../../blocks/digest.ts';
import { ids } from '../../blocks/ids.ts';
import type { AlertPicture } from '../../src/core/alert.ts';
import type { Drawing } from '../../src/core/message.ts';
import { digestOf } from '../../src/doctor/every-builder.ts';
import { shownBy } from './block-limits.ts';
import { ALERT_ID, digestDay as day, picture, STATES } from './samples.ts';

const berlin = { timeZone: 'Europe/Berlin' };
const times = (many: number): AlertPicture[] => Array.from({ length: many }, () => picture());

test('lists the queue first, then what has left it', () => {
  const drawn = digest(
    day({
      unclaimed: [picture()],
      claimed: [picture(STATES.claimed)],
      contacted: [picture(STATES.contacted)],
      notAFit: [picture(STATES.notAFit)],
      snoozed: [picture(STATES.snoozed)],
      cooled: [picture(STATES.cooled)],
      counts: { unclaimed: 1, claimed: 1, contacted: 1, notAFit: 1, snoozed: 1, cooled: 1 },
    }),
    berlin,
  );
  expect(shownBy(drawn).match(/^\*[A-Z][^*]+\*$/gm)).toEqual([
    '*To claim*',
    '*To contact*',
    '*Contacts and outcomes*',
    '*Not a fit*',
    '*Snoozed*',
    '*Cooled without contact*',
  ]);
  expect(shownBy(drawn)).toContain('*1 to claim · 1 waiting to be contacted*');
  expect(drawn.text).toBe(
    'Leads for Monday, March 2: 1 to claim · 1 waiting to be contacted. First: VelocityPay (88).',
  );
});

test.each([
  ['2026-03-02T11:59:55Z', '1 min'],
  ['2026-03-02T11:48:30Z', '11 min'],
  ['2026-03-02T09:00:00Z', '3 h'],
  ['2026-02-28T10:00:00Z', '2 d'],
])('a row to claim, hot since %s, shows score, waiting %s and the next step', (at, waiting) => {
  const drawn = digest(
    day({ unclaimed: [picture({ openedAt: new Date(at) })], counts: { unclaimed: 1 } }),
    berlin,
  );
  const row = drawn.blocks.findIndex(({ block_id }) => block_id === 'digest:unclaimed:0');
  expect(drawn.blocks[row - 1]).toMatchObject({
    text: {
      text: expect.stringMatching(
        new RegExp(`^🔥 \\*VelocityPay\\* · 88 · waiting ${waiting}\nReach out to Marcus`),
      ),
    },
  });
  expect(drawn.blocks[row]).toMatchObject({
    elements: [
      { action_id: ids.claim, value: ALERT_ID },
      { action_id: ids.details, value: ALERT_ID },
    ],
  });
});

test('a row to claim says who has first call', () => {
  const drawn = digest(
    day({ unclaimed: [picture(STATES.offered)], counts: { unclaimed: 1 } }),
    berlin,
  );
  expect(shownBy(drawn)).toMatch(
    /👉 \*VelocityPay\* · 88 · waiting 3 h · <@U0MARIA> has first call/,
  );
});

test('a claimed row shows its owner and since when, and no claim button', () => {
  const drawn = digest(day({ claimed: [picture(STATES.claimed)], counts: { claimed: 1 } }), berlin);
  expect(shownBy(drawn)).toMatch(
    /✋ \*VelocityPay\* · 88 · claimed by <@U0MARIA> <!date\^\d+\^\{ago\}/,
  );
  expect(JSON.stringify(drawn)).not.toContain(ids.claim);
});

test('counts the rows beyond the limit', () => {
  const drawn = digest(day({ unclaimed: times(50), counts: { unclaimed: 240 } }), berlin);
  expect(shownBy(drawn)).toContain('+220 more');
});

const MOMENTS = [
  / ?<!date\^\d+\^(as of|since) [^|]+\|\1 Mar 2, 2026, 13:00 Europe\/Berlin>/g,
  / ?<!date\^\d+\^(as of|since) [^|]+\|\1 Feb 27, 2026, 09:00 Europe\/Berlin>/g,
] as const;
/** The lines under the headline, with short dates. */
const accounts = (drawn: Drawing) =>
  shownBy(drawn).replace(MOMENTS[0], ' $1 now').replace(MOMENTS[1], ' $1 Friday').split('\n');

test('is all as of one moment, and says how the queue got from the last digest to this one', () => {
  const counts = { unclaimed: 3, claimed: 2, contacted: 2, notAFit: 1 };
  const changes = { opened: 2, back: 1, contacted: 2, notAFit: 1 };
  const lines = accounts(digest(day({ counts, changes }), berlin));
  expect(lines).toContain('All as of now.');
  expect(lines).toContain('5 leads as of Friday + 2 new + 1 back − 2 contacted − 1 not a fit = 5');
});

test.each([
  ['no change', {}, 'No change since Friday'],
  [
    'every other reason',
    { snoozed: 1, cooled: 1, merged: 1, erased: 1 },
    '5 leads as of Friday − 1 snoozed − 1 cooled − 1 merged − 1 erased = 1',
  ],
  [
    'one lead before',
    { before: 1, opened: 2, cooled: 2 },
    '1 lead as of Friday + 2 new − 2 cooled = 1',
  ],
  [
    'an unknown queue before',
    { before: null, opened: 2, contacted: 3 },
    '2 new, 3 contacted since Friday',
  ],
])('with %s it says so', (_, changes, line) => {
  expect(accounts(digest(day({ counts: { unclaimed: 1 }, changes }), berlin))).toContain(line);
});

test('the first digest has nothing to compare with', () => {
  const changes = { before: null, opened: 2, contacted: 3 };
  const drawn = digest(day({ since: null, counts: { unclaimed: 1 }, changes }), berlin);
  expect(accounts(drawn)).toContain('2 new, 3 contacted so far');
});

test('counts the new outcomes', () => {
  const drawn = digest(day({ counts: { unclaimed: 1 }, outcomes: { won: 1, meeting: 2 } }), berlin);
  expect(accounts(drawn)).toContain('Outcomes: 2 meetings, 1 won');
});

test('is one line when there is nothing to say', () => {
  const drawn = digest(day({ changes: { before: 0 } }), berlin);
  expect(drawn.text).toBe('Leads for Monday, March 2: nothing to work on.');
  expect(drawn.blocks).toHaveLength(1);
  expect(accounts(drawn)).toEqual([
    '*Leads for Monday, March 2:* nothing to work on, and no change since Friday.',
  ]);
});

test('says what happened when nothing is left to work on', () => {
  const drawn = digest(day({ changes: { contacted: 5 }, counts: { contacted: 5 } }), berlin);
  expect(accounts(drawn)).toContain('Nothing to work on: every hot lead is taken care of.');
  expect(accounts(drawn)).toContain('5 leads as of Friday − 5 contacted = 0');
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
  const counts = { unclaimed: 25, claimed: 11 };
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

test('leads to the rest when no listed lead is to claim any more', () => {
  const drawn = digest(day({ id: ALERT_ID, counts: { unclaimed: 7 } }), berlin);
  expect(shownBy(drawn)).toContain('+7 more');
  expect(JSON.stringify(drawn.blocks)).toContain(`unclaimed:0:${ALERT_ID}`);
});

test('fits a full digest into one message', () => {
  const drawn = digest(digestOf(times(25), 99), berlin);
  expect(drawn.blocks.length).toBeLessThanOrEqual(50);
  expect(shownBy(drawn)).toContain('+91 more');
});
