import { expect, test } from 'vitest';
import { contactModal } from '../../blocks/contact-modal.ts';
import { detailsModal } from '../../blocks/details-modal.ts';
import { ids } from '../../blocks/ids.ts';
import { infoModal, loadingModal } from '../../blocks/info-modal.ts';
import { leadCard } from '../../blocks/lead-card.ts';
import { plainFallback } from '../../blocks/plain-fallback.ts';
import { refusal } from '../../blocks/refusal.ts';
import { type AlertPicture, CONTACT_METHODS, type Refusal } from '../../src/core/alert.ts';
import { shownBy } from './block-limits.ts';
import { refusals } from './every-builder.ts';
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
  expect(shown).toMatch(/: Ann Bo joined$/m);
  expect(shown).toMatch(/: Contacted by <@U0MARIA> on LinkedIn$/m);
});

test.each([
  ['open', MARIA, [ids.claim]],
  ['claimed', MARIA, [ids.contact, ids.release]],
  ['claimed', JONAS, []],
  ['contacted', MARIA, []],
  ['cooled', MARIA, []],
  ['cooledClaimed', MARIA, [ids.contact]],
  ['cooledClaimed', JONAS, []],
] as const)(
  'the details of an alert that is %s have the buttons for %s',
  (state, viewer, expected) => {
    const offered = details(picture(ALERTS[state]), viewer).blocks.flatMap((block) =>
      'elements' in block && block.type === 'actions'
        ? block.elements.map((element) => ('action_id' in element ? element.action_id : ''))
        : [],
    );
    expect(offered).toEqual(expected);
  },
);

test('the details of a closed alert say that the company is shown as it is now', () => {
  expect(shownBy(details(picture(STATES.closed)))).toMatch(/This alert ended <!date[^>]+>\. Below/);
  expect(shownBy(details(picture()))).not.toContain('This alert ended');
});

test('the details show the longest possible note in full', () => {
  const note = `${'long '.repeat(190)}end of the note`;
  const { alert, ...rest } = picture(STATES.claimed);
  const drawn = details({ ...rest, alert: { ...alert, contactNote: note } });
  expect(shownBy(drawn)).toContain(note);
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
  ['already-yours', 'You have already claimed VelocityPay.'],
  ['claimed-by-other', 'VelocityPay was claimed by <@U0JONAS> 4 seconds ago.'],
  ['not-yours', 'VelocityPay is claimed by <@U0JONAS>. Only they can do that.'],
  ['already-contacted', 'VelocityPay was contacted by <@U0JONAS> 4 seconds ago.'],
  [
    'not-allowed',
    "You can't do that with VelocityPay right now. Its card shows the current state.",
  ],
] satisfies [Refusal['why'], string][])('the refusal %s says what happened', (why, text) => {
  const refused = refusals(picture(STATES.claimed)).find((one) => one.why === why);
  expect(refused && refusal(refused, new Date(NOW.getTime() + 4_000)).text).toBe(text);
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
  expect(plain.text).toContain('2.8M API calls in 30 days (+250%)');
  expect(plain.text).toContain('type `/lead`');
});
