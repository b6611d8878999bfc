import type { ModalView } from '@slack/types';
import { expect, test } from 'vitest';
import { contactModal } from '../../blocks/contact-modal.ts';
import { detailsModal } from '../../blocks/details-modal.ts';
import { ids } from '../../blocks/ids.ts';
import { infoModal, loadingModal } from '../../blocks/info-modal.ts';
import { leadCard } from '../../blocks/lead-card.ts';
import { plainFallback } from '../../blocks/plain-fallback.ts';
import { refusal } from '../../blocks/refusal.ts';
import {
  type AlertNote,
  type AlertPicture,
  CONTACT_METHODS,
  type Refusal,
} from '../../src/core/alert.ts';
import { refusals } from '../../src/doctor/every-builder.ts';
import { shownBy } from './block-limits.ts';
import { ALERT_ID, account, BEFORE, JONAS, lead, MARIA, NOW, picture, STATES } from './samples.ts';

const ALERTS = { ...STATES, cooledClaimed: { ...STATES.claimed, ...STATES.cooled } } as const;

const details = (of: AlertPicture, viewer = MARIA) => detailsModal(of, viewer, 'memory');

test('the details show how the total is calculated', () => {
  expect(shownBy(details(picture()))).toContain(
    '• Usage 95 × 30% = 28.5\n• Company 85 × 25% = 21.25\n• Expansion 90 × 20% = 18\n• Champion 80 × 15% = 12\n• Timing 85 × 10% = 8.5\nTotal 88.25, shown as 88 · hot',
  );
});

test('the details show what changed, all signals, the people and the history', () => {
  const drawn = details(
    picture(STATES.contacted, {
      account: account({ leads: [lead({ before: BEFORE }), lead({ championName: 'Ann Bo' })] }),
      events: [
        { at: NOW, kind: 'opened', actor: null, detail: null, target: null },
        { at: NOW, kind: 'joined', actor: null, detail: 'Ann Bo', target: null },
        { at: NOW, kind: 'claimed', actor: MARIA, detail: null, target: null },
        { at: NOW, kind: 'contacted', actor: MARIA, detail: 'linkedin', target: null },
      ],
    }),
  );
  const shown = shownBy(drawn);
  expect(shown).toContain('• plan Free → Pro');
  expect(shown).toContain('• Auth0 contract renewal coming up – Tech migration · high strength');
  expect(shown).toContain('• Sarah Kim, VP of Engineering – decision maker, technical');
  expect(shown).toContain('• Ann Bo · 88 · hot');
  expect(shown).toMatch(/: Ann Bo turned hot too$/m);
  expect(shown).toMatch(/: <@U0MARIA> wrote to them on LinkedIn$/m);
});

test.each([
  ['released', null, '<@U0MARIA> released it'],
  ['handed-over', null, '<@U0MARIA> handed it over to <@U0JONAS>'],
  ['outcome', 'no-reply', '<@U0MARIA> saved the outcome: no reply'],
  ['snoozed', null, '<@U0MARIA> snoozed it'],
  ['not-a-fit', 'own-people', '<@U0MARIA> marked it as not a fit: our own people'],
  ['not-a-fit', 'constructor', '<@U0MARIA> marked it as not a fit'],
  ['woke', null, 'The snooze ended'],
  ['noted', null, '<@U0MARIA> took a note'],
  ['offered', 'rotation', '<@U0JONAS> got first call'],
  ['offered', 'owner', '<@U0JONAS> got first call as account owner'],
  ['passed', null, '<@U0MARIA> passed'],
  ['lapsed', null, '<@U0JONAS> let first call pass'],
  ['kept', null, '<@U0MARIA> kept it'],
  ['given-back', null, '<@U0MARIA> gave it back to <@U0JONAS>'],
  ['reminded', null, '<@U0JONAS> was reminded to claim it'],
  ['escalated', null, 'Managers were told that <@U0JONAS> keeps it without reaching out'],
  ['warned', null, '<@U0JONAS> was told that time is almost up'],
  ['expired', null, 'Went back to everyone: not contacted in time'],
  ['asked', null, '<@U0JONAS> was asked for the outcome'],
  ['undone', 'kept', '<@U0MARIA> undid the keep'],
  ['undone', 'passed', '<@U0MARIA> undid the pass'],
  ['undone', 'handed-over', '<@U0MARIA> undid the hand-over'],
  ['undone', 'promoted', '<@U0MARIA> undid the last change'],
  ['cooled', null, 'Cooled'],
] as const)('the history tells of %s (%s)', (kind, detail, told) => {
  const events = [{ at: NOW, kind, actor: MARIA, detail, target: JONAS }];
  expect(
    shownBy(details(picture({}, { events })))
      .split('\n')
      .at(-1),
  ).toMatch(new RegExp(`^• <!date[^>]+>: ${told}$`));
});

test.each([
  ['reminded', 'Reminder: nobody had claimed it'],
  ['escalated', 'Managers were told that nobody had claimed it'],
] as const)('the history tells of a lead of nobody: %s', (kind, told) => {
  const events = [{ at: NOW, kind, actor: null, detail: null, target: null }];
  expect(shownBy(details(picture({}, { events })))).toMatch(new RegExp(`>: ${told}$`));
});

test.each([
  [MARIA, false, true],
  [JONAS, true, true],
  [JONAS, false, false],
])('the details tell %s (a manager: %s) when the lead is due: %s', (viewer, isManager, told) => {
  const shown = shownBy(detailsModal(picture(STATES.due), viewer, 'memory', isManager));
  expect(/contact <!date\^\d+\^due /.test(shown)).toBe(told);
});

test('only a warned owner can keep a lead from the details, until they have', () => {
  const event = (kind: 'warned' | 'kept') => {
    return { at: NOW, kind, actor: null, detail: null, target: MARIA };
  };
  const warned = picture(STATES.claimed, { events: [event('warned')] });
  expect(offered(details(warned))).toEqual([ids.keep, ...OWNER]);
  expect(offered(detailsModal(warned, JONAS, 'memory', true))).toEqual(OWNER);
  const events = [event('warned'), event('kept')];
  expect(offered(details({ ...warned, events }))).toEqual(OWNER);
});

test('the details show contacts and notes, the newest first', () => {
  const at = (hour: number) => new Date(Date.UTC(2026, 2, 2, hour));
  const notes: AlertNote[] = [
    { at: at(9), author: MARIA, kind: 'contact', word: 'email', body: null },
    { at: at(10), author: JONAS, kind: 'note', word: null, body: 'First line\nSecond *line*' },
    { at: at(11), author: MARIA, kind: 'hand-over', word: null, body: 'Yours' },
    { at: at(12), author: JONAS, kind: 'outcome', word: 'meeting', body: '\u200b' },
    { at: at(13), author: JONAS, kind: 'not-a-fit', word: 'too-small', body: null },
  ];
  const shown = shownBy(details(picture({}, { notes }))).replace(/<!date[^>]+>/g, 'then');
  expect(shown).toContain(
    [
      '*Contacts and notes*',
      '• then: <@U0JONAS> marked it as not a fit: too small',
      '• then: <@U0JONAS> saved the outcome: meeting',
      '• then: <@U0MARIA> handed it over',
      '>Yours',
      '• then: <@U0JONAS> noted',
      '>First line',
      '>Second ∗line∗',
      '• then: <@U0MARIA> emailed them',
    ].join('\n'),
  );
});

const ANYONE = [ids.note, ids.snooze, ids.notAFit];
const OWNER = [ids.contact, ids.note, ids.handOver, ids.snooze, ids.notAFit, ids.release];
const DONE = [ids.outcome, ids.contact, ids.note];

test.each([
  ['open', MARIA, false, [ids.claim, ...ANYONE]],
  ['open', MARIA, true, [ids.claim, ids.note, ids.handOver, ids.snooze, ids.notAFit]],
  ['offered', MARIA, false, [ids.claim, ids.pass, ...ANYONE]],
  ['offered', JONAS, false, ANYONE],
  ['offered', JONAS, true, [ids.claim, ids.note, ids.handOver, ids.snooze, ids.notAFit]],
  ['lapsed', MARIA, false, [ids.claim, ...ANYONE]],
  ['passed', MARIA, false, [ids.claim, ...ANYONE]],
  ['handedOver', MARIA, false, [ids.keep, ids.giveBack, ...OWNER]],
  ['handedOver', JONAS, true, OWNER],
  ['claimed', MARIA, false, OWNER],
  ['claimed', JONAS, false, [ids.note, ids.release]],
  ['cold', JONAS, false, [ids.note, ids.release]],
  ['claimed', JONAS, true, OWNER],
  ['cold', MARIA, false, OWNER],
  ['snoozed', MARIA, false, [ids.claim, ...ANYONE]],
  ['notAFit', MARIA, true, [ids.note]],
  ['contacted', MARIA, false, [...DONE, ids.handOver, ids.snooze, ids.notAFit]],
  ['contacted', JONAS, false, [ids.note]],
  ['closed', MARIA, false, DONE],
  ['cooled', MARIA, false, [ids.note]],
  ['cooledClaimed', MARIA, false, [ids.contact, ids.note]],
  ['cooledClaimed', JONAS, false, [ids.note]],
  ['merged', MARIA, true, []],
] as const)(
  'the details of an alert that is %s have the buttons for %s (a manager: %s)',
  (state, viewer, isManager, expected) => {
    expect(offered(detailsModal(picture(ALERTS[state]), viewer, 'memory', isManager))).toEqual(
      expected,
    );
  },
);

/** Action ids of the buttons, in order. */
function offered({ blocks }: ModalView): string[] {
  return blocks.flatMap((block) =>
    'elements' in block && block.type === 'actions'
      ? block.elements.flatMap((element) =>
          'action_id' in element ? [element.action_id ?? ''] : [],
        )
      : [],
  );
}

test('only whoever made the newest gesture can undo it from the details', () => {
  const undo = { id: ALERT_ID, kind: 'not-a-fit', actor: MARIA, at: NOW };
  const of = picture({ ...STATES.notAFit, undo });
  expect(offered(details(of))).toContain(ids.undo);
  expect(shownBy(details(of))).toContain('Undo not a fit');
  expect(offered(details(of, JONAS))).not.toContain(ids.undo);
});

test('the details of a closed alert say that the company is shown as it is now', () => {
  expect(shownBy(details(picture(STATES.closed)))).toMatch(/This alert ended <!date[^>]+>\. Below/);
  expect(shownBy(details(picture()))).not.toContain('This alert ended');
});

test('the details show the newest note in full, however long the others are', () => {
  const body = `${'long '.repeat(550)}end of the note`;
  const notes = Array.from({ length: 20 }, (): AlertNote => {
    return { at: NOW, author: MARIA, kind: 'note', word: null, body };
  });
  expect(shownBy(details(picture({}, { notes })))).toContain(`>${body}`);
});

test('the contact modal asks for the method, takes an optional note and keeps its metadata', () => {
  const drawn = contactModal(picture(STATES.claimed), ALERT_ID);
  expect(drawn).toMatchObject({ callback_id: ids.contactModal, private_metadata: ALERT_ID });
  expect(drawn.blocks.slice(1)).toMatchObject([
    {
      block_id: ids.contactMethod,
      element: {
        action_id: ids.contactMethod,
        options: CONTACT_METHODS.map((value) => ({ value })),
      },
    },
    {
      block_id: ids.contactNote,
      optional: true,
      element: { action_id: ids.contactNote, multiline: true, max_length: 1000 },
    },
  ]);
});

test('throws on metadata that Slack would refuse', () => {
  expect(() => contactModal(picture(), 'x'.repeat(3_001))).toThrow(RangeError);
});

test('cuts a modal title to 24 characters', () => {
  expect(infoModal('A title that is far too long for Slack', 'Text').title.text).toHaveLength(24);
  expect(shownBy(loadingModal('Lead details'))).toBe('Loading…');
});

test.each([
  ['not-found', 'This alert no longer exists. Look the company up with `/lead` and its domain.'],
  [
    'already-yours',
    'You have already claimed VelocityPay. You can mark it as contacted, hand it over or release it.',
  ],
  [
    'claimed-by-other',
    'VelocityPay was claimed by <@U0JONAS> 4 seconds ago. Ask them to hand it over, or take a note in *Details*.',
  ],
  [
    'not-yours',
    'VelocityPay is claimed by <@U0JONAS>. Ask them to hand it over, or take a note in *Details*. If they have left, release it.',
  ],
  [
    'already-contacted',
    'VelocityPay was contacted 4 seconds ago. <@U0JONAS> has it, and can hand it over. You can take a note in *Details*.',
  ],
  [
    'offered',
    "<@U0JONAS> has first call on VelocityPay until Mar 2, 2026, 12:00 UTC. After that, anyone can claim it. If it can't wait, ask them to pass.",
  ],
  ['not-handed-over', 'VelocityPay is already yours. To give it up, release it or hand it over.'],
  [
    'not-allowed',
    "You can't do that with VelocityPay right now. Its card shows the current state.",
  ],
] satisfies [Refusal['why'], string][])(
  'the refusal %s says what happened, and what one can do',
  (why, text) => {
    const refused = refusals(picture(STATES.claimed)).find((one) => one.why === why);
    const told = refused && refusal(refused, new Date(NOW.getTime() + 4_000)).text;
    expect(told?.replace(/<!date[^|]+\|([^>]+)>/, '$1')).toBe(text);
  },
);

test.each([
  ['open', 'Anyone can claim it.'],
  ['offered', '<@U0MARIA> has.'],
  ['claimed', '<@U0MARIA> has claimed it.'],
  ['snoozed', 'It is snoozed.'],
] as const)('a pass that is too late says whose the lead is (%s)', (state, whose) => {
  const refused = { why: 'not-offered', picture: picture(STATES[state]) } as const;
  expect(refusal(refused, NOW).text).toBe(`You don't have first call on VelocityPay. ${whose}`);
});

test('a contacted lead can be given up by handing it over only', () => {
  const refused = { why: 'not-handed-over', picture: picture(STATES.contacted) } as const;
  expect(refusal(refused, NOW).text).toBe(
    'VelocityPay is already yours. To give it up, hand it over.',
  );
});

test.each([
  [STATES.contacted, 'Ask them to hand it over, or take a note in *Details*.'],
  [{ ...STATES.contacted, closedAt: NOW }, 'You can take a note in *Details*.'],
])("a gesture on another AE's contacted lead says what one can do", (state, instead) => {
  const refused = { why: 'not-yours', owner: JONAS, picture: picture(state) } as const;
  expect(refusal(refused, NOW).text).toBe(`VelocityPay is claimed by <@U0JONAS>. ${instead}`);
});

test('a gesture on a lead that is not a fit says where to object', () => {
  const { hold } = STATES.notAFit;
  const refused = { why: 'not-a-fit', hold, picture: picture(STATES.notAFit) } as const;
  expect(refusal(refused, NOW).text).toMatch(/\. If that is wrong, take a note in \*Details\*\.$/);
});

test('a gesture on an unclaimed lead says to claim it first', () => {
  const refused = { why: 'not-yours', owner: null, picture: picture() } as const;
  expect(refusal(refused, NOW).text).toBe('Nobody has claimed VelocityPay. Claim it first.');
});

test('a gesture on a closed alert says how to look it up', () => {
  const now = new Date('2026-03-03T13:00:00Z');
  expect(refusal({ why: 'over', picture: picture(STATES.cooled) }, now).text).toBe(
    'This alert for VelocityPay ended 3 hours ago. `/lead velocitypay.io` shows where it stands.',
  );
});

test('the text-only form of a card has its facts and how to act', () => {
  const plain = plainFallback(leadCard(picture()));
  expect(plain.blocks).toEqual([]);
  expect(plain.text).toContain('🔥 VelocityPay is hot (88)');
  expect(plain.text).toContain('*Why now:* API calls +250% in 30 days');
  expect(plain.text).toContain('type `/lead`');
});
