import type { AnyBlock } from '@slack/types';
import { expect, test } from 'vitest';
import { detailsModal } from '../../blocks/details-modal.ts';
import { directMessage } from '../../blocks/direct-message.ts';
import { ids } from '../../blocks/ids.ts';
import type { Alert, AlertEvent, AlertNote, AlertPicture } from '../../src/core/alert.ts';
import type { DirectReason } from '../../src/core/message.ts';
import { problemsOfMessage, shownBy } from './block-limits.ts';
import { ALERT_ID, account, JONAS, lead, MARIA, NOW, picture, STATES } from './samples.ts';

const OFFER: DirectReason = { kind: 'offer', to: MARIA };
const HAND_OVER: DirectReason = { kind: 'hand-over', to: MARIA };
const LENA = 'U0LENA';

const noteOf = (author: string, body: string | null): AlertNote => {
  return { at: NOW, author, kind: 'hand-over', word: null, body };
};
const eventOf = (kind: AlertEvent['kind'], actor: string): AlertEvent => {
  return { at: NOW, kind, actor, detail: null, target: null };
};

/** Dates as their fallback. */
const dated = (text: string): string => text.replace(/<!date\^\d+\^[^|]+\|([^>]+)>/g, '$1');

/** Action ids, top to bottom. */
function pressable({ blocks }: { blocks: readonly AnyBlock[] }): string[] {
  return blocks.flatMap((block) => {
    const elements = 'elements' in block && block.type === 'actions' ? block.elements : [];
    const accessory = 'accessory' in block ? block.accessory : undefined;
    return [...elements, ...(accessory === undefined ? [] : [accessory])].flatMap((element) =>
      'action_id' in element && element.action_id !== undefined ? [element.action_id] : [],
    );
  });
}

test('an offer says until when, shows the card, and asks to claim or pass', () => {
  const drawn = directMessage(picture(STATES.offered), OFFER);
  const [why, , heat] = dated(shownBy(drawn)).split('\n');
  expect(why).toBe('You have first call on VelocityPay until Mar 2, 2026, 09:45 UTC.');
  expect(heat).toBe('Turned hot Mar 2, 2026, 09:00 UTC');
  expect(pressable(drawn)).toEqual([ids.claim, ids.pass, ids.details]);
  expect(shownBy(drawn)).toContain('*Champion:* Marcus Chen');
  expect(dated(drawn.text)).toMatch(/^You have first call .* UTC\. Next: Reach out to Marcus/);
});

test('a direct message links the CRM, as its card does', () => {
  const leads = [lead({ crmUrl: 'https://crm.example/1' })];
  const drawn = directMessage(picture(STATES.offered, { account: account({ leads }) }), OFFER);
  expect(pressable(drawn)).toEqual([ids.claim, ids.pass, ids.details, ids.crm]);
});

test('a hand-over shows who did it and their note, and asks to keep it or give it back', () => {
  const notes = [noteOf(JONAS, 'An older one'), noteOf(JONAS, 'They asked for *you*')];
  const drawn = directMessage(picture(STATES.handedOver, { notes }), HAND_OVER);
  expect(shownBy(drawn).split('\n')[0]).toBe(
    '<@U0JONAS> handed VelocityPay over to you: “They asked for ∗you∗”',
  );
  expect(pressable(drawn)).toEqual([ids.keep, ids.giveBack, ids.contact, ids.details]);
});

test.each([
  ['without a note', [noteOf(JONAS, null)]],
  ['with the note of another hand-over', [noteOf(LENA, 'For Jonas')]],
])('a hand-over %s quotes nothing', (_, notes) => {
  const drawn = directMessage(picture(STATES.handedOver, { notes }), HAND_OVER);
  expect(shownBy(drawn).split('\n')[0]).toBe('<@U0JONAS> handed VelocityPay over to you.');
});

test('a hand-over of a contacted lead shows what has been done', () => {
  const { handedOver } = STATES.handedOver;
  const drawn = directMessage(picture({ ...STATES.contacted, handedOver }), HAND_OVER);
  expect(dated(shownBy(drawn))).toContain('Contacted by phone Mar 2, 2026, 11:00 UTC');
  expect(shownBy(drawn)).toContain('Contacted again');
});

const { offer } = STATES.offered;
const jonasHas = { ...STATES.claimed, owner: JONAS };

test.each<[string, Partial<Alert>, DirectReason, AlertEvent[], string, string[]]>([
  [
    'was claimed by its reader',
    STATES.claimed,
    OFFER,
    [],
    '✋ VelocityPay is yours.',
    [ids.contact, ids.details],
  ],
  [
    'was claimed by a manager',
    { ...jonasHas, offer: { ...offer, ended: 'claimed', endedAt: NOW } },
    OFFER,
    [],
    '✋ <@U0JONAS> has VelocityPay now.',
    [ids.details],
  ],
  [
    'is over',
    STATES.lapsed,
    OFFER,
    [],
    '🔥 Your first call on VelocityPay is over. Anyone can claim it.',
    [ids.claim, ids.details],
  ],
  [
    'is over, and somebody was faster',
    { ...jonasHas, ...STATES.lapsed },
    OFFER,
    [],
    '✋ Your first call on VelocityPay is over. <@U0JONAS> has it now.',
    [ids.details],
  ],
  [
    'was passed on',
    STATES.passed,
    OFFER,
    [],
    '🔥 You passed on VelocityPay. Anyone can claim it.',
    [ids.claim, ids.details],
  ],
  [
    'went to the next AE',
    { offer: { ...offer, holder: JONAS } },
    OFFER,
    [],
    '👉 Your first call on VelocityPay is over. <@U0JONAS> has first call on it now.',
    [ids.details],
  ],
  [
    'ended because somebody closed the lead',
    { ...STATES.notAFit, offer: { ...offer, ended: 'withdrawn', endedAt: NOW } },
    OFFER,
    [],
    '🚫 You marked VelocityPay as not a fit.',
    [ids.details],
  ],
  [
    'ended because they snoozed the lead',
    { ...STATES.snoozed, offer: { ...offer, ended: 'withdrawn', endedAt: NOW } },
    OFFER,
    [],
    '💤 You snoozed VelocityPay.',
    [ids.details],
  ],
  [
    'is over, and the lead is snoozed',
    { ...STATES.snoozed, offer: { ...offer, ended: 'lapsed', endedAt: NOW } },
    OFFER,
    [],
    '💤 Your first call on VelocityPay is over. You snoozed it.',
    [ids.details],
  ],
  [
    'was accepted',
    STATES.claimed,
    HAND_OVER,
    [],
    '✋ VelocityPay is yours.',
    [ids.contact, ids.details],
  ],
  [
    'was given back to its owner',
    jonasHas,
    HAND_OVER,
    [eventOf('handed-over', JONAS), eventOf('given-back', MARIA), eventOf('noted', JONAS)],
    '✋ You gave VelocityPay back. <@U0JONAS> has it now.',
    [ids.details],
  ],
  [
    'was given back to everyone',
    {},
    HAND_OVER,
    [eventOf('given-back', MARIA)],
    '🔥 You gave VelocityPay back. Anyone can claim it.',
    [ids.claim, ids.details],
  ],
  [
    'was kept and released later',
    {},
    HAND_OVER,
    [eventOf('handed-over', JONAS), eventOf('kept', MARIA), eventOf('released', MARIA)],
    '🔥 Anyone can claim VelocityPay.',
    [ids.claim, ids.details],
  ],
])('one that %s says what came of it in one line', (_, changes, reason, events, line, buttons) => {
  const drawn = directMessage(picture(changes, { events }), reason);
  expect(shownBy(drawn).split('\n')[0]).toBe(line);
  expect(drawn.text).toBe(line);
  expect(pressable(drawn)).toEqual(buttons);
  expect(shownBy(drawn)).not.toContain('Do next');
});

/** Every combination of what can change while a direct message stands. */
function* everyState(): Generator<AlertPicture> {
  const owners = [null, MARIA, JONAS];
  const holds = [null, STATES.snoozed.hold, STATES.notAFit.hold];
  const offers = [null, MARIA, JONAS].flatMap((holder) =>
    holder === null
      ? [null]
      : ([null, 'claimed', 'passed', 'lapsed', 'withdrawn'] as const).map((ended) => {
          return { ...offer, holder, ended, endedAt: ended === null ? null : NOW };
        }),
  );
  const given = [[], [eventOf('given-back', MARIA)], [eventOf('undone', MARIA)]];
  for (const owner of owners) {
    for (const status of ['open', 'claimed', 'contacted', 'cooled', 'merged'] as const) {
      const isFree = status === 'open' || (status === 'cooled' && owner === null);
      if (isFree !== (owner === null)) continue;
      for (const isClosed of [false, true]) {
        if (isClosed ? ['open', 'claimed'].includes(status) : ['cooled', 'merged'].includes(status))
          continue;
        for (const hold of holds) {
          for (const one of offers) {
            for (const coolingSince of [null, NOW]) {
              for (const handedOver of owner === null
                ? [null]
                : [null, STATES.handedOver.handedOver]) {
                for (const events of given) {
                  const changes: Partial<Alert> = {
                    ...(status === 'contacted' ? STATES.contacted : {}),
                    ...(status === 'merged' ? STATES.merged : {}),
                    status,
                    owner,
                    claimedAt: owner === null ? null : NOW,
                    closedAt: isClosed ? NOW : null,
                    hold,
                    // One runs only while the lead is free.
                    offer:
                      one?.ended === null && (!isFree || isClosed || hold !== null) ? null : one,
                    coolingSince,
                    handedOver,
                  };
                  yield picture(changes, { events });
                }
              }
            }
          }
        }
      }
    }
  }
}

test.each([OFFER, HAND_OVER])('a direct message ($kind) is right in every state', (reason) => {
  let states = 0;
  for (const of of everyState()) {
    states += 1;
    const { alert } = of;
    const drawn = directMessage(of, reason);
    const first = shownBy(drawn).split('\n')[0] ?? '';
    const state = JSON.stringify(alert);
    const runs = alert.offer?.ended === null ? alert.offer.holder : null;
    const isLive = alert.closedAt === null && alert.hold?.kind !== 'not-a-fit';

    expect(problemsOfMessage(drawn), state).toEqual([]);
    // Nothing that the database would refuse.
    const inDetails = pressable(detailsModal(of, MARIA, ALERT_ID));
    expect(
      pressable(drawn).filter((id) => id !== ids.details && !inDetails.includes(id)),
      state,
    ).toEqual([]);
    if (first.startsWith('You have first call')) expect(runs, state).toBe(MARIA);
    if (first.includes('over to you')) {
      expect([alert.owner, alert.handedOver !== null, isLive], state).toEqual([MARIA, true, true]);
    }
    if (/anyone can claim/i.test(first)) {
      expect([alert.status, isLive, alert.hold, runs], state).toEqual(['open', true, null, null]);
    }
    if (/ has (?:VelocityPay|it) now/.test(first)) {
      expect([alert.owner, isLive], state).toEqual([JONAS, true]);
    }
    if (first.includes('is yours')) expect([alert.owner, isLive], state).toEqual([MARIA, true]);
    if (first.includes('You gave')) expect(of.events.at(-1)?.kind, state).toBe('given-back');
    if (first.includes('You passed')) expect(alert.offer?.ended, state).toBe('passed');
  }
  expect(states).toBeGreaterThan(500);
});
