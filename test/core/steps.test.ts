import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  nextStep,
  type OwnerTime,
  ownerInQuestion,
  type StepCase,
  type StepKind,
  type StepRules,
} from '../../src/core/steps.ts';
import {
  addWorking,
  nextWorking,
  parseHolidays,
  parseShifts,
  type WorkingHours,
} from '../../src/core/working-time.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const at = (iso: string): Date => new Date(iso);
/** Monday, like the other times here unless they say otherwise. */
const NINE = at('2026-03-02T09:00:00Z');
const LONG_AGO = at('2026-01-01T00:00:00Z');

function hoursOf(text: string, holidays = ''): WorkingHours {
  const shifts = parseShifts(text);
  const days = parseHolidays(holidays);
  if (shifts === null || days === null) throw new Error(`unreadable: ${text} / ${holidays}`);
  return { shifts, holidays: days };
}

const rules = (changes: Partial<StepRules> = {}): StepRules => ({
  deadlines: { claimMs: 2 * HOUR_MS, contactMs: 8 * HOUR_MS, followUpMs: 14 * DAY_MS },
  since: { claim: LONG_AGO, contact: LONG_AGO, followUp: LONG_AGO },
  hours: hoursOf('Mon-Fri 09:00-18:00'),
  timeZone: 'UTC',
  ...changes,
});

const unclaimed = (changes: Partial<StepCase> = {}): StepCase => ({
  alertId: 'a1',
  seen: '2026-03-02T09:00:00.000001+00:00',
  period: '2026-03-02T09:00:00+00:00',
  channel: null,
  status: 'open',
  isHot: true,
  owner: null,
  waitsSince: NINE,
  ownerBackAt: null,
  hasOutcome: false,
  keeps: 0,
  score: 90,
  holder: null,
  hasNews: false,
  newsToldAt: null,
  lastStepAt: null,
  taken: [],
  ...changes,
});
const claimed = (changes: Partial<StepCase> = {}) =>
  unclaimed({ status: 'claimed', owner: 'U0ANNA', ...changes });
const contacted = (changes: Partial<StepCase> = {}) => claimed({ status: 'contacted', ...changes });

/** A step of this period. */
const took = (kind: StepKind, time: string, delivered: string | null = time) => ({
  lastStepAt: at(time),
  taken: [{ kind, at: at(time), deliveredAt: delivered === null ? null : at(delivered) }],
});

const IN_UTC: OwnerTime = { timeZone: 'UTC', awayUntil: null };

/** What comes next, and when: `warning 2026-03-02T15:00`. */
function next(one: StepCase, now: Date, how: Partial<StepRules> = {}, owner = IN_UTC): string {
  const { kind, at: time } = nextStep(one, rules(how), now, owner);
  return time === null ? 'nothing' : `${kind ?? 'look'} ${time.toISOString().slice(0, 16)}`;
}

describe('an unclaimed lead', () => {
  it('is reminded of after CLAIM_WITHIN of working time', () => {
    expect(next(unclaimed(), NINE)).toBe('reminder 2026-03-02T11:00');
    expect(next(unclaimed({ waitsSince: at('2026-03-06T17:00:00Z') }), NINE)).toBe(
      'reminder 2026-03-09T10:00',
    );
  });

  it('counts the working time of TIMEZONE, across a change of clocks and a holiday', () => {
    const berlin = {
      timeZone: 'Europe/Berlin',
      hours: hoursOf('Mon-Fri 09:00-18:00', '2026-03-30'),
    };
    const friday = at('2026-03-27T16:00:00Z'); // 17:00, before the clocks change on Sunday
    expect(next(unclaimed({ waitsSince: friday }), friday, berlin)).toBe(
      'reminder 2026-03-31T08:00',
    );
  });

  it('counts night shifts', () => {
    const nights = { hours: hoursOf('Sun-Thu 22:00-06:00') };
    const late = at('2026-03-03T05:00:00Z');
    expect(next(unclaimed({ waitsSince: late }), late, nights)).toBe('reminder 2026-03-03T23:00');
  });

  it('is not reminded of at the end of a shift, but at the start of the next', () => {
    expect(next(unclaimed({ waitsSince: at('2026-03-02T16:00:00Z') }), NINE)).toBe(
      'reminder 2026-03-03T09:00',
    );
  });

  it('is escalated after twice CLAIM_WITHIN, an hour or more after the reminder', () => {
    expect(next(unclaimed(took('reminder', '2026-03-02T11:00:00Z')), NINE)).toBe(
      'escalation 2026-03-02T13:00',
    );
    // The bot was down until 17:30.
    const late = unclaimed(took('reminder', '2026-03-02T17:30:00Z'));
    expect(next(late, at('2026-03-02T17:31:00Z'))).toBe('escalation 2026-03-03T09:00');
  });

  it('is never escalated before it is reminded of, however late', () => {
    expect(next(unclaimed(), at('2026-03-05T12:00:00Z'))).toBe('reminder 2026-03-02T11:00');
  });

  it('needs nothing after that', () => {
    const { taken } = took('escalation', '2026-03-02T13:00:00Z');
    const one = unclaimed({ taken: [...took('reminder', '2026-03-02T11:00:00Z').taken, ...taken] });
    expect(next(one, at('2026-03-20T12:00:00Z'))).toBe('nothing');
  });

  it('counts from when CLAIM_WITHIN was set, if that is later', () => {
    const since = { ...rules().since, claim: at('2026-03-04T10:00:00Z') };
    expect(next(unclaimed(), NINE, { since })).toBe('reminder 2026-03-04T12:00');
  });
});

describe('a claimed lead', () => {
  it('has its owner warned two working hours before CONTACT_WITHIN ends, in their zone', () => {
    const owner = { timeZone: 'America/New_York', awayUntil: null };
    // 15:00 there; six hours later is 12:00 on Tuesday.
    const one = claimed({ waitsSince: at('2026-03-02T20:00:00Z') });
    expect(next(one, NINE, {}, owner)).toBe('warning 2026-03-03T17:00');
    expect(nextStep(one, rules(), NINE, owner)).toMatchObject({
      until: at('2026-03-03T19:00:00Z'),
      dueAt: at('2026-03-03T19:00:00Z'),
    });
  });

  it.each([
    ['30m', 30 * MINUTE_MS, '2026-03-02T09:15', '2026-03-02T11:15:00.000Z'],
    ['3h', 3 * HOUR_MS, '2026-03-02T10:30', '2026-03-02T12:30:00.000Z'],
    ['4h', 4 * HOUR_MS, '2026-03-02T11:00', '2026-03-02T13:00:00.000Z'],
    ['5h', 5 * HOUR_MS, '2026-03-02T12:00', '2026-03-02T14:00:00.000Z'],
  ])(
    'with %s to contact it, is warned about halfway at the latest and has two hours after that',
    (_, contactMs, warned, until) => {
      const how = { deadlines: { ...rules().deadlines, contactMs } };
      expect(next(claimed(), NINE, how)).toBe(`warning ${warned}`);
      expect(nextStep(claimed(), rules(how), NINE, IN_UTC).until?.toISOString()).toBe(until);
    },
  );

  it('is returned when CONTACT_WITHIN is over', () => {
    const one = claimed(took('warning', '2026-03-02T15:00:00Z'));
    expect(next(one, at('2026-03-02T15:01:00Z'))).toBe('return 2026-03-02T17:00');
    const short = { hours: hoursOf('Mon-Fri 09:00-17:00') };
    expect(next(one, at('2026-03-02T15:01:00Z'), short)).toBe('return 2026-03-03T09:00');
  });

  it('is not returned before two working hours after the warning has reached Slack', () => {
    const one = claimed(took('warning', '2026-03-02T15:00:00Z', '2026-03-02T17:40:00Z'));
    expect(next(one, at('2026-03-03T09:10:00Z'))).toBe('return 2026-03-03T10:40');
  });

  it('is looked at again in five minutes while the warning has not reached Slack, for months', () => {
    const one = claimed(took('warning', '2026-03-02T15:00:00Z', null));
    expect(next(one, at('2026-03-02T15:01:00Z'))).toBe('look 2026-03-02T15:06');
    expect(next(one, at('2026-06-02T15:01:00Z'))).toBe('look 2026-06-02T15:06');
  });

  it('is warned about first after a long downtime, during work, and not returned yet', () => {
    const saturday = at('2026-03-14T12:00:00Z');
    expect(next(claimed(), saturday)).toBe('warning 2026-03-16T09:00');
    expect(nextStep(claimed(), rules(), saturday, IN_UTC).until).toEqual(
      at('2026-03-16T11:00:00Z'),
    );
  });

  it('waits while its owner is away, and leaves them two hours when they are back', () => {
    const away = { timeZone: 'UTC', awayUntil: at('2026-03-09T09:00:00Z') };
    expect(next(claimed(), NINE, {}, away)).toBe('warning 2026-03-09T09:00');
    const warned = claimed(took('warning', '2026-03-02T15:00:00Z'));
    expect(next(warned, at('2026-03-02T17:00:00Z'), {}, away)).toBe('return 2026-03-09T11:00');
    const back = { ...warned, ownerBackAt: at('2026-03-09T09:01:00Z') };
    expect(next(back, at('2026-03-09T09:01:00Z'))).toBe('return 2026-03-09T11:01');
    const longBack = { ...warned, ownerBackAt: at('2026-02-27T09:00:00Z') };
    expect(next(longBack, at('2026-03-02T15:01:00Z'))).toBe('return 2026-03-02T17:00');
  });

  it('counts from when CONTACT_WITHIN was set, so that no old claim ends on that day', () => {
    const since = { ...rules().since, contact: at('2026-03-05T16:00:00Z') };
    expect(next(claimed({ waitsSince: LONG_AGO }), at('2026-03-05T16:00:00Z'), { since })).toBe(
      'warning 2026-03-06T13:00',
    );
  });

  it.each([1, 2, 3])('kept %i times: managers hear of it from the second on', (keeps) => {
    expect(next(claimed({ keeps }), NINE)).toBe(
      keeps < 2 ? 'warning 2026-03-02T15:00' : 'kept-again 2026-03-02T09:00',
    );
    const told = claimed({ keeps, ...took('kept-again', '2026-03-02T09:00:00Z') });
    expect(next(told, NINE)).toBe('warning 2026-03-02T15:00');
  });

  it('goes on without managers to tell that it is kept again', () => {
    const step = nextStep(claimed({ keeps: 2 }), rules(), NINE, IN_UTC, new Set(['kept-again']));
    expect(step).toMatchObject({ kind: 'warning', at: at('2026-03-02T15:00:00Z') });
  });
});

describe('a contacted lead', () => {
  it('has its owner asked after FOLLOW_UP_AFTER, when they work next', () => {
    const saturday = at('2026-02-28T12:00:00Z');
    expect(next(contacted({ waitsSince: saturday }), NINE)).toBe('follow-up 2026-03-16T09:00');
    expect(nextStep(contacted(), rules(), NINE, IN_UTC).dueAt).toEqual(at('2026-03-16T09:00:00Z'));
  });

  it('has its owner asked once, and stays due', () => {
    const one = contacted(took('follow-up', '2026-03-16T09:00:00Z'));
    expect(nextStep(one, rules(), at('2026-03-17T09:00:00Z'), IN_UTC)).toEqual({
      kind: null,
      at: null,
      until: null,
      dueAt: at('2026-03-16T09:00:00Z'),
    });
  });

  it('with an outcome needs nothing', () => {
    expect(next(contacted({ hasOutcome: true }), NINE)).toBe('nothing');
  });
});

describe('news', () => {
  it('comes to an owner during work, even if the lead is not hot', () => {
    const night = at('2026-03-02T22:00:00Z');
    expect(next(claimed({ hasNews: true, isHot: false }), night)).toBe('news 2026-03-03T09:00');
  });

  it('comes to an unclaimed lead at any time', () => {
    const night = at('2026-03-02T22:00:00Z');
    const one = unclaimed({ hasNews: true, waitsSince: at('2026-03-02T21:00:00Z') });
    expect(next(one, night)).toBe('news 2026-03-02T21:00');
  });

  it('comes once a day', () => {
    const one = { hasNews: true, newsToldAt: at('2026-03-02T10:00:00Z') };
    expect(next(contacted(one), NINE)).toBe('news 2026-03-03T10:00');
    expect(next(unclaimed({ ...one, isHot: false }), NINE)).toBe('news 2026-03-03T10:00');
  });

  it('goes after what is more urgent, an hour later', () => {
    const late = at('2026-03-02T16:00:00Z');
    expect(next(claimed({ hasNews: true }), late)).toBe('warning 2026-03-02T16:00');
    const warned = claimed({ hasNews: true, ...took('warning', '2026-03-02T16:00:00Z') });
    expect(next(warned, late)).toBe('news 2026-03-02T17:00');
  });
});

it.each<[string, StepCase]>([
  ['unclaimed', unclaimed()],
  ['claimed', claimed({ keeps: 2 })],
  ['contacted', contacted()],
])('a lead that is not hot needs nothing while it is %s', (_, one) => {
  expect(next({ ...one, isHot: false }, at('2026-06-02T12:00:00Z'))).toBe('nothing');
});

it.each<[string, Partial<StepRules>]>([
  ['are off', { deadlines: { claimMs: null, contactMs: null, followUpMs: null } }],
  ['are not noted yet', { since: { claim: null, contact: null, followUp: null } }],
])('while the deadlines %s, only news comes', (_, how) => {
  const late = at('2026-06-02T12:00:00Z');
  for (const one of [unclaimed(), claimed({ keeps: 2 }), contacted()]) {
    expect(nextStep(one, rules(how), late, IN_UTC)).toMatchObject({ at: null, dueAt: null });
    expect(ownerInQuestion(one, rules(how))).toBeNull();
    expect(next({ ...one, hasNews: true }, late, how)).toContain('news');
  }
});

it('asks about the hours of an owner only if they decide what comes', () => {
  const asked = (one: StepCase) => ownerInQuestion(one, rules());
  expect(asked(unclaimed({ hasNews: true }))).toBeNull();
  expect(asked(claimed())).toBe('U0ANNA');
  expect(asked(claimed({ isHot: false }))).toBeNull();
  expect(asked(claimed({ isHot: false, hasNews: true }))).toBe('U0ANNA');
  expect(asked(contacted())).toBe('U0ANNA');
  expect(asked(contacted({ hasOutcome: true }))).toBeNull();
});

describe('for any hours, zones, deadlines and downtimes', () => {
  const shift = fc
    .record({
      days: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 2 }),
      from: fc.integer({ min: 0, max: 1439 }),
      to: fc.integer({ min: 1, max: 1440 }),
    })
    .filter(({ from, to }) => (to - from + 1440) % 1440 > 60)
    .map(({ days, from, to }) => ({ days: new Set(days), from, to }));
  const zones = fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'America/Sao_Paulo',
    'Asia/Kathmandu',
    'Pacific/Auckland',
  );
  const instants = fc.date({
    min: at('2024-01-01T00:00:00Z'),
    max: at('2030-12-31T00:00:00Z'),
    noInvalidDate: true,
  });
  const minutes = (most: number) => fc.integer({ min: 1, max: most }).map((n) => n * MINUTE_MS);
  const story = fc.record({
    status: fc.constantFrom('open', 'claimed', 'contacted'),
    keeps: fc.integer({ min: 0, max: 3 }),
    hasNews: fc.boolean(),
    waitsSince: instants,
    sinceMs: fc.integer({ min: -3 * DAY_MS, max: 3 * DAY_MS }),
    claimMs: minutes(600),
    contactMs: minutes(1200),
    followUpMs: minutes(20_000),
    shift,
    holidays: fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 3 }),
    teamZone: zones,
    ownerZone: zones,
    /** How late the bot is, the first times. */
    downtimes: fc.array(fc.integer({ min: 0, max: 4 * DAY_MS }), { maxLength: 5 }),
    deliveryMs: fc.integer({ min: 0, max: 6 * HOUR_MS }),
  });

  it('takes each step once, an hour apart, in order, and returns nothing without a warning', () => {
    fc.assert(
      fc.property(story, (one) => {
        const hours: WorkingHours = {
          shifts: [one.shift],
          holidays: new Set(
            one.holidays.map((day) =>
              new Date(+one.waitsSince + day * DAY_MS).toISOString().slice(0, 10),
            ),
          ),
        };
        const since = new Date(+one.waitsSince + one.sinceMs);
        const how: StepRules = {
          deadlines: { claimMs: one.claimMs, contactMs: one.contactMs, followUpMs: one.followUpMs },
          since: { claim: since, contact: since, followUp: since },
          hours,
          timeZone: one.teamZone,
        };
        const owner: OwnerTime = { timeZone: one.ownerZone, awayUntil: null };
        const taken: { kind: StepKind; at: Date; deliveredAt: Date | null }[] = [];
        let now = one.waitsSince;
        let told: Date | null = null;
        for (let look = 0; look < 500; look++) {
          const step = nextStep(
            unclaimed({
              ...one,
              owner: one.status === 'open' ? null : 'U0ANNA',
              hasNews: one.hasNews && told === null,
              newsToldAt: told,
              lastStepAt: taken.at(-1)?.at ?? null,
              taken: taken.map((each) => ({
                ...each,
                deliveredAt: +each.at + one.deliveryMs <= +now ? each.deliveredAt : null,
              })),
            }),
            how,
            now,
            owner,
          );
          if (step.at === null) break;
          if (step.at > now) {
            now = new Date(+step.at + (one.downtimes[look] ?? 0));
            continue;
          }
          if (step.kind === null) throw new Error('looks again at once');
          taken.push({ kind: step.kind, at: now, deliveredAt: new Date(+now + one.deliveryMs) });
          if (step.kind === 'news') told = now;
          if (step.kind === 'return') break;
        }
        const kinds = taken.map(({ kind }) => kind);
        expect(new Set(kinds).size).toBe(kinds.length);
        const without = (kind: StepKind) => kinds.filter((each) => each !== kind);
        if (one.status === 'open') expect(without('news')).toEqual(['reminder', 'escalation']);
        if (one.status === 'contacted') expect(without('news')).toEqual(['follow-up']);
        if (one.status === 'claimed') expect(kinds.slice(-1)).toEqual(['return']);
        expect(kinds.includes('kept-again')).toBe(one.status === 'claimed' && one.keeps >= 2);
        for (const [n, { kind, at: time, deliveredAt: _ }] of taken.entries()) {
          const before = taken[n - 1];
          if (before) expect(+time - +before.at).toBeGreaterThanOrEqual(HOUR_MS);
          const atWork = +nextWorking(time, hours, one.ownerZone) === +time;
          if (['warning', 'return', 'follow-up'].includes(kind)) expect(atWork).toBe(true);
          if (kind !== 'return') continue;
          const warning = taken.find((each) => each.kind === 'warning');
          const seen = warning?.deliveredAt ?? null;
          if (seen === null) throw new Error('returned without a warning');
          expect(+time).toBeGreaterThanOrEqual(
            +addWorking(seen, 2 * HOUR_MS, hours, one.ownerZone),
          );
          const from = since > one.waitsSince ? since : one.waitsSince;
          expect(+time).toBeGreaterThanOrEqual(
            +addWorking(from, one.contactMs, hours, one.ownerZone),
          );
        }
      }),
      { numRuns: 100, endOnFailure: true },
    );
  });
});
