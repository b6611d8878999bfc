import { expect, test } from 'vitest';
import { supabaseAlerts } from '../../src/adapters/supabase-alerts.ts';
import { fateCounts, newsItems } from '../../src/adapters/supabase-rows.ts';
import type { AlertPicture } from '../../src/core/alert.ts';
import type { AccountLead } from '../../src/core/lead.ts';
import { accountLeadRow, answering, type Json, pictureRow } from '../support/database-answers.ts';

const pictureOf = (row: unknown): Promise<AlertPicture | null> =>
  supabaseAlerts(answering(row)).find('any');

async function leadOf(part: Json): Promise<AccountLead | undefined> {
  const row = pictureRow({ account: { leads: [accountLeadRow(part)] } });
  return (await pictureOf(row))?.account.leads[0];
}

test('maps every column of a lead', async () => {
  expect(await leadOf({ left_at: '2026-03-02T10:00:00Z' })).toEqual({
    developerId: '11111111-1111-1111-1111-111111111111',
    email: 'marcus.chen@velocitypay.io',
    championName: 'Marcus Chen',
    companyDomain: 'velocitypay.io',
    companyName: 'VelocityPay',
    industry: 'Financial Services',
    employeeCount: 180,
    employeeRange: '51-200',
    fundingStage: 'series_b',
    totalFundingUsd: 45_000_000,
    techStack: ['AWS', 'Auth0'],
    projectCount: 4,
    billingTier: 'pro',
    teamMemberCount: 5,
    apiCalls30d: 2_800_000,
    apiCallGrowthPct: -12.5,
    lastActiveAt: new Date('2026-03-01T17:00:00Z'),
    featuresUsed: ['Auth', 'Storage'],
    totalScore: 88,
    tier: 'hot',
    suggestedAction: 'Call them',
    stakeholderCount: 2,
    signalCount: 3,
    ownerEmail: null,
    ownerUser: null,
    crmUrl: null,
    cardFields: [],
    components: { company: 85, usage: 95, expansion: 90, champion: 80, timing: 70 },
    enteredAt: new Date('2026-03-02T09:00:00Z'),
    leftAt: new Date('2026-03-02T10:00:00Z'),
    before: null,
  });
});

test('unknown columns are null, and a missing tech stack is empty', async () => {
  const unknown = [
    ['champion_name', 'championName'],
    ['company_domain', 'companyDomain'],
    ['company_name', 'companyName'],
    ['industry', 'industry'],
    ['employee_count', 'employeeCount'],
    ['employee_range', 'employeeRange'],
    ['funding_stage', 'fundingStage'],
    ['total_funding_usd', 'totalFundingUsd'],
    ['project_count', 'projectCount'],
    ['billing_tier', 'billingTier'],
    ['team_member_count', 'teamMemberCount'],
    ['api_calls_30d', 'apiCalls30d'],
    ['api_call_growth_pct', 'apiCallGrowthPct'],
    ['last_active_at', 'lastActiveAt'],
    ['total_score', 'totalScore'],
    ['tier', 'tier'],
    ['suggested_action', 'suggestedAction'],
    ['entered_at', 'enteredAt'],
  ];
  const nulls = Object.fromEntries(unknown.map(([column]) => [column, null]));
  expect(await leadOf({ ...nulls, tech_stack: null })).toMatchObject({
    ...Object.fromEntries(unknown.map(([, field]) => [field, null])),
    techStack: [],
  });
});

test.each([
  ['total_score', 244, 'totalScore'],
  ['employee_count', -5, 'employeeCount'],
  ['total_funding_usd', 'a lot', 'totalFundingUsd'],
  ['project_count', -1, 'projectCount'],
  ['team_member_count', 'five', 'teamMemberCount'],
  ['api_calls_30d', -1, 'apiCalls30d'],
  ['api_call_growth_pct', 'up', 'apiCallGrowthPct'],
  ['last_active_at', 'yesterday', 'lastActiveAt'],
] as const)(
  'an existing card loses only its %s when that becomes %j',
  async (column, value, field) => {
    const good = await leadOf({});
    expect(await leadOf({ [column]: value })).toEqual({ ...good, [field]: null });
  },
);

test.each([[5], [{ name: 7 }], ['"React"']])(
  'an existing card loses a tech stack that contains %j',
  async (piece) => {
    const stack = typeof piece === 'string' ? piece : [piece];
    expect((await leadOf({ tech_stack: stack }))?.techStack).toEqual([]);
  },
);

test.each(['company', 'usage', 'expansion', 'champion', 'timing'])(
  'a lead without its %s score has no components',
  async (component) => {
    expect((await leadOf({ [`${component}_score`]: null }))?.components).toBeNull();
    expect((await leadOf({ [`${component}_score`]: 101 }))?.components).toBeNull();
    expect((await leadOf({ [`${component}_score`]: -1 }))?.components).toBeNull();
    expect((await leadOf({ [`${component}_score`]: 100 }))?.components).not.toBeNull();
  },
);

const before = {
  taken_at: '2026-02-20T09:00:00Z',
  total_score: 72,
  tier: 'warm',
  company_score: 1,
  usage_score: 2,
  expansion_score: 3,
  champion_score: 4,
  timing_score: 5,
  api_calls_30d: 900_000,
  api_call_growth_pct: 12,
  team_member_count: 3,
  project_count: 6,
  billing_tier: 'free',
  features_used: ['Auth'],
};
const BEFORE = {
  takenAt: new Date('2026-02-20T09:00:00Z'),
  totalScore: 72,
  tier: 'warm',
  components: { company: 1, usage: 2, expansion: 3, champion: 4, timing: 5 },
  apiCalls30d: 900_000,
  apiCallGrowthPct: 12,
  teamMemberCount: 3,
  projectCount: 6,
  billingTier: 'free',
  featuresUsed: ['Auth'],
};

test('maps the snapshot from before the lead turned hot', async () => {
  expect((await leadOf({ before }))?.before).toEqual(BEFORE);
});

test.each([
  ['total_score', 101, 'totalScore'],
  ['tier', 'lukewarm', 'tier'],
  ['api_calls_30d', -1, 'apiCalls30d'],
  ['api_call_growth_pct', 'up', 'apiCallGrowthPct'],
  ['team_member_count', -1, 'teamMemberCount'],
  ['project_count', -1, 'projectCount'],
  ['usage_score', 'x', 'components'],
])('a snapshot whose %s is %j is shown without it', async (column, value, field) => {
  const shown = (await leadOf({ before: { ...before, [column]: value } }))?.before;
  expect(shown).toEqual({ ...BEFORE, [field]: null });
});

test('maps the signals and stakeholders of an account', async () => {
  const signal = {
    signal_type: 'hiring',
    signal_title: 'Hiring 4 Backend Engineers',
    signal_detail: 'on their page',
    signal_date: '2026-02-01',
    signal_strength: 'low',
  };
  const person = {
    full_name: 'Sarah Kim',
    title: 'VP of Engineering',
    is_decision_maker: true,
    is_technical: null,
    is_budget_holder: true,
    linkedin_url: 'linkedin.com/in/sarah-kim',
  };
  const odd = { is_decision_maker: null, is_technical: true, is_budget_holder: null };
  const elsewhere = { linkedin_url: 'https://evil.example/linkedin.com' };
  const row = pictureRow({
    account: {
      key: 'lead:1',
      domain: null,
      name: 'Sarah',
      linkedin_url: 'https://www.linkedin.com/company/sarah',
      signals: [signal, { ...signal, signal_strength: 'huge', signal_detail: null }],
      stakeholders: [person, { ...person, title: null, ...odd, ...elsewhere }],
    },
  });
  const shown = { type: 'hiring', title: 'Hiring 4 Backend Engineers', date: '2026-02-01' };
  expect((await pictureOf(row))?.account).toEqual({
    key: 'lead:1',
    domain: null,
    name: 'Sarah',
    linkedinUrl: 'https://www.linkedin.com/company/sarah',
    leads: [],
    signals: [
      { ...shown, detail: 'on their page', strength: 'low' },
      { ...shown, detail: null, strength: 'medium' },
    ],
    stakeholders: [
      {
        fullName: 'Sarah Kim',
        title: 'VP of Engineering',
        isDecisionMaker: true,
        isTechnical: false,
        isBudgetHolder: true,
        linkedinUrl: 'https://linkedin.com/in/sarah-kim',
      },
      {
        fullName: 'Sarah Kim',
        title: null,
        isDecisionMaker: false,
        isTechnical: true,
        isBudgetHolder: false,
        linkedinUrl: null,
      },
    ],
  });
});

test.each([
  ['http://linkedin.com/in/a', 'http://linkedin.com/in/a'],
  ['HTTPS://de.LinkedIn.com/in/a', 'https://de.linkedin.com/in/a'],
  // As part of its path.
  ['linkedin.com/in/a?from=https://b.example', 'https://linkedin.com/in/a?from=https://b.example'],
  ['https://linkedin.com.evil.example/in/a', null],
  ['https://evillinkedin.com/in/a', null],
  ['not a page', null],
  [`https://linkedin.com/${'a'.repeat(500)}`, null],
  [7, null],
])('of the LinkedIn page %j shows %j', async (given, shown) => {
  const row = pictureRow({ account: { linkedin_url: given } });
  expect((await pictureOf(row))?.account.linkedinUrl).toBe(shown);
});

test('news of a newer version or in a broken row is left out, and long text is cut', () => {
  const rise = { kind: 'rise', from: 78, to: 90 };
  const title = 'x'.repeat(1_000);
  expect(newsItems.parse([{ kind: 'unheard-of' }, { kind: 'rise' }, 7, rise])).toEqual([rise]);
  expect(newsItems.parse([{ kind: 'signal', title }])).toEqual([
    { kind: 'signal', title: 'x'.repeat(400) },
  ]);
  expect(newsItems.parse(Array(50).fill(rise))).toHaveLength(20);
});

test('fates that only newer versions know count as unknown', () => {
  expect(fateCounts.parse({ card: 2, 'unheard-of': 3, unknown: 1 })).toEqual({
    card: 2,
    unknown: 4,
  });
});

test('maps an alert with its history and its predecessor', async () => {
  const row = pictureRow({
    alert: {
      status: 'contacted',
      hot_at_first_poll: true,
      closed_at: '2026-03-05T10:00:00Z',
      owner: 'U0MARIA',
      claimed_at: '2026-03-02T09:30:00Z',
      contacted_at: '2026-03-02T11:00:00Z',
      contact_method: 'call',
      contact_note: 'On Friday',
      cooling_since: '2026-03-04T10:00:00Z',
    },
    events: [{ at: '2026-03-02T09:30:00Z', kind: 'claimed', actor: 'U0MARIA', detail: null }],
    past: {
      opened_at: '2026-01-01T00:00:00Z',
      closed_at: '2026-01-02T00:00:00Z',
      status: 'cooled',
      owner: 'U0JONAS',
      contacted_at: null,
    },
  });
  expect(await pictureOf(row)).toMatchObject({
    alert: {
      id: '0b5f2c1e-7f5d-4c0e-9a51-2f6a3f0f9a10',
      accountKey: 'velocitypay.io',
      status: 'contacted',
      openedAt: new Date('2026-03-02T09:00:00Z'),
      hotAtFirstPoll: true,
      closedAt: new Date('2026-03-05T10:00:00Z'),
      owner: 'U0MARIA',
      claimedAt: new Date('2026-03-02T09:30:00Z'),
      contactedAt: new Date('2026-03-02T11:00:00Z'),
      contactMethod: 'call',
      contactNote: 'On Friday',
      coolingSince: new Date('2026-03-04T10:00:00Z'),
    },
    events: [
      { at: new Date('2026-03-02T09:30:00Z'), kind: 'claimed', actor: 'U0MARIA', detail: null },
    ],
    past: {
      openedAt: new Date('2026-01-01T00:00:00Z'),
      closedAt: new Date('2026-01-02T00:00:00Z'),
      status: 'cooled',
      owner: 'U0JONAS',
      contactedAt: null,
    },
  });
});

test.each(['opened', 'joined', 'left', 'returned', 'claimed', 'released', 'contacted', 'cooled'])(
  'knows the history step %s',
  async (kind) => {
    const events = [{ at: '2026-03-02T09:30:00Z', kind, actor: null, detail: 'Ada' }];
    expect((await pictureOf(pictureRow({ events })))?.events).toMatchObject([
      { kind, actor: null, detail: 'Ada' },
    ]);
  },
);

test('a history step of a newer version is left out, and a broken one of a known kind rejected', async () => {
  const at = '2026-03-02T09:30:00Z';
  const claimed = { at, kind: 'claimed', actor: 'U0MARIA', detail: null };
  const newer = { at, kind: 'sent-flowers', petals: 12 };
  const picture = await pictureOf(pictureRow({ events: [newer, claimed] }));
  expect(picture?.events).toMatchObject([{ kind: 'claimed' }]);
  await expect(
    pictureOf(pictureRow({ events: [{ ...claimed, at: 'yesterday' }] })),
  ).rejects.toThrow();
});

test.each(['2026-03-02T09:00:00+01:00', '2026-03-02T08:00:00Z', '2026-03-02T08:00:00'])(
  'reads the time %s',
  async (opened_at) => {
    const row = pictureRow({ alert: { opened_at } });
    expect((await pictureOf(row))?.alert.openedAt).toEqual(new Date('2026-03-02T08:00:00Z'));
  },
);

test.each(['yesterday', '2026-02-31T09:00:00Z', '', null])(
  'rejects an answer with the time %j',
  async (opened_at) => {
    await expect(pictureOf(pictureRow({ alert: { opened_at } }))).rejects.toThrow();
  },
);

test('a missing alert is null, not an error', async () => {
  expect(await pictureOf(null)).toBeNull();
});

test('puts steps of the history that older bots may not see in their place', async () => {
  const step = (id: number, kind: string) => ({
    id,
    at: '2026-03-02T09:30:00Z',
    kind,
    actor: null,
    detail: null,
  });
  const row = {
    ...pictureRow({ events: [step(1, 'opened'), step(3, 'claimed')] }),
    newer_events: [step(2, 'moved')],
  };
  const picture = await pictureOf(row);
  expect(picture?.events.map(({ kind }) => kind)).toEqual(['opened', 'moved', 'claimed']);
});
