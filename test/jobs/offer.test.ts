import { expect, test } from 'vitest';
import type { DenialReason, OutOfReach } from '../../src/core/access.ts';
import type { Offer } from '../../src/core/alert.ts';
import type { Absence } from '../../src/core/away.ts';
import type { DueOffer } from '../../src/core/ports.ts';
import type { WorkingHours } from '../../src/core/working-time.ts';
import { createOfferJob, type OfferDeps } from '../../src/jobs/offer.ts';
import { memoryLog } from '../support/memory-log.ts';

const [ANNA, BEN, CLEO] = ['U0ANNA', 'U0BEN', 'U0CLEO'];
const MINUTE_MS = 60_000;

/** Monday. */
const NINE = new Date('2026-03-02T09:00:00Z');
const TEN = new Date('2026-03-02T10:00:00Z');
const TUESDAY = new Date('2026-03-03T09:00:00Z');
/** Saturday. */
const WEEKEND = new Date('2026-02-28T12:00:00Z');

const toOffer = (alertId: string, changes: Partial<DueOffer> = {}): DueOffer => ({
  alertId,
  ownerEmail: null,
  had: [],
  ...changes,
});

type Made = { id: string; holder: string; source: Offer['source']; until: string; for?: string };
const hours: WorkingHours = {
  shifts: [{ days: new Set([1, 2, 3, 4, 5]), from: 9 * 60, to: 18 * 60 }],
  holidays: new Set(),
};

/** A job on these alerts at that time, and what it does. */
function stage(due: readonly DueOffer[], at = TEN, changes: Partial<OfferDeps> = {}) {
  const log = memoryLog();
  const clock = { ms: 1_000_000 };
  const made: Made[] = [];
  const deferred: (readonly [id: string, until: string | null])[] = [];
  const denied = new Map<string, DenialReason | OutOfReach>();
  const zones = new Map<string, string>();
  const away: Absence[] = [];
  const emails = new Map<string, string>();
  const turns = new Map<string, number>();
  const slack = { mute: false, asked: 0 };
  const group = new Set<string>([ANNA, BEN, CLEO]);
  let asks = 0;
  let wakes = 0;
  const closed = new Set<string>();
  const answer = <Value>(value: Value): Value => {
    slack.asked += 1;
    if (slack.mute) throw new Error('Slack is mute');
    return value;
  };
  const run = createOfferJob({
    offers: {
      async due() {
        asks += 1;
        return { now: at, alerts: due.filter(({ alertId }) => !closed.has(alertId)) };
      },
      async make(id, holder, source, until, instead) {
        made.push({
          id,
          holder,
          source,
          until: until.toISOString(),
          ...(instead !== undefined && { for: instead }),
        });
        turns.set(holder, (turns.get(holder) ?? 0) + 1);
        closed.add(id);
        return true;
      },
      async defer(id, until) {
        deferred.push([id, until?.toISOString() ?? null]);
        closed.add(id);
      },
      async nextInRotation(people) {
        return (
          people.toSorted((one, other) => (turns.get(one) ?? 0) - (turns.get(other) ?? 0))[0] ??
          null
        );
      },
    },
    absences: { among: async (people) => away.filter(({ person }) => people.includes(person)) },
    owners: {
      async find(email) {
        const user = answer(emails.get(email));
        return user === undefined ? { why: 'unknown' } : { user };
      },
    },
    rotation: { members: async () => answer(group) },
    whyNotGiven: async (user) => (slack.mute ? 'unchecked' : (denied.get(user) ?? null)),
    accessCheck: { timeZoneOf: (user) => zones.get(user) ?? null },
    firstCallMs: 30 * MINUTE_MS,
    hours,
    timeZone: 'UTC',
    log,
    wake: () => {
      wakes += 1;
    },
    clock: { now: () => clock.ms, wall: () => clock.ms, sleep: async () => {} },
    ...changes,
  });
  const asksOfDatabase = () => asks;
  return {
    run,
    log,
    clock,
    made,
    deferred,
    denied,
    zones,
    away,
    emails,
    slack,
    group,
    asksOfDatabase,
    wakes: () => wakes,
  };
}

const JO = 'jo@ours.example';
const owned = toOffer('a1', { ownerEmail: JO });

test('gives the account owner first call for half an hour', async () => {
  const { run, emails, made, log, wakes } = stage([owned]);
  emails.set(JO, ANNA);
  await run();
  expect(made).toEqual([
    { id: 'a1', holder: ANNA, source: 'owner', until: '2026-03-02T10:30:00.000Z' },
  ]);
  expect(log.lines).toEqual([
    { level: 'info', event: 'offer', alertId: 'a1', user: ANNA, kind: 'owner' },
  ]);
  expect(wakes()).toBe(1);
});

test('wakes nobody while there is nothing to offer', async () => {
  const { run, wakes } = stage([]);
  await run();
  expect(wakes()).toBe(0);
});

test('logs nothing if another bot made the offer', async () => {
  const { run, log } = stage([toOffer('a1')], TEN, {
    offers: {
      due: async () => ({ now: TEN, alerts: [toOffer('a1')] }),
      make: async () => false,
      defer: async () => {},
      nextInRotation: async () => ANNA,
    },
  });
  await run();
  expect(log.lines).toEqual([]);
});

test('first call lasts half an hour of working time in the zone of the AE', async () => {
  const { run, emails, made, zones } = stage([owned], new Date('2026-03-06T22:50:00Z'));
  emails.set(JO, ANNA);
  // Friday 17:50.
  zones.set(ANNA, 'America/New_York');
  await run();
  // Monday 9:20, after the change to summer time.
  expect(made).toMatchObject([{ holder: ANNA, until: '2026-03-09T13:20:00.000Z' }]);
});

test('an owner who is not at work gets it when they are, whoever else is', async () => {
  const { run, emails, made, deferred, zones } = stage([owned]);
  emails.set(JO, ANNA);
  zones.set(ANNA, 'America/New_York');
  await run();
  expect(made).toEqual([]);
  expect(deferred).toEqual([['a1', '2026-03-02T14:00:00.000Z']]);
});

test('whoever covers for an owner gets it in their place', async () => {
  const { run, emails, made, away } = stage([owned]);
  emails.set(JO, ANNA);
  away.push({ person: ANNA, until: TUESDAY, cover: BEN });
  await run();
  expect(made).toMatchObject([{ holder: BEN, source: 'owner', for: ANNA }]);
});

test('a cover who is not at work gets it when they are', async () => {
  const { run, emails, deferred, away, zones } = stage([owned]);
  emails.set(JO, ANNA);
  away.push({ person: ANNA, until: TUESDAY, cover: BEN });
  zones.set(BEN, 'America/New_York');
  await run();
  expect(deferred).toEqual([['a1', '2026-03-02T14:00:00.000Z']]);
});

test.each<[string, (on: ReturnType<typeof stage>) => void]>([
  ['is away without a cover', ({ away }) => away.push({ person: ANNA, until: TEN, cover: null })],
  [
    'is away, and so is their cover',
    ({ away }) =>
      away.push(
        { person: ANNA, until: TEN, cover: BEN },
        { person: BEN, until: TEN, cover: 'U0DORA' },
      ),
  ],
  [
    'is away, and their cover may not have it',
    ({ away, denied }) => {
      away.push({ person: ANNA, until: TEN, cover: BEN });
      denied.set(BEN, 'not-in-channel');
    },
  ],
  ['is deactivated', ({ denied }) => denied.set(ANNA, 'deactivated')],
  ['is a guest', ({ denied }) => denied.set(ANNA, 'guest')],
  ['is outside of the channels', ({ denied }) => denied.set(ANNA, 'other-channel')],
  ['is unknown to Slack', ({ emails }) => emails.clear()],
])('the rotation gets it if the owner %s', async (_, change) => {
  const on = stage([owned], NINE);
  on.emails.set(JO, ANNA);
  on.group.delete(ANNA);
  on.group.delete(BEN);
  change(on);
  await on.run();
  expect(on.made).toMatchObject([{ holder: CLEO, source: 'rotation' }]);
});

test('the rotation gets it once the owner has passed', async () => {
  const { run, emails, made } = stage([toOffer('a1', { ownerEmail: JO, had: [ANNA] })]);
  emails.set(JO, ANNA);
  await run();
  expect(made).toMatchObject([{ holder: BEN, source: 'rotation' }]);
});

test('the rotation gets it once whoever covers for the owner has passed', async () => {
  const { run, emails, made, away } = stage([toOffer('a1', { ownerEmail: JO, had: [BEN] })]);
  emails.set(JO, ANNA);
  away.push({ person: ANNA, until: TUESDAY, cover: BEN });
  await run();
  expect(made).toMatchObject([{ holder: CLEO, source: 'rotation' }]);
});

test.each([
  ['the owner', ANNA, null],
  ['whoever covers for them', BEN, BEN],
])('waits if Slack does not say whether %s may have it', async (_, unknown, cover) => {
  const { run, emails, made, deferred, away, denied, log } = stage([owned]);
  emails.set(JO, ANNA);
  if (cover !== null) away.push({ person: ANNA, until: TUESDAY, cover });
  denied.set(unknown, 'unchecked');
  await run();
  expect([made, deferred]).toEqual([[], []]);
  expect(log.lines).toEqual([
    { level: 'warn', event: expect.stringContaining('anyone can claim'), count: 1 },
  ]);
});

test('an owner who has left is logged once an hour, without the address', async () => {
  const gone = 'gone@ours.example';
  const due = ['a1', 'a2', 'a3'].map((id) => toOffer(id, { ownerEmail: id === 'a3' ? gone : JO }));
  const { run, log, made } = stage(due);
  await run();
  expect(made).toHaveLength(3);
  const lines = log.lines.filter(({ level }) => level === 'warn');
  expect(lines).toMatchObject([
    { alertId: 'a1', reason: 'not_in_slack' },
    { alertId: 'a3', reason: 'not_in_slack' },
  ]);
  expect(JSON.stringify(lines)).not.toContain('ours.example');
});

test('an owner is logged again when the reason has changed', async () => {
  const answers = [{ why: 'unknown' } as const, { user: ANNA }, { user: ANNA }];
  const due = ['a1', 'a2', 'a3'].map((id) => toOffer(id, { ownerEmail: JO }));
  const { run, log, denied } = stage(due, TEN, {
    owners: { find: async () => answers.shift() ?? { why: 'unknown' } },
  });
  denied.set(ANNA, 'deactivated');
  await run();
  expect(log.lines.filter(({ level }) => level === 'warn')).toMatchObject([
    { alertId: 'a1', reason: 'not_in_slack' },
    { alertId: 'a2', reason: 'deactivated' },
  ]);
});

test('the rotation gets it if Slack refuses to look up the owner, and the log has the code', async () => {
  const { run, log, made } = stage([owned], TEN, {
    owners: { find: async () => ({ why: 'refused', code: 'invalid_email' }) },
  });
  await run();
  expect(made).toMatchObject([{ source: 'rotation' }]);
  expect(log.lines).toContainEqual(
    expect.objectContaining({ level: 'warn', alertId: 'a1', reason: 'invalid_email' }),
  );
});

test('is silent about owners that the bot has no scope to look up', async () => {
  const { run, log, made } = stage([owned], TEN, {
    owners: { find: async () => ({ why: 'lacks-scope' }) },
  });
  await run();
  expect(made).toMatchObject([{ source: 'rotation' }]);
  expect(log.lines).toMatchObject([{ event: 'offer' }]);
});

test('the rotation goes round, without those who may not have the lead, are away or not at work', async () => {
  const due = ['a1', 'a2', 'a3', 'a4'].map((id) => toOffer(id));
  const { run, made, group, denied, away, zones } = stage(due);
  for (const user of ['U0DORA', 'U0EVE', 'U0FAY']) group.add(user);
  denied.set('U0DORA', 'deactivated');
  away.push({ person: 'U0EVE', until: TUESDAY, cover: ANNA });
  zones.set('U0FAY', 'America/New_York');
  await run();
  expect(made.map(({ holder }) => holder)).toEqual([ANNA, BEN, CLEO, ANNA]);
});

test('who has passed is not asked again', async () => {
  const { run, made } = stage([toOffer('a1', { had: [ANNA, BEN] })]);
  await run();
  expect(made).toMatchObject([{ holder: CLEO }]);
});

test('if nobody is at work, the offer waits for the first who will be', async () => {
  const { run, made, deferred, zones, away } = stage([toOffer('a1')], WEEKEND);
  zones.set(ANNA, 'America/New_York');
  zones.set(BEN, 'Europe/Berlin');
  zones.set(CLEO, 'Asia/Tokyo');
  away.push({ person: CLEO, until: new Date('2026-03-02T08:30:00Z'), cover: null });
  await run();
  expect(made).toEqual([]);
  // Monday 9:00 in Berlin: in Tokyo work began earlier, but Cleo is still away.
  expect(deferred).toEqual([['a1', '2026-03-02T08:00:00.000Z']]);
});

test.each<[string, (on: ReturnType<typeof stage>) => void]>([
  ['everyone in the group has passed', ({ group }) => group.delete(CLEO)],
  ['nobody in the group may have it', ({ denied }) => denied.set(CLEO, 'not-in-channel')],
  ['someone has passed and nobody else is at work', ({ zones }) => zones.set(CLEO, 'Asia/Tokyo')],
])('if %s, anyone can claim it and nothing is chosen again', async (_, change) => {
  const on = stage([toOffer('a1', { had: [ANNA, BEN] })]);
  change(on);
  await on.run();
  expect(on.deferred).toEqual([['a1', null]]);
  expect(on.log.lines).toEqual([]);
});

test('an empty group is logged once an hour, and anyone can claim its leads', async () => {
  const { run, log, deferred, group } = stage([toOffer('a1'), toOffer('a2')]);
  group.clear();
  await run();
  expect(deferred).toEqual([
    ['a1', null],
    ['a2', null],
  ]);
  expect(log.lines).toMatchObject([{ level: 'warn', event: expect.stringContaining('is empty') }]);
});

test.each([
  ['without a rotation', null],
  ['with a group that Slack refuses to list', { members: async () => null }],
])('%s, anyone can claim what has no owner', async (_, rotation) => {
  const { run, deferred } = stage([toOffer('a1')], TEN, { rotation });
  await run();
  expect(deferred).toEqual([['a1', null]]);
});

test('with FIRST_CALL=0, what still waits from before is open to everyone, and Slack is not asked', async () => {
  const { run, deferred, slack } = stage([owned], TEN, { firstCallMs: 0 });
  await run();
  expect(deferred).toEqual([['a1', null]]);
  expect(slack.asked).toBe(0);
});

test('while Slack does not answer, the offer waits, Slack and the database are asked once a minute, and it is logged once an hour', async () => {
  const { run, clock, log, made, deferred, slack, asksOfDatabase } = stage([toOffer('a1')]);
  slack.mute = true;
  for (let second = 0; second < 2 * 3_600; second++) {
    await run();
    clock.ms += 1_000;
  }
  expect([made, deferred]).toEqual([[], []]);
  expect(asksOfDatabase()).toBeLessThan(130);
  const told = { level: 'warn', event: expect.stringContaining('anyone can claim'), count: 1 };
  expect(log.lines).toEqual(Array(2).fill({ ...told, error: expect.any(Error) }));
  slack.mute = false;
  clock.ms += MINUTE_MS;
  await run();
  expect(made).toMatchObject([{ holder: ANNA }]);
});

test('each outage is logged', async () => {
  const due: DueOffer[] = [];
  const { run, clock, log, slack } = stage(due);
  const warnings = () => log.lines.filter(({ level }) => level === 'warn');
  for (const outage of [1, 2]) {
    due.push(toOffer(`a${outage}`));
    slack.mute = true;
    await run();
    clock.ms += MINUTE_MS;
    await run();
    expect(warnings()).toHaveLength(outage);
    slack.mute = false;
    clock.ms += MINUTE_MS;
    await run();
    clock.ms += MINUTE_MS;
  }
});

test('one lead that Slack does not answer about delays no other', async () => {
  const { run, made } = stage([owned, toOffer('a2')], TEN, {
    owners: {
      async find() {
        throw new Error('no answer');
      },
    },
  });
  await run();
  expect(made).toMatchObject([{ id: 'a2' }]);
});

test('a lead that Slack keeps failing on delays a new one by a minute at most, and by seconds while others come', async () => {
  const due = [owned];
  const { run, clock, log, made } = stage(due, TEN, {
    owners: {
      async find() {
        throw new Error('no answer');
      },
    },
  });
  const madeWithin = async (seconds: number): Promise<boolean> => {
    const before = made.length;
    for (let second = 0; second <= seconds && made.length === before; second++) {
      await run();
      clock.ms += 1_000;
    }
    return made.length > before;
  };
  expect(await madeWithin(600)).toBe(false);
  due.push(toOffer('a2'));
  expect(await madeWithin(60)).toBe(true);
  for (const id of ['a3', 'a4', 'a5']) {
    due.push(toOffer(id));
    expect(await madeWithin(5)).toBe(true);
  }
  expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
});

test('a member that Slack does not answer about delays nothing while another is at work', async () => {
  const { run, made, denied } = stage([toOffer('a1')]);
  denied.set(ANNA, 'unchecked');
  await run();
  expect(made).toMatchObject([{ holder: BEN }]);
});

test('waits if Slack does not answer about a member while no other is at work', async () => {
  const { run, made, deferred, denied, zones } = stage([toOffer('a1', { had: [CLEO] })]);
  denied.set(ANNA, 'unchecked');
  zones.set(BEN, 'America/New_York');
  await run();
  expect([made, deferred]).toEqual([[], []]);
});

test('a run that has taken ten seconds leaves the rest to the next', async () => {
  const on = stage(
    ['a1', 'a2', 'a3', 'a4'].map((id) => toOffer(id)),
    TEN,
    {
      rotation: {
        async members() {
          on.clock.ms += 6_000;
          return new Set([ANNA]);
        },
      },
    },
  );
  await on.run();
  expect(on.made.map(({ id }) => id)).toEqual(['a1', 'a2']);
  await on.run();
  expect(on.made.map(({ id }) => id)).toEqual(['a1', 'a2', 'a3', 'a4']);
  expect(on.log.lines.filter(({ level }) => level === 'warn')).toEqual([]);
});

test('leads that fail slowly never take the time of the others', async () => {
  const due = ['a1', 'a2', 'a3'].map((id) => toOffer(id, { ownerEmail: JO }));
  const on = stage([...due, toOffer('a4')], TEN, {
    owners: {
      async find() {
        on.clock.ms += 6_000;
        throw new Error('no answer');
      },
    },
  });
  await on.run();
  expect(on.made).toEqual([]);
  on.clock.ms += MINUTE_MS;
  await on.run();
  on.clock.ms += MINUTE_MS;
  await on.run();
  expect(on.made).toMatchObject([{ id: 'a4' }]);
});

test('first call begins when the choice is made, by the clock of the database', async () => {
  const on = stage([toOffer('a1'), toOffer('a2')], TEN, {
    rotation: {
      async members() {
        on.clock.ms += 8_000;
        return new Set([ANNA]);
      },
    },
  });
  await on.run();
  expect(on.made.map(({ until }) => until)).toEqual([
    '2026-03-02T10:30:00.000Z',
    '2026-03-02T10:30:08.000Z',
  ]);
});
