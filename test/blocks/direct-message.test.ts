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

/** Action ids, top to bottom, but for that of the menu that turns messages off. */
const pressable = (drawn: { blocks: readonly AnyBlock[] }): string[] =>
  actionIds(drawn).filter((id) => id !== ids.muteMenu);

function actionIds({ blocks }: { blocks: readonly AnyBlock[] }): string[] {
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
  const [why, , , heat] = dated(shownBy(drawn)).split('\n');
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

const DUE = new Date('2026-03-02T15:00:00Z');
const WARNING: DirectReason = { kind: 'warning', to: MARIA, until: DUE };
const ESCALATION: DirectReason = { kind: 'escalation', to: MARIA };
const KEPT_AGAIN: DirectReason = { kind: 'kept-again', to: MARIA };
const FOLLOW_UP: DirectReason = { kind: 'follow-up', to: MARIA };
const { contacted, claimed, keptTwice, due } = STATES;
const contactBy = (author: string): AlertNote => {
  return { at: NOW, author, kind: 'contact', word: 'call', body: null };
};

test('a warning says until when, and offers everything that ends it', () => {
  const drawn = directMessage(picture(claimed), WARNING);
  expect(dated(drawn.text)).toMatch(
    /^VelocityPay is yours until Mar 2, 2026, 15:00 UTC\. Then it goes back to everyone, unless you reach out or keep it\. Next: /,
  );
  expect(shownBy(drawn)).toContain('Claimed by <@U0MARIA>');
  expect(actionIds(drawn)).toEqual([ids.contact, ids.keep, ids.handOver, ids.release, ids.details]);
});

test('a warning that came late gives as long as its owner really has', () => {
  const later = new Date('2026-03-02T16:30:00Z');
  expect(dated(directMessage(picture({ ...due, dueAt: later }), WARNING).text)).toContain('16:30');
  const earlier = new Date('2026-03-02T14:00:00Z');
  expect(dated(directMessage(picture({ ...due, dueAt: earlier }), WARNING).text)).toContain(
    '15:00',
  );
});

test('a manager reads since when nobody has claimed a lead', () => {
  const events = [eventOf('claimed', JONAS), eventOf('expired', JONAS)];
  const drawn = directMessage(picture({}, { events }), ESCALATION);
  expect(dated(shownBy(drawn)).split('\n')[0]).toBe(
    'Nobody has claimed VelocityPay. It has been waiting since Mar 2, 2026, 12:00 UTC.',
  );
  expect(dated(directMessage(picture(), ESCALATION).text)).toContain(
    'since Mar 2, 2026, 09:00 UTC',
  );
  expect(pressable(drawn)).toEqual([ids.claim, ids.handOver, ids.details]);
});

test.each([
  [2, '<@U0JONAS> has kept VelocityPay twice without reaching out.'],
  [3, '<@U0JONAS> has kept VelocityPay 3 times without reaching out.'],
])('a manager reads who has kept a lead %d times', (keeps, why) => {
  const drawn = directMessage(picture({ ...keptTwice, keeps, owner: JONAS }), KEPT_AGAIN);
  expect(shownBy(drawn).split('\n')[0]).toBe(why);
  expect(pressable(drawn)).toEqual([ids.handOver, ids.release, ids.details]);
});

test.each([
  [[], 'You contacted VelocityPay'],
  [[contactBy(MARIA)], 'You contacted VelocityPay'],
  [[contactBy(MARIA), contactBy(JONAS)], 'VelocityPay was contacted'],
])('a follow-up asks what came of it (%j)', (notes, why) => {
  const drawn = directMessage(picture(contacted, { notes }), FOLLOW_UP);
  expect(dated(shownBy(drawn)).split('\n')[0]).toBe(
    `${why} Mar 2, 2026, 11:00 UTC. What came of it?`,
  );
  expect(pressable(drawn)).toEqual([ids.outcome, ids.contact, ids.details]);
});

const kept = [eventOf('warned', MARIA), eventOf('kept', MARIA)];
const outcome = { kind: 'meeting', at: NOW, until: null } as const;

test.each<[string, Partial<Alert>, DirectReason, Partial<AlertPicture>, string, string[]]>([
  [
    'kept',
    claimed,
    WARNING,
    { events: kept },
    '✋ VelocityPay is yours.',
    [ids.contact, ids.details],
  ],
  [
    'kept, with a new deadline',
    { ...due, dueAt: new Date('2026-03-03T09:00:00Z') },
    WARNING,
    { events: kept },
    '✋ VelocityPay is yours, contact due Mar 3, 2026, 09:00 UTC.',
    [ids.contact, ids.details],
  ],
  [
    'contacted after a warning',
    contacted,
    WARNING,
    { notes: [contactBy(MARIA)] },
    '✅ You contacted VelocityPay.',
    [ids.details],
  ],
  [
    'contacted by a manager after a warning',
    contacted,
    WARNING,
    { notes: [contactBy(JONAS)] },
    '✅ <@U0JONAS> contacted VelocityPay.',
    [ids.details],
  ],
  [
    'returned',
    {},
    WARNING,
    { events: [eventOf('warned', MARIA), eventOf('expired', MARIA)] },
    '🔥 VelocityPay was not contacted in time. Anyone can claim it.',
    [ids.claim, ids.details],
  ],
  [
    'returned, and claimed by another',
    { ...claimed, owner: JONAS },
    WARNING,
    { events: [eventOf('expired', MARIA), eventOf('claimed', JONAS)] },
    '✋ <@U0JONAS> has VelocityPay now.',
    [ids.details],
  ],
  [
    'released after a warning',
    {},
    WARNING,
    { events: [eventOf('warned', MARIA), eventOf('released', MARIA)] },
    '🔥 Anyone can claim VelocityPay.',
    [ids.claim, ids.details],
  ],
  [
    'no longer hot',
    STATES.cold,
    WARNING,
    {},
    '🧊 VelocityPay is yours.',
    [ids.contact, ids.details],
  ],
  [
    'claimed at last',
    { ...claimed, owner: JONAS },
    ESCALATION,
    {},
    '✋ <@U0JONAS> has VelocityPay now.',
    [ids.details],
  ],
  [
    'contacted at last',
    { ...contacted, owner: JONAS },
    KEPT_AGAIN,
    { notes: [contactBy(JONAS)] },
    '✅ <@U0JONAS> contacted VelocityPay.',
    [ids.details],
  ],
  [
    'given an outcome',
    { ...contacted, outcome },
    FOLLOW_UP,
    {},
    '✅ Outcome for VelocityPay: meeting.',
    [ids.details],
  ],
  [
    'contacted again',
    { ...contacted, touches: 2 },
    FOLLOW_UP,
    { events: [eventOf('asked', MARIA), eventOf('contacted', MARIA)], notes: [contactBy(MARIA)] },
    '✅ You contacted VelocityPay again.',
    [ids.details],
  ],
  [
    'handed over instead',
    { ...contacted, owner: JONAS },
    FOLLOW_UP,
    {},
    '✅ <@U0JONAS> has VelocityPay now.',
    [ids.details],
  ],
])('a lead that was %s is one line', (_, changes, reason, more, line, buttons) => {
  const drawn = directMessage(picture(changes, more), reason);
  expect(dated(drawn.text)).toBe(line);
  expect(pressable(drawn)).toEqual(buttons);
  expect(shownBy(drawn)).not.toContain('Do next');
});

test('a warning asks again once the Keep is undone', () => {
  const undone = { ...eventOf('undone', MARIA), detail: 'kept' };
  const drawn = directMessage(picture(claimed, { events: [...kept, undone] }), WARNING);
  expect(drawn.text).toContain('unless you reach out');
});

test('a second warning leaves the first one settled', () => {
  const second = { ...eventOf('warned', MARIA), at: new Date('2026-03-03T08:00:00Z') };
  const of = picture({ ...claimed, dueAt: null }, { events: [...kept, second] });
  expect(directMessage(of, WARNING).text).toBe('✋ VelocityPay is yours.');
  const until = new Date('2026-03-03T10:00:00Z');
  expect(directMessage(of, { ...WARNING, until }).text).toContain('unless you reach out');
});

test.each<[DirectReason, string | undefined]>([
  [OFFER, 'offer'],
  [HAND_OVER, 'hand-over'],
  [ESCALATION, 'escalation'],
  [KEPT_AGAIN, 'escalation'],
  [FOLLOW_UP, 'follow-up'],
  [WARNING, undefined],
])('what can be turned off from a message about %j is %s', (reason, kind) => {
  for (const state of [STATES.offered, STATES.handedOver, keptTwice, contacted, {}]) {
    const [first] = directMessage(picture(state), reason).blocks;
    const menu = first?.type === 'section' ? first.accessory : undefined;
    expect(menu?.type === 'overflow' ? menu.options.map(({ value }) => value) : []).toEqual(
      kind === undefined ? [] : [kind],
    );
  }
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

test.each([OFFER, HAND_OVER, WARNING, ESCALATION, KEPT_AGAIN, FOLLOW_UP])(
  'a direct message ($kind) is right in every state',
  (reason) => {
    let states = 0;
    const told = reason === WARNING ? [eventOf('warned', MARIA)] : [];
    for (const every of everyState()) {
      const { alert } = every;
      // First call ends in ways that only an offer's message tells apart.
      if (reason !== OFFER && /^(?:claimed|passed|withdrawn)$/.test(alert.offer?.ended ?? '')) {
        continue;
      }
      states += 1;
      const of = { ...every, events: [...told, ...every.events] };
      const drawn = directMessage(of, reason);
      const first = shownBy(drawn).split('\n')[0] ?? '';
      const state = JSON.stringify(alert);
      const runs = alert.offer?.ended === null ? alert.offer.holder : null;
      const isLive = alert.closedAt === null && alert.hold?.kind !== 'not-a-fit';

      expect(problemsOfMessage(drawn), state).toEqual([]);
      // Nothing that the database would refuse.
      const isManager = reason === ESCALATION || reason === KEPT_AGAIN;
      const inDetails = pressable(detailsModal(of, MARIA, ALERT_ID, isManager));
      expect(
        pressable(drawn).filter((id) => id !== ids.details && !inDetails.includes(id)),
        state,
      ).toEqual([]);
      if (first.startsWith('You have first call')) expect(runs, state).toBe(MARIA);
      if (first.includes('over to you')) {
        expect([alert.owner, alert.handedOver !== null, isLive], state).toEqual([
          MARIA,
          true,
          true,
        ]);
      }
      if (/anyone can claim/i.test(first)) {
        expect([alert.status, isLive, alert.hold, runs], state).toEqual(['open', true, null, null]);
      }
      if (/ has (?:VelocityPay|it) now/.test(first)) {
        expect([alert.owner, isLive], state).toEqual([JONAS, true]);
      }
      if (first.includes('is yours')) expect([alert.owner, isLive], state).toEqual([MARIA, true]);
      if (first.includes('You gave')) expect(of.events.at(-1)?.kind, state).toBe('given-back');
      if (/unless you reach out|What came of it/.test(first)) {
        expect([alert.owner, isLive, alert.hold], state).toEqual([MARIA, true, null]);
      }
      if (first.startsWith('Nobody has claimed')) {
        expect([alert.status, isLive, alert.hold], state).toEqual(['open', true, null]);
      }
      if (first.includes('You passed')) expect(alert.offer?.ended, state).toBe('passed');
    }
    expect(states).toBeGreaterThan(500);
  },
);
