import { expect, test } from 'vitest';
import type { AlertPicture } from '../../src/core/alert.ts';
import type { AccountLead } from '../../src/core/lead.ts';
import { everyHome, everyMessage, everyView } from '../../src/doctor/every-builder.ts';
import { problemsOfHome, problemsOfMessage, problemsOfView, shownBy } from './block-limits.ts';
import { account, alert, BEFORE, lead, MARIA, NOW, picture, STATES } from './samples.ts';

const HOSTILE: Readonly<Record<string, string>> = {
  'channel mention': '<!channel> and <!subteam^S123> <@U123ABC> <#C123|general>',
  'bare mention': '@here @channel @everyone #general',
  'forged link': '<https://evil.example|velocitypay.io>',
  'forged link without brackets': 'https://evil.example|velocitypay.io>',
  formatting: '*bold* _italic_ ~gone~ `code` ```block``` > quote',
  'leading quote': '>>> quote',
  'emoji codes': ':white_check_mark: :x: 10:30:45',
  entities: '&lt;!channel&gt; &amp; & < >',
  'only ampersands': '&'.repeat(100_000),
  'only brackets': '<'.repeat(100_000),
  '100 kB of words': 'velocity '.repeat(12_000),
  '100 kB without a space': 'x'.repeat(100_000),
  'emoji families': '👩‍👩‍👧‍👦'.repeat(5_000),
  'stacked accents': `Z${'\u0301'.repeat(100_000)}`,
  'one giant cluster': `👩${'\u200d👩'.repeat(50_000)}`,
  'right to left': 'שלום עולם שלום '.repeat(2_000),
  'bidi override': '\u202Egnp.exe\u202C \u2066isolated',
  'NUL and controls': 'a\u0000b\u0007c\u001b[31m\u0085\u009f',
  'lone surrogates': `\ud83d a \udc00 ${'\ud83d'.repeat(5_000)}`,
  'line breaks': 'one\n\n\ntwo\r\nthree\u2028four\tfive',
  'nothing visible': '\u200b\u200d\u2060 \u3164\n',
  empty: '',
  'a date token': '<!date^1^{date}^https://evil.example|now>',
};

function hostile(text: string, changes: Partial<AccountLead> = {}): AlertPicture {
  const spoiled = lead({
    email: text,
    championName: text,
    companyDomain: text,
    companyName: text,
    industry: text,
    employeeCount: null,
    employeeRange: text,
    fundingStage: text,
    billingTier: text,
    suggestedAction: text,
    techStack: Array.from({ length: 50 }, () => text.slice(0, 5_000)),
    featuresUsed: Array.from({ length: 50 }, () => text.slice(0, 5_000)),
    before: { ...BEFORE, billingTier: 'free', featuresUsed: [] },
    ownerEmail: text,
    crmUrl: `https://crm.example/${text.slice(0, 500)}`,
    cardFields: Array.from({ length: 5 }, () => ({ label: text, text })),
    ...changes,
  });
  return picture(
    {},
    {
      account: account({
        key: text,
        domain: text,
        name: text,
        linkedinUrl: `https://www.linkedin.com/company/${text.slice(0, 400)}`,
        leads: Array.from({ length: 25 }, () => spoiled),
        signals: Array.from({ length: 50 }, () => {
          return { type: text, title: text, detail: text, date: text, strength: 'high' as const };
        }),
        stakeholders: Array.from({ length: 50 }, () => {
          const yes = { isDecisionMaker: true, isTechnical: true, isBudgetHolder: true };
          return { fullName: text, title: text, linkedinUrl: text, ...yes };
        }),
      }),
      events: Array.from({ length: 50 }, () => {
        return { at: NOW, kind: 'joined' as const, actor: text, detail: text, target: text };
      }),
      notes: Array.from({ length: 20 }, () => {
        return { at: NOW, author: text, kind: 'note' as const, word: null, body: text };
      }),
      past: {
        openedAt: NOW,
        closedAt: NOW,
        status: 'cooled',
        owner: text,
        contactedAt: null,
        contactMethod: null,
        hold: { kind: 'not-a-fit', reason: 'other', by: text, at: NOW, until: NOW },
        outcome: { kind: 'not-now', at: NOW, until: NOW },
        note: { author: text, body: text },
      },
    },
  );
}

function inEveryState(drawn: AlertPicture): AlertPicture[] {
  return Object.values(STATES).map((state) => ({ ...drawn, alert: alert(state) }));
}

function problems(drawn: AlertPicture, many: number, typed: string): string[] {
  const messages = everyMessage(drawn, many, typed).map(([name, message]) => {
    return { name, found: problemsOfMessage(message) };
  });
  const views = everyView(drawn).map(([name, view]) => ({ name, found: problemsOfView(view) }));
  const homes = everyHome(drawn, many, typed).map(([name, tab]) => {
    return { name, found: problemsOfHome(tab) };
  });
  return [...messages, ...views, ...homes].flatMap(({ name, found }) =>
    found.map((p) => `${name}: ${p}`),
  );
}

test.each(Object.entries(HOSTILE))('%s in every field breaks nothing', (_, text) => {
  expect(problems(hostile(text), 3, text)).toEqual([]);
});

test.each(Object.entries(STATES))('an ordinary lead is within the limits when %s', (_, state) => {
  expect(problems(picture(state), 2, 'velocitypay.io')).toEqual([]);
});

test.each(Object.entries(STATES))('a hostile note and owner break nothing when %s', (_, state) => {
  const text = Object.values(HOSTILE).join(' ').slice(-1_000);
  const hold = 'hold' in state ? { ...state.hold, by: '<!channel>' } : null;
  const drawn = picture({ ...state, hold, contactNote: text, owner: '<!channel>' });
  expect(problems(drawn, 2, 'velocitypay.io')).toEqual([]);
});

test.each([0, 1, 12, 50, 100, 500])('%d alerts in one message are within the limits', (many) => {
  expect(problems(picture(STATES.claimed), many, 'velocity')).toEqual([]);
});

test('200 leads and 500 signals with long texts in an account are within the limits', () => {
  const text = 'Ümläut & Söhne <GmbH> '.repeat(40);
  const { account: big } = hostile(text);
  const drawn = picture(
    {},
    {
      account: {
        ...big,
        leads: Array.from({ length: 200 }, () => big.leads[0] ?? lead()),
        signals: Array.from({ length: 500 }, () => big.signals[0]).filter((s) => s !== undefined),
      },
    },
  );
  expect(inEveryState(drawn).flatMap((each) => problems(each, 100, text))).toEqual([]);
});

test('a lead with only an email address shows no empty labels', () => {
  const bare = lead({
    championName: null,
    companyDomain: null,
    companyName: null,
    industry: null,
    employeeCount: null,
    employeeRange: null,
    fundingStage: null,
    totalFundingUsd: null,
    techStack: [],
    projectCount: null,
    billingTier: null,
    teamMemberCount: null,
    apiCalls30d: null,
    apiCallGrowthPct: null,
    featuresUsed: [],
    totalScore: null,
    tier: null,
    suggestedAction: null,
    components: null,
    stakeholderCount: 0,
    signalCount: 0,
  });
  const drawn = picture(
    {},
    {
      account: account({
        key: 'lead:1',
        domain: null,
        name: bare.email,
        leads: [bare],
        signals: [],
        stakeholders: [],
      }),
    },
  );
  expect(inEveryState(drawn).flatMap((each) => problems(each, 2, 'x'))).toEqual([]);
  for (const [, message] of everyMessage(drawn, 1, 'x')) {
    expect(shownBy(message)).not.toMatch(
      /\*(?:Usage|Company|Score|Do next|Why now|Signals|Deciders)/,
    );
  }
});

test('an account without leads breaks nothing', () => {
  const drawn = picture({ owner: MARIA }, { account: account({ leads: [] }) });
  expect(inEveryState(drawn).flatMap((each) => problems(each, 2, 'x'))).toEqual([]);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, -5, 0, 1e21, Number.MAX_SAFE_INTEGER])(
  'the figure %d breaks nothing',
  (figure) => {
    const drawn = hostile('VelocityPay', {
      totalFundingUsd: figure,
      apiCalls30d: figure,
      apiCallGrowthPct: figure,
      employeeCount: figure,
      projectCount: figure,
      teamMemberCount: figure,
    });
    expect(problems(drawn, 2, 'x')).toEqual([]);
  },
);
