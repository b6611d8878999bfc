import { expect, test } from 'vitest';
import { detailsModal } from '../../blocks/details-modal.ts';
import { ids } from '../../blocks/ids.ts';
import { leadCard } from '../../blocks/lead-card.ts';
import { foundAnswer } from '../../blocks/lookup-answer.ts';
import { rollup } from '../../blocks/rollup.ts';
import type { Alert, PastAlert } from '../../src/core/alert.ts';
import type { Drawing } from '../../src/core/message.ts';
import { shownBy } from './block-limits.ts';
import { ALERT_ID, account, BEFORE, JONAS, lead, MARIA, NOW, picture, STATES } from './samples.ts';

const card = (changes: Partial<Alert> = {}) => leadCard(picture(changes));

/** Action ids, top to bottom. */
function pressable({ blocks }: Drawing): (string | undefined)[] {
  return blocks.flatMap((block) => {
    if (block.type === 'actions') return block.elements.map(({ action_id }) => action_id);
    if (block.type !== 'section' || block.accessory === undefined) return [];
    return 'action_id' in block.accessory ? [block.accessory.action_id] : [];
  });
}

test('the text of an open card says who, why and what to do', () => {
  expect(card().text).toMatchInlineSnapshot(
    `"🔥 VelocityPay is hot (88): Marcus Chen, +250% API calls. Next: Reach out to Marcus, offer to connect with VP Eng Sarah Kim for compliance/security conversation."`,
  );
});

test.each([
  [
    "Firebase is failing them at weekend peaks and Priya's team grew from 5 to 11 in a month. Offer Priya a migration review and ask her to bring Tom Brandt (Platform); then take the cost case to the CTO.",
    'Offer Priya a migration review and ask her to bring Tom Brandt (Platform); then take the cost case to the CTO.',
  ],
  [
    'They are hiring for Supabase skills; the plan is open. Ask Jonas what approx. 2 new roles will build.',
    'They are hiring for Supabase skills; the plan is open. Ask Jonas what approx. 2 new roles will build.',
  ],
  ['Call them', 'Call them'],
  [
    'Reach out to Dr. Ada Lovelace. She prefers mornings.',
    'Reach out to Dr. Ada Lovelace. She prefers mornings.',
  ],
])(
  'the next step is the end of a suggested action, from a whole sentence on',
  (suggestedAction, step) => {
    const leads = [lead({ suggestedAction })];
    expect(leadCard(picture({}, { account: account({ leads }) })).text).toContain(`Next: ${step}`);
  },
);

test.each([
  [
    'Usage grew from 5 to 11 seats in a month, and the contract of their vendor ends. Call Sarah.',
    'Usage grew from 5 to 11 seats in a month, and the contract of their vendor ends. Call Sarah.',
  ],
  [
    `${'Growth is up, and so is their bill. '.repeat(4)}Call Sarah.`,
    `${'Growth is up, and so is their bill. '.repeat(3)}Call Sarah.`,
  ],
  [
    `Growth is up. ${'Call Sarah and ask, '.repeat(20)}twice.`,
    `${'Call Sarah and ask, '.repeat(20)}twice.`,
  ],
])('the card of %j says to do next: %j', (suggestedAction, step) => {
  const leads = [lead({ suggestedAction })];
  const shown = shownBy(leadCard(picture({}, { account: account({ leads }) })));
  expect(/\*Do next\*\n>(.*)\n/.exec(shown)?.[1]).toEqual(step);
});

test('an open card shows what an AE needs to decide', () => {
  expect(shownBy(card())).toMatchInlineSnapshot(`
    "🔥 VelocityPay · 88
    Turned hot <!date^1772442000^{ago}|Mar 2, 2026, 09:00 UTC> · unclaimed
    *Do next*
    >Reach out to Marcus, offer to connect with VP Eng Sarah Kim for compliance/security conversation.
    Claim lead
    Details
    Snooze
    Not a fit
    *Why now:* API calls +250% in 30 days · Hiring 4 Backend Engineers · Auth0 contract renewal coming up · Series B closed $30M
    *Champion:* Marcus Chen · <mailto:marcus.chen@velocitypay.io|marcus.chen@velocitypay.io>
    *Deciders:* Sarah Kim, VP of Engineering · David Park, CTO
    *Company:* Financial Services · 180 people · Series B, $45M · <https://velocitypay.io/|velocitypay.io>"
  `);
});

test('the text of an offered card says who has first call', () => {
  expect(card(STATES.offered).text).toMatch(
    /^👉 VelocityPay is hot \(88\): Marcus Chen, \+250% API calls\. <@U0MARIA> has first call\. Next: /,
  );
});

test('a claimed card shows its owner and since when', () => {
  const shown = shownBy(card(STATES.claimed)).split('\n');
  expect(shown.slice(0, 2)).toMatchInlineSnapshot(`
    [
      "✋ VelocityPay · 88",
      "Claimed by <@U0MARIA> <!date^1772443800^{ago}|Mar 2, 2026, 09:30 UTC> · turned hot <!date^1772442000^{ago}|Mar 2, 2026, 09:00 UTC>",
    ]
  `);
});

test('a contacted card folds to two lines', () => {
  expect(card(STATES.contacted).blocks).toHaveLength(2);
  expect(shownBy(card(STATES.contacted))).toMatchInlineSnapshot(`
    "✅ *VelocityPay* · 88
    Details
    Contacted by phone <!date^1772449200^{ago}|Mar 2, 2026, 11:00 UTC> · owner <@U0MARIA> · “Call on Friday”"
  `);
});

test('a cooled card folds to two lines and says nobody claimed it', () => {
  expect(shownBy(card(STATES.cooled))).toMatchInlineSnapshot(`
    "❄️ *VelocityPay*
    Details
    Was hot <!date^1772442000^{date_short}|Mar 2, 2026 UTC> · nobody claimed it"
  `);
});

test('the card of a closed alert hides the current score', () => {
  for (const state of ['cooled', 'closed'] as const) {
    expect(shownBy(card(STATES[state]))).not.toContain('88');
  }
  expect(shownBy(card(STATES.contacted))).toContain('88');
});

test('a cooling card can be claimed and shows since when it is not hot', () => {
  const cooling = card(STATES.cooling);
  expect(pressable(cooling)).toEqual([ids.claim, ids.details, ids.more]);
  expect(shownBy(cooling)).toMatch(/Not hot <[^>]+\|since Mar 2, 2026, 10:00 UTC> · unclaimed/);
  expect(shownBy(cooling)).not.toContain('Turned hot');
});

test.each([
  ['open', [ids.claim, ids.details, ids.more]],
  ['offered', [ids.claim, ids.details, ids.more]],
  ['claimed', [ids.contact, ids.details, ids.more]],
  ['cold', [ids.contact, ids.details, ids.more]],
  ['contacted', [ids.details]],
  ['snoozed', [ids.details]],
  ['notAFit', [ids.details]],
  ['cooled', [ids.details]],
  ['closed', [ids.details]],
] as const)('a card that is %s offers its buttons', (state, expected) => {
  expect(pressable(card(STATES[state]))).toEqual(expected);
});

test('every state starts with its own mark, in the text and on the card', () => {
  const cards = Object.values(STATES).map((state) => card(state));
  const mark = (line: string) => line.split(' ')[0];
  expect(new Set(cards.map(({ text }) => mark(text))).size).toBe(11);
  expect(new Set(cards.map((one) => mark(shownBy(one)))).size).toBe(11);
});

/** The options of the menu on a card: label and value. */
function menuOf({ blocks }: Drawing): string[] {
  return blocks.flatMap((block) =>
    block.type === 'actions'
      ? block.elements.flatMap((element) =>
          element.type === 'overflow'
            ? element.options.map(({ text, value }) => `${text.text} = ${value}`)
            : [],
        )
      : [],
  );
}

test('the menu of an open card has what anyone can do', () => {
  expect(menuOf(card())).toEqual([
    `Snooze = ${ids.snooze}:${ALERT_ID}`,
    `Not a fit = ${ids.notAFit}:${ALERT_ID}`,
  ]);
});

test('the menu of a claimed card has at most five options', () => {
  const leads = [lead({ crmUrl: 'https://crm.example/1' })];
  const drawn = leadCard(picture(STATES.claimed, { account: account({ leads }) }));
  expect(menuOf(drawn)).toEqual([
    `Hand over = ${ids.handOver}:${ALERT_ID}`,
    `Snooze = ${ids.snooze}:${ALERT_ID}`,
    `Not a fit = ${ids.notAFit}:${ALERT_ID}`,
    `Release = ${ids.release}:${ALERT_ID}`,
    `Open in CRM = ${ids.crm}:${ALERT_ID}`,
  ]);
});

/** Dates as their fallback. */
const dated = (text: string): string => text.replace(/<!date\^\d+\^[^|]+\|([^>]+)>/g, '$1');

test.each([
  ['snoozed', STATES.snoozed, 'Snoozed by <@U0MARIA> until Mar 3, 2026, 08:00 UTC · unclaimed'],
  [
    'claimed and snoozed',
    { ...STATES.claimed, ...STATES.snoozed },
    'Snoozed by <@U0MARIA> until Mar 3, 2026, 08:00 UTC · claimed by <@U0MARIA>',
  ],
  [
    'not a fit',
    STATES.notAFit,
    'Not a fit (partner), marked by <@U0MARIA> Mar 2, 2026, 12:00 UTC · may return after May 31, 2026 UTC',
  ],
  [
    'offered',
    STATES.offered,
    '→ <@U0MARIA> has first call until Mar 2, 2026, 09:45 UTC · turned hot Mar 2, 2026, 09:00 UTC',
  ],
  [
    'offered, and no longer hot',
    { ...STATES.offered, ...STATES.cooling },
    '→ <@U0MARIA> has first call until Mar 2, 2026, 09:45 UTC · not hot since Mar 2, 2026, 10:00 UTC',
  ],
  [
    'open to everyone again',
    STATES.lapsed,
    'Open to everyone since Mar 2, 2026, 09:45 UTC · <@U0MARIA> had first call · turned hot Mar 2, 2026, 09:00 UTC',
  ],
  [
    'passed on',
    STATES.passed,
    '<@U0MARIA> passed · anyone can claim it · turned hot Mar 2, 2026, 09:00 UTC',
  ],
  [
    'passed on while everyone else is off',
    { ...STATES.passed, ...STATES.waiting },
    '<@U0MARIA> passed · anyone can claim it until Mar 3, 2026, 08:00 UTC, when one AE gets first call · turned hot Mar 2, 2026, 09:00 UTC',
  ],
  [
    'open while everyone is off',
    STATES.waiting,
    'Anyone can claim it until Mar 3, 2026, 08:00 UTC, when one AE gets first call · turned hot Mar 2, 2026, 09:00 UTC',
  ],
  [
    'about to be offered',
    { offerDueAt: new Date('2026-03-02T09:00:10Z') },
    'Turned hot Mar 2, 2026, 09:00 UTC · unclaimed',
  ],
  [
    'handed over',
    STATES.handedOver,
    'Handed over to <@U0MARIA> by <@U0JONAS> Mar 2, 2026, 09:50 UTC · turned hot Mar 2, 2026, 09:00 UTC',
  ],
  [
    'contacted and handed over',
    { ...STATES.contacted, contactNote: null, handedOver: STATES.handedOver.handedOver },
    'Contacted by phone Mar 2, 2026, 11:00 UTC · owner <@U0MARIA> · handed over by <@U0JONAS>',
  ],
  [
    'cold',
    STATES.cold,
    'Claimed by <@U0MARIA> Mar 2, 2026, 09:30 UTC · not hot since Mar 2, 2026, 10:00 UTC',
  ],
  [
    'contacted three times',
    { ...STATES.contacted, touches: 3, contactNote: null },
    'Contacted 3 times, last by phone Mar 2, 2026, 11:00 UTC · owner <@U0MARIA>',
  ],
  [
    'contacted, with an outcome',
    {
      ...STATES.contacted,
      outcome: { kind: 'not-now', at: NOW, until: new Date('2026-04-01T00:00:00Z') },
    },
    'Outcome: not now, try again after Apr 1, 2026 UTC · contacted by phone Mar 2, 2026, 11:00 UTC · owner <@U0MARIA> · “Call on Friday”',
  ],
  [
    'closed as not a fit',
    { ...STATES.notAFit, ...STATES.cooled },
    'Was hot Mar 2, 2026 UTC · not a fit (partner), marked by <@U0MARIA>',
  ],
] as const)('the second line of a card that is %s says so', (_, state, line) => {
  expect(dated(shownBy(card(state))).split('\n')).toContain(line);
});

test('a card that is not a fit shows the note about it', () => {
  const note = { at: NOW, author: MARIA, kind: 'not-a-fit', word: 'partner' } as const;
  const notes = [{ ...note, body: 'Resells us' }];
  expect(shownBy(leadCard(picture(STATES.notAFit, { notes })))).toMatch(/· “Resells us”$/);
});

test('a lead with an earlier snapshot shows what changed', () => {
  const leads = [lead({ before: BEFORE })];
  const shown = shownBy(leadCard(picture({}, { account: account({ leads }) })));
  expect(shown).toContain(
    '*Why now:* Score 72 → 88 · API call growth +12% → +250% · new: Realtime · team 3 → 5',
  );
});

test('without changes since the snapshot, the card shows growth and the strongest signals', () => {
  const same = { ...lead(), takenAt: BEFORE.takenAt };
  const leads = [lead({ before: same })];
  const shown = shownBy(leadCard(picture({}, { account: account({ leads }) })));
  expect(shown).toContain(
    '*Why now:* API calls +250% in 30 days · Hiring 4 Backend Engineers · Auth0',
  );
});

test('names up to three other hot developers and counts the rest', () => {
  const others = ['Ann', 'Bo', 'Cy', 'Di', 'Ed'].map((championName) => lead({ championName }));
  const cold = lead({ championName: 'Cold', tier: 'warm' });
  const leads = [lead(), ...others, cold];
  const shown = shownBy(leadCard(picture({}, { account: account({ leads }) })));
  expect(shown).toContain('Also hot: Ann (88), Bo (88), Cy (88) +2 more');
});

test('links the deciders and the company to their LinkedIn pages', () => {
  const sarah = account().stakeholders[0];
  const linked = account({
    linkedinUrl: 'https://www.linkedin.com/company/velocitypay',
    stakeholders:
      sarah === undefined ? [] : [{ ...sarah, linkedinUrl: 'https://www.linkedin.com/in/sarah' }],
  });
  const shown = shownBy(leadCard(picture({}, { account: linked })));
  expect(shown).toContain(
    '*Deciders:* <https://www.linkedin.com/in/sarah|Sarah Kim>, VP of Engineering',
  );
  expect(shown).toContain('· <https://www.linkedin.com/company/velocitypay|LinkedIn>');
});

test('counts signals beyond three, including those not loaded', () => {
  const leads = [lead({ signalCount: 40 })];
  const shown = shownBy(leadCard(picture({}, { account: account({ leads }) })));
  expect(shown).toContain('+37 more in Details');
});

const PAST: PastAlert = {
  openedAt: new Date('2026-01-12T08:00:00Z'),
  closedAt: new Date('2026-01-14T08:00:00Z'),
  status: 'contacted',
  owner: JONAS,
  contactedAt: new Date('2026-01-13T08:00:00Z'),
  contactMethod: 'email',
  hold: null,
  outcome: { kind: 'no-reply', at: NOW, until: null },
  note: { author: JONAS, body: 'Budget frozen until Q4' },
};

test.each<[Partial<PastAlert>, string]>([
  [{}, '↩ Was hot in January: <@U0JONAS> emailed them, no reply. “Budget frozen until Q4”'],
  [
    { openedAt: new Date('2025-06-12T08:00:00Z'), note: null, outcome: null },
    '↩ Was hot in June 2025: <@U0JONAS> emailed them.',
  ],
  [
    { contactedAt: null, outcome: null, note: null },
    '↩ Was hot in January: <@U0JONAS> claimed it, not contacted.',
  ],
  [
    { contactedAt: null, outcome: null, note: null, owner: null },
    '↩ Was hot in January: nobody claimed it.',
  ],
  [
    { contactedAt: null, outcome: null, hold: STATES.notAFit.hold },
    '↩ Was hot in January: <@U0MARIA> marked it as not a fit (partner). “Budget frozen until Q4”',
  ],
])('a new alert shows what came of the previous one', (changes, line) => {
  const shown = shownBy(leadCard(picture({}, { past: { ...PAST, ...changes } })));
  expect(shown.split('\n')[2]).toBe(line);
});

test('a warm lead with a rounded 80 shows its exact score', () => {
  const components = { company: 80, usage: 80, expansion: 80, champion: 80, timing: 76 };
  const leads = [lead({ tier: 'warm', totalScore: 80, components })];
  const cooling = leadCard(picture(STATES.cooling, { account: account({ leads }) }));
  expect(shownBy(cooling)).toContain('VelocityPay · 79.6');
});

test('a card with 100 kB fields keeps its buttons', () => {
  const long = 'word '.repeat(20_000);
  const leads = [lead({ suggestedAction: long, championName: long, techStack: [long, long] })];
  const drawn = leadCard(picture({}, { account: account({ name: long, leads }) }));
  expect(pressable(drawn)).toEqual([ids.claim, ids.details, ids.more]);
});

test('a card shows appended columns and the channel it was meant for', () => {
  const champion = lead({
    ownerEmail: 'jo@ours.example',
    crmUrl: 'https://crm.example/a?b=c',
    cardFields: [{ label: 'Region', text: '<!here> EMEA' }],
  });
  const drawn = leadCard(picture({}, { account: account({ leads: [champion] }) }), {
    detour: { meantFor: 'C0ENTERPRISE', reason: 'not_in_channel' },
  });
  const shown = JSON.stringify(drawn.blocks);
  expect(shown).toContain('"url":"https://crm.example/a?b=c"');
  expect(shown).toContain('jo@ours.example');
  expect(shown).toContain('*Region:* &lt;!here&gt; EMEA');
  expect(shown).toContain("Meant for <#C0ENTERPRISE>, where the bot can't post");
});

test('mentions an account owner whom Slack knows', () => {
  const champion = lead({ ownerEmail: 'jo@ours.example', ownerUser: 'U0JO' });
  const shown = JSON.stringify(leadCard(picture({}, { account: account({ leads: [champion] }) })));
  expect(shown).toContain('*Account owner:* <@U0JO>');
  expect(shown).not.toContain('jo@ours.example');
});

test('details and answers show the CRM link and appended columns', () => {
  const champion = lead({
    ownerEmail: 'jo@ours.example',
    crmUrl: 'https://crm.example/1',
    cardFields: [{ label: 'Region', text: 'EMEA' }],
  });
  for (const alert of [STATES.open, STATES.claimed, STATES.contacted, STATES.cooled]) {
    const all = picture(alert, { account: account({ leads: [champion] }) });
    for (const shown of [
      JSON.stringify(detailsModal(all, MARIA, ALERT_ID)),
      JSON.stringify(foundAnswer({ account: all.account, current: all }, MARIA)),
      JSON.stringify(foundAnswer({ account: all.account, current: null }, MARIA)),
    ]) {
      expect(shown).toContain('"url":"https://crm.example/1"');
      expect(shown).toContain('*Region:* EMEA');
      expect(shown).toContain('jo@ours.example');
    }
  }
});

test('a roll-up posted to another channel says so', () => {
  const alerts = [picture()];
  const drawn = rollup(
    { id: ALERT_ID, reason: 'storm', madeAt: NOW, alerts, total: 1 },
    { meantFor: 'C0ENTERPRISE', reason: 'is_archived' },
  );
  expect(JSON.stringify(drawn)).toContain("Meant for <#C0ENTERPRISE>, where the bot can't post");
});

test('the card of a merged alert links the other card and has no buttons', () => {
  const card = leadCard(picture(STATES.merged), { other: 'https://x.slack.com/archives/C0/p12' });
  expect(pressable(card)).toEqual([]);
  expect(card.text).toBe('➡️ VelocityPay is now on another card.');
  expect(JSON.stringify(card.blocks)).toContain(
    'Now on <https://x.slack.com/archives/C0/p12|another card for this company>.',
  );
  expect(JSON.stringify(leadCard(picture(STATES.merged)).blocks)).toContain(
    'Now on another card for this company.',
  );
});
