/** An example of everything that is drawn. */
import type { Alert, AlertPicture } from '../core/alert.ts';
import type { Digest } from '../core/digest.ts';
import type { Account, AccountLead, Snapshot } from '../core/lead.ts';
import type { Stats, Tally, Week } from '../core/stats.ts';
import type { NewsItem } from '../core/steps.ts';
import type { Replay } from '../core/tune.ts';
import type { FateCounts } from '../core/why.ts';

export const ALERT_ID = '0b5f2c1e-7f5d-4c0e-9a51-2f6a3f0f9a10';
export const NOW = new Date('2026-03-02T12:00:00Z');
export const MARIA = 'U0MARIA';
export const JONAS = 'U0JONAS';
export const SALES = 'S0SALES';

/** VelocityPay's row in the sample data, with its line breaks and runs of spaces. */
export const MARCUS: AccountLead = {
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
  techStack: ['AWS', 'PostgreSQL', 'Auth0', 'React'],
  projectCount: 4,
  billingTier: 'pro',
  teamMemberCount: 5,
  apiCalls30d: 2_800_000,
  apiCallGrowthPct: 250,
  lastActiveAt: null,
  featuresUsed: ['Auth', 'Storage', 'Edge Functions', 'Realtime'],
  totalScore: 88,
  tier: 'hot',
  suggestedAction:
    'Champion is highly active (5 team members, 250% API growth). Auth0 contract\n         renewal creates migration window. Reach out to Marcus, offer to connect\n         with VP Eng Sarah Kim for compliance/security conversation.',
  stakeholderCount: 2,
  signalCount: 3,
  ownerEmail: null,
  ownerUser: null,
  crmUrl: null,
  cardFields: [],
  components: { company: 85, usage: 95, expansion: 90, champion: 80, timing: 85 },
  enteredAt: new Date('2026-03-02T09:00:00Z'),
  leftAt: null,
  before: null,
};

/** The same lead before it turned hot. */
export const BEFORE: Snapshot = {
  takenAt: new Date('2026-02-20T09:00:00Z'),
  totalScore: 72,
  tier: 'warm',
  components: { company: 85, usage: 60, expansion: 80, champion: 70, timing: 60 },
  apiCalls30d: 900_000,
  apiCallGrowthPct: 12,
  teamMemberCount: 3,
  projectCount: 4,
  billingTier: 'free',
  featuresUsed: ['Auth', 'Storage', 'Edge Functions'],
};

export function lead(changes: Partial<AccountLead> = {}): AccountLead {
  return { ...MARCUS, ...changes };
}

export function account(changes: Partial<Account> = {}): Account {
  return {
    key: 'velocitypay.io',
    domain: 'velocitypay.io',
    name: 'VelocityPay',
    linkedinUrl: null,
    leads: [MARCUS],
    signals: [
      signal('Hiring 4 Backend Engineers', 'hiring'),
      signal('Auth0 contract renewal coming up', 'tech_migration'),
      signal('Series B closed $30M', 'funding'),
    ],
    stakeholders: [person('Sarah Kim', 'VP of Engineering'), person('David Park', 'CTO')],
    ...changes,
  };
}

function signal(title: string, type: string): Account['signals'][number] {
  return { type, title, detail: null, date: null, strength: 'high' };
}

function person(fullName: string, title: string): Account['stakeholders'][number] {
  return {
    fullName,
    title,
    isDecisionMaker: true,
    isTechnical: true,
    isBudgetHolder: false,
    linkedinUrl: null,
  };
}

export function alert(changes: Partial<Alert> = {}): Alert {
  return {
    id: ALERT_ID,
    accountKey: 'velocitypay.io',
    status: 'open',
    openedAt: new Date('2026-03-02T09:00:00Z'),
    hotAtFirstPoll: false,
    closedAt: null,
    owner: null,
    claimedAt: null,
    contactedAt: null,
    contactMethod: null,
    contactNote: null,
    dueAt: null,
    keeps: 0,
    touches: 0,
    outcome: null,
    hold: null,
    offer: null,
    offerDueAt: null,
    handedOver: null,
    undo: null,
    coolingSince: null,
    mergedInto: null,
    ...changes,
  };
}

export function picture(
  alertChanges: Partial<Alert> = {},
  changes: Partial<AlertPicture> = {},
): AlertPicture {
  return {
    alert: alert(alertChanges),
    account: account(),
    events: [],
    notes: [],
    past: null,
    ...changes,
  };
}

/** News of every kind. The longer the text, the more of it is cut. */
export function newsOf(text: string): NewsItem[] {
  return [
    { kind: 'champion', who: text, address: 'ana.ruiz@velocitypay.io', score: 84, why: text },
    { kind: 'champion', who: text, address: text, score: null, why: null },
    { kind: 'growth-halved', from: 120, to: 45 },
    { kind: 'cooled' },
    { kind: 'hot-again' },
    { kind: 'signal', title: text },
    { kind: 'decision-maker', who: text, title: text },
    { kind: 'rise', from: 78, to: 90 },
  ];
}

const NO_CHANGE = { contacted: 0, notAFit: 0, snoozed: 0, cooled: 0 };

type DigestParts = Partial<Omit<Digest, 'counts' | 'changes'>> & {
  counts?: Partial<Digest['counts']>;
  changes?: Partial<Digest['changes']>;
};

/** A digest of five leads before; nothing has changed since unless `parts` says so. */
export function digestDay({ counts, changes, ...parts }: DigestParts = {}): Digest {
  return {
    id: null,
    localDate: '2026-03-02',
    asOf: NOW,
    since: new Date('2026-02-27T08:00:00Z'),
    unclaimed: [],
    claimed: [],
    contacted: [],
    notAFit: [],
    snoozed: [],
    cooled: [],
    counts: { unclaimed: 0, claimed: 0, ...NO_CHANGE, ...counts },
    changes: { before: 5, opened: 0, back: 0, merged: 0, erased: 0, ...NO_CHANGE, ...changes },
    outcomes: {},
    week: null,
    ...parts,
  };
}

const TALLY: Tally = {
  alerts: 128,
  claimed: 97,
  contacted: 60,
  toClaim: { median: 2520, p90: 11_400 },
  toContact: { median: 14_400, p90: 187_200 },
  claimedInTime: { of: 99, inTime: 80 },
  contactedInTime: { of: 60, inTime: 57 },
  outcomes: { meeting: 12, won: 3, lost: 1 },
  notAFit: 9,
};

export const tallyOf = (changes: Partial<Tally> = {}): Tally => ({ ...TALLY, ...changes });

const CROSSINGS: FateCounts = { card: 110, rollup: 18, joined: 12, personal: 4, brief: 3 };

export function statsOf(changes: Partial<Stats> = {}): Stats {
  return {
    from: new Date('2026-01-31T09:00:00Z'),
    to: NOW,
    all: TALLY,
    byPerson: [
      { user: MARIA, tally: tallyOf({ alerts: 60, claimed: 60, contacted: 40 }) },
      { user: JONAS, tally: tallyOf({ alerts: 37, claimed: 37, contacted: 20, notAFit: 0 }) },
    ],
    byChannel: [
      { channel: 'C0CHANNEL1', tally: tallyOf({ alerts: 100, claimed: 80, contacted: 50 }) },
      { channel: 'C0CHANNEL2', tally: tallyOf({ alerts: 28, claimed: 17, contacted: 10 }) },
    ],
    reasons: { customer: 5, student: 3, other: 1 },
    bySignal: [
      { signal: 'funding', alerts: 70, notAFit: 2 },
      { signal: 'tech_migration', alerts: 40, notAFit: 7 },
    ],
    byScore: [
      { from: 80, alerts: 90, notAFit: 8 },
      { from: 95, alerts: 38, notAFit: 1 },
    ],
    crossings: CROSSINGS,
    ...changes,
  };
}

export const weekOf = (changes: Partial<Week> = {}): Week => ({
  from: new Date('2026-02-23T08:00:00Z'),
  to: NOW,
  alerts: 42,
  claimed: 35,
  contacted: 20,
  notAFit: 3,
  toClaim: 1080,
  crossings: { card: 42, joined: 12, personal: 4, brief: 3 },
  ...changes,
});

/** A year in which nothing would have come in addition. */
export function replayOf(name: string): Replay {
  return {
    from: new Date('2025-03-03T12:00:00Z'),
    to: NOW,
    picturesFrom: new Date('2025-03-03T12:00:00Z'),
    now: { alerts: 520, contacted: 300, won: 20, notAFit: 90 },
    kept: 312,
    unknown: 0,
    atStart: 0,
    missed: {
      contacted: 12,
      won: 2,
      examples: [
        { name, domain: 'velocitypay.io', outcome: 'won' },
        { name, domain: null, outcome: null },
      ],
    },
    avoided: 40,
    added: { alerts: 0, share: 1 },
  };
}
