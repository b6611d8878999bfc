import { expect, test } from 'vitest';
import { help } from '../../blocks/help.ts';
import { ids } from '../../blocks/ids.ts';
import { foundAnswer, nearAnswer, noMatchAnswer, notACompany } from '../../blocks/lookup-answer.ts';
import { sharedAnswer } from '../../blocks/shared-answer.ts';
import type { Alert } from '../../src/core/alert.ts';
import type { AccountLead } from '../../src/core/lead.ts';
import { shownBy } from './block-limits.ts';
import { account, JONAS, lead, MARIA, NOW, picture, STATES } from './samples.ts';

const WARM = {
  tier: 'warm',
  totalScore: 74,
  components: { company: 70, usage: 80, expansion: 80, champion: 65, timing: 70 },
} as const;

function found(changes: Partial<AccountLead>, alert: Partial<Alert> | null, viewer = MARIA) {
  const seen = account({ leads: [lead(changes)] });
  const current = alert === null ? null : picture(alert, { account: seen });
  return foundAnswer({ account: seen, current }, viewer);
}

function actionIds(drawn: ReturnType<typeof foundAnswer>): (string | undefined)[] {
  return drawn.blocks.flatMap((block) =>
    block.type === 'actions' ? block.elements.map(({ action_id }) => action_id) : [],
  );
}

test('an answer about a warm lead says how far it is from hot and what holds it back', () => {
  const drawn = found(WARM, null);
  expect(shownBy(drawn)).toContain(
    'Not hot: 74 points, and hot starts at 80.\nMost room to grow: company, usage, champion.',
  );
  expect(drawn.text).toMatch(/^VelocityPay: warm · 74\. Not hot/);
  expect(actionIds(drawn)).toEqual([ids.share]);
});

test('explains a warm lead with a total of 80', () => {
  const components = { company: 80, usage: 80, expansion: 80, champion: 80, timing: 76 };
  const drawn = found({ tier: 'warm', totalScore: 80, components }, null);
  expect(shownBy(drawn)).toContain('VelocityPay · 79.6 · Warm');
  expect(shownBy(drawn)).toContain('Not hot: just below 80 points.');
});

test('a lead without a score says so', () => {
  const drawn = found({ tier: null, totalScore: null, components: null }, null);
  expect(shownBy(drawn)).toContain('Not hot: it has no score yet.');
});

test.each([
  ['open', MARIA, [ids.claim, ids.details, ids.share]],
  ['claimed', MARIA, [ids.contact, ids.details, ids.share]],
  ['claimed', JONAS, [ids.details, ids.share]],
  ['contacted', MARIA, [ids.details, ids.share]],
  ['cooled', MARIA, [ids.details, ids.share]],
] as const)(
  'the answer about an alert that is %s has the buttons for %s',
  (state, viewer, expected) => {
    expect(actionIds(found({}, STATES[state], viewer))).toEqual(expected);
  },
);

test('a hot lead without an alert says that its card is coming', () => {
  expect(shownBy(found({}, null))).toContain('Hot. Its card is on its way.');
  expect(shownBy(found({}, STATES.cooled))).toContain('Hot. Its card is on its way.');
  expect(shownBy(found({}, {}))).toMatch(/Turned hot <!date[^>]+> · unclaimed/);
});

test('a warm lead shows how its last alert ended', () => {
  expect(shownBy(found(WARM, STATES.cooled))).toMatch(/Was hot .* · nobody claimed it/);
});

test.each([
  [STATES.snoozed, 'It is snoozed. What you can do is in *Details*.'],
  [STATES.notAFit, 'It is marked as not a fit.'],
])('a typed verb about a lead that nobody is to work on says why', (state, says) => {
  const seen = { account: account(), current: picture(state) };
  expect(shownBy(foundAnswer(seen, MARIA, 'claim'))).toContain(says);
});

test.each([
  ['claim', 'open', MARIA, 'To claim it, press *Claim lead*.'],
  ['contact', 'open', MARIA, 'Press *Claim lead* first.'],
  ['release', 'open', MARIA, 'Nobody has claimed it.'],
  ['claim', 'offered', MARIA, 'To claim it, press *Claim lead*.'],
  ['claim', 'offered', JONAS, 'You can claim it once first call is over.'],
  ['contact', 'offered', JONAS, 'You can claim it once first call is over.'],
  ['claim', 'claimed', MARIA, 'You have already claimed it.'],
  ['release', 'claimed', MARIA, 'To release it, open *Details*.'],
  ['contact', 'claimed', MARIA, 'To mark it as contacted, press *Mark contacted*.'],
  ['claim', 'claimed', JONAS, '<@U0MARIA> has claimed it. Ask them to hand it over.'],
  [
    'release',
    'claimed',
    JONAS,
    '<@U0MARIA> has claimed it. If they have left, you can release it in *Details*.',
  ],
  ['contact', 'claimed', JONAS, '<@U0MARIA> has claimed it, and can mark it as contacted.'],
] as const)('a typed %s of a lead that is %s tells %s how', (intent, state, viewer, says) => {
  const seen = { account: account(), current: picture(STATES[state]) };
  expect(shownBy(foundAnswer(seen, viewer, intent)).split('\n')).toContain(says);
});

test('a shared answer has no buttons, and says who shared it and when', () => {
  const shared = sharedAnswer({ account: account(), current: picture() }, MARIA, NOW);
  expect(JSON.stringify(shared.blocks)).not.toContain('action_id');
  expect(shownBy(shared)).toMatch(/Shared by <@U0MARIA> · <[^|]+\|as of Mar 2, 2026, 12:00 UTC/);
});

const match = {
  accountKey: 'velocitypay.io',
  name: 'VelocityPay',
  domain: 'velocitypay.io',
  totalScore: 88,
  tier: 'hot',
} as const;

test('near matches can be picked', () => {
  const drawn = nearAnswer('velo', [match], 0);
  expect(shownBy(drawn)).toContain('*VelocityPay* · velocitypay.io · 88 · hot');
  expect(drawn.blocks).toContainEqual(
    expect.objectContaining({
      accessory: expect.objectContaining({ action_id: ids.pick, value: 'velocitypay.io' }),
    }),
  );
  expect(nearAnswer('velo', [match, match], 2).text).toBe('2 companies match “velo”.');
  expect(shownBy(nearAnswer('velo', [match, match], 12))).toContain('+10 more');
});

test('does not count more than 100 matches', () => {
  expect(nearAnswer('velo', [match, match], 100).text).toBe('100 companies match “velo”.');
  const drawn = nearAnswer('velo', [match, match], 101);
  expect(drawn.text).toBe('More than 100 companies match “velo”.');
  expect(shownBy(drawn)).toContain('Many more. Type more of the name.');
});

test('an account key too long for a button gets none', () => {
  const long = { accountKey: 'x'.repeat(2_001), name: 'X', domain: null } as const;
  const drawn = nearAnswer('x', [{ ...long, totalScore: null, tier: null }], 0);
  expect(JSON.stringify(drawn.blocks)).not.toContain('accessory');
});

test('answers without a match say what to type', () => {
  expect(shownBy(noMatchAnswer('zzz'))).toContain("Try the company's email domain");
  expect(shownBy(noMatchAnswer('ada@gmail.com'))).toContain(
    "A personal address doesn't identify a company",
  );
  expect(notACompany('<!here>').text).toBe(
    "I couldn't read “&lt;!here&gt;” as a company. Type a domain, an email address or a company's name after `/lead`, or `/lead help`.",
  );
});

test('help names every form of the command', () => {
  for (const word of ['hot', 'mine', 'digest', 'away', 'back']) {
    expect(shownBy(help())).toContain(`/lead ${word}`);
  }
});

test('promises no card to a hot lead without a company', () => {
  const seen = account({ key: 'lead:x', domain: null, leads: [lead({})] });
  const drawn = foundAnswer({ account: seen, current: null }, MARIA);
  expect(shownBy(drawn)).toContain('Hot, but its company is unknown, so it gets no card.');
});
