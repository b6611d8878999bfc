import type { Alert } from '../../src/core/alert.ts';
import { JONAS, MARIA, NOW } from '../../src/doctor/samples.ts';

export * from '../../src/doctor/samples.ts';

const claim = {
  status: 'claimed',
  owner: MARIA,
  claimedAt: new Date('2026-03-02T09:30:00Z'),
} as const;
const offer = {
  holder: MARIA,
  source: 'rotation',
  insteadOf: null,
  until: new Date('2026-03-02T09:45:00Z'),
  ended: null,
  endedAt: null,
} as const;
const contact = {
  ...claim,
  status: 'contacted',
  contactedAt: new Date('2026-03-02T11:00:00Z'),
  contactMethod: 'call',
  contactNote: 'Call on Friday',
  touches: 1,
} as const;

/** One alert per card state. */
export const STATES = {
  open: {},
  offered: { offer },
  lapsed: { offer: { ...offer, ended: 'lapsed', endedAt: new Date('2026-03-02T09:45:02Z') } },
  passed: { offer: { ...offer, ended: 'passed', endedAt: new Date('2026-03-02T09:20:00Z') } },
  waiting: { offerDueAt: new Date('2026-03-03T08:00:00Z') },
  claimed: claim,
  handedOver: {
    ...claim,
    handedOver: { by: JONAS, from: JONAS, at: new Date('2026-03-02T09:50:00Z') },
  },
  due: { ...claim, dueAt: new Date('2026-03-02T15:00:00Z') },
  keptTwice: { ...claim, keeps: 2 },
  contacted: contact,
  waitsForOutcome: { ...contact, dueAt: new Date('2026-03-16T11:00:00Z') },
  snoozed: {
    hold: { kind: 'snoozed', by: MARIA, at: NOW, until: new Date('2026-03-03T08:00:00Z') },
  },
  notAFit: {
    hold: {
      kind: 'not-a-fit',
      reason: 'partner',
      by: MARIA,
      at: NOW,
      until: new Date('2026-05-31T12:00:00Z'),
    },
  },
  cold: { ...claim, coolingSince: new Date('2026-03-02T10:00:00Z') },
  cooling: { coolingSince: new Date('2026-03-02T10:00:00Z') },
  cooled: {
    status: 'cooled',
    coolingSince: new Date('2026-03-02T10:00:00Z'),
    closedAt: new Date('2026-03-03T10:00:00Z'),
  },
  closed: { ...contact, closedAt: new Date('2026-03-05T10:00:00Z') },
  merged: {
    ...claim,
    status: 'merged',
    closedAt: new Date('2026-03-05T10:00:00Z'),
    mergedInto: {
      alertId: 'a5b2f2de-0b0c-4b39-9d28-0a1c8ab6f0c1',
      card: { channel: 'C0HOT', ts: '1.2' },
    },
  },
} as const satisfies Record<string, Partial<Alert>>;
