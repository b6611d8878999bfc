import { expect, test } from 'vitest';
import { detailsModal } from '../../blocks/details-modal.ts';
import { ids } from '../../blocks/ids.ts';
import { leadCard } from '../../blocks/lead-card.ts';
import { foundAnswer } from '../../blocks/lookup-answer.ts';
import { rollup } from '../../blocks/rollup.ts';
import type { Alert } from '../../src/core/alert.ts';
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

test('an open card shows what an AE needs to decide', () => {
  expect(shownBy(card())).toMatchInlineSnapshot(`
    "🔥 Hot · VelocityPay · 88
    *Suggested action*
    >Champion is highly active (5 team members, 250% API growth). Auth0 contract renewal creates migration window. Reach out to Marcus, offer to connect with VP Eng Sarah Kim for compliance/security conversation.
    *Champion*
    Marcus Chen
    <mailto:marcus.chen@velocitypay.io|marcus.chen@velocitypay.io>
    Uses Auth, Storage, Edge Functions, Realtime
    *Why hot now*
    Usage 95 (30% weight) · Expansion 90 (20% weight) · Company 85 (25% weight)
    *Usage*
    2.8M API calls in 30 days (+250%)
    4 projects · 5 team members · Pro plan
    *Company*
    Financial Services · <https://velocitypay.io/|velocitypay.io>
    Series B · $45M raised · 180 employees
    Stack: AWS, PostgreSQL, Auth0, React
    *Strongest signals*
    • Hiring 4 Backend Engineers
    • Auth0 contract renewal coming up
    • Series B closed $30M
    *Decision makers*
    • Sarah Kim, VP of Engineering
    • David Park, CTO
    Hot since <!date^1772442000^{date_short_pretty} at {time}|Mar 2, 2026, 09:00 UTC>
    Claim lead
    Details"
  `);
});

test('a claimed card shows its owner and since when', () => {
  const shown = shownBy(card(STATES.claimed)).split('\n');
  expect(shown.slice(0, 2)).toMatchInlineSnapshot(`
    [
      "✋ Claimed · VelocityPay · 88",
      "Claimed by <@U0MARIA> <!date^1772443800^{date_short_pretty} at {time}|Mar 2, 2026, 09:30 UTC>",
    ]
  `);
});

test('a contacted card folds to two lines', () => {
  expect(card(STATES.contacted).blocks).toHaveLength(2);
  expect(shownBy(card(STATES.contacted))).toMatchInlineSnapshot(`
    "✅ *Contacted* · *VelocityPay* · 88
    Details
    Contacted by <@U0MARIA> by phone <!date^1772449200^{date_short_pretty} at {time}|Mar 2, 2026, 11:00 UTC> · “Call on Friday”"
  `);
});

test('a cooled card folds to two lines and says nobody claimed it', () => {
  expect(shownBy(card(STATES.cooled))).toMatchInlineSnapshot(`
    "❄️ *Cooled* · *VelocityPay*
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
  expect(pressable(cooling)).toEqual([ids.claim, ids.details]);
  expect(shownBy(cooling)).toContain('Not hot since');
  expect(shownBy(cooling)).not.toContain('Hot since');
});

test.each([
  ['open', [ids.claim, ids.details]],
  ['claimed', [ids.contact, ids.details, ids.more]],
  ['contacted', [ids.details]],
  ['cooled', [ids.details]],
  ['closed', [ids.details]],
] as const)('a card that is %s offers its buttons', (state, expected) => {
  expect(pressable(card(STATES[state]))).toEqual(expected);
});

test('every state starts with its own mark and word, in the text and on the card', () => {
  const cards = Object.values(STATES).map((state) => card(state));
  const marks = new Set(cards.map(({ text }) => text.split(' ')[0]));
  const firstLines = new Set(cards.map((one) => shownBy(one).split('\n')[0]));
  expect(marks.size).toBe(7);
  expect(firstLines.size).toBe(7);
});

test('the release option names the gesture and the alert', () => {
  const { blocks } = card(STATES.claimed);
  expect(JSON.stringify(blocks)).toContain(`"value":"${ids.release}:${ALERT_ID}"`);
});

test('a lead with an earlier snapshot shows what changed', () => {
  const leads = [lead({ before: BEFORE })];
  const shown = shownBy(leadCard(picture({}, { account: account({ leads }) })));
  expect(shown).toContain('Score 72 → 88 · API calls +12% → +250% · new: Realtime · team 3 → 5');
});

test('without changes since the snapshot, the card shows the components', () => {
  const same = { ...lead(), takenAt: BEFORE.takenAt };
  const leads = [lead({ before: same })];
  const shown = shownBy(leadCard(picture({}, { account: account({ leads }) })));
  expect(shown).toContain('*Why hot now*\nUsage 95 (30% weight)');
});

test('names up to three other hot developers and counts the rest', () => {
  const others = ['Ann', 'Bo', 'Cy', 'Di', 'Ed'].map((championName) => lead({ championName }));
  const cold = lead({ championName: 'Cold', tier: 'warm' });
  const leads = [lead(), ...others, cold];
  const shown = shownBy(leadCard(picture({}, { account: account({ leads }) })));
  expect(shown).toContain('Also hot: Ann (88), Bo (88), Cy (88) +2 more');
});

test('counts signals beyond three, including those not loaded', () => {
  const leads = [lead({ signalCount: 40 })];
  const shown = shownBy(leadCard(picture({}, { account: account({ leads }) })));
  expect(shown).toContain('+37 more in Details');
});

test('a new alert shows how the previous one ended', () => {
  const past = {
    openedAt: new Date('2025-10-12T08:00:00Z'),
    closedAt: new Date('2025-10-14T08:00:00Z'),
    status: 'contacted' as const,
    owner: JONAS,
    contactedAt: new Date('2025-10-13T08:00:00Z'),
    contactMethod: null,
    hold: null,
    outcome: null,
    note: null,
  };
  expect(shownBy(leadCard(picture({}, { past })))).toMatch(
    /Was hot .*Oct 12, 2025.* – .*Oct 14, 2025.*, owned by <@U0JONAS>, contacted/,
  );
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
  expect(pressable(drawn)).toEqual([ids.claim, ids.details]);
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
  expect(shown).toContain('*Region*\\n&lt;!here&gt; EMEA');
  expect(shown).toContain("Meant for <#C0ENTERPRISE>, where the bot can't post");
});

test('mentions an account owner whom Slack knows', () => {
  const champion = lead({ ownerEmail: 'jo@ours.example', ownerUser: 'U0JO' });
  const shown = JSON.stringify(leadCard(picture({}, { account: account({ leads: [champion] }) })));
  expect(shown).toContain('*Account owner*\\n<@U0JO>');
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
      expect(shown).toContain('*Region*\\nEMEA');
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
