import { expect, test } from 'vitest';
import type { AlertPicture } from '../../src/core/alert.ts';
import { everyMessage, everyView } from '../../src/doctor/every-builder.ts';
import { textsIn } from './block-limits.ts';
import { account, BEFORE, lead, MARCUS, picture, STATES } from './samples.ts';

const NOTHING = [
  '\u115f\u1160\u3164\uffa0',
  '\u{e0001}\u{e0041}\u{e007f}',
  '\u202e\u2066\u200f\u061c',
  '\u200b\u200c\u200d\u2060\ufeff\ufe0f',
  '\u00a0\u3000\u2800\u1680\t\n',
  '\u{13441}\u{1d159}\ufffc\u00ad\u034f',
];

/** An alert with this text in every free-text field. */
function filledWith(text: string, key: string): AlertPicture {
  const someone = lead({
    championName: text,
    companyName: text,
    industry: text,
    employeeCount: null,
    employeeRange: text,
    fundingStage: text,
    techStack: [text, text],
    billingTier: text,
    featuresUsed: [text],
    suggestedAction: text,
    ownerEmail: text,
    cardFields: [{ label: text, text }],
    before: { ...BEFORE, billingTier: text },
  });
  const of = account({
    key,
    domain: key.startsWith('lead:') ? null : key,
    name: text,
    leads: [someone, { ...someone, developerId: '2', email: 'second@velocitypay.io' }],
    signals: [{ type: text, title: text, detail: text, date: null, strength: 'high' }],
    stakeholders: [
      {
        fullName: text,
        title: text,
        isDecisionMaker: true,
        isTechnical: true,
        isBudgetHolder: true,
        linkedinUrl: 'https://www.linkedin.com/in/a',
      },
    ],
  });
  return picture({ ...STATES.contacted, contactNote: text }, { account: of });
}

/** Gaps left by missing text: empty marks, or a separator next to nothing. */
const GAP = /\*[^\S\n]*\*|“\s*”|‘\s*’|\(\s*\)|^\s*[·,:–]|·\s*·|,\s*,|•\s*$|·\s*$|<[^|>]*\|\s*>/m;
const INVISIBLE =
  /[\u115f\u1160\u3164\uffa0\u202e\u2066\u2800\ufeff\ufffc\u{e0000}-\u{e0fff}\u{13441}\u{1d159}]/u;

test.each(NOTHING)('invisible text (%j) leaves no gap', (nothing) => {
  for (const key of ['velocitypay.io', `lead:${MARCUS.developerId}`]) {
    const drawn = filledWith(nothing, key);
    const shown = [
      ...everyMessage(drawn, 2, 'typed').map(([name, one]) => ({ name, text: one.text, one })),
      ...everyView(drawn).map(([name, one]) => ({ name, text: '', one })),
    ];
    for (const { name, text, one } of shown) {
      for (const said of [text, ...textsIn(one).map((part) => part.text)]) {
        expect.soft(said, name).not.toMatch(GAP);
        expect.soft(said, name).not.toMatch(INVISIBLE);
        expect.soft(said, name).not.toContain('lead:');
      }
    }
  }
});
