import { expect, test } from 'vitest';
import type { AccessDecision } from '../../src/core/access.ts';
import type { Absence } from '../../src/core/away.ts';
import type { StepCase, StepKind, StepReader } from '../../src/core/steps.ts';
import { parseShifts } from '../../src/core/working-time.ts';
import { createStepJob, type StepDeps } from '../../src/jobs/steps.ts';
import { memoryLog } from '../support/memory-log.ts';

const [ANNA, BEN, CLEO, DORA] = ['U0ANNA', 'U0BEN', 'U0CLEO', 'U0DORA'];
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Tuesday. Everything has waited since Monday, 9:00. */
const NOON = new Date('2026-03-03T12:00:00Z');
const MONDAY = new Date('2026-03-02T09:00:00Z');
const NIGHT = new Date('2026-03-03T22:00:00Z');
const NEXT_MORNING = '2026-03-04T09:00';

const shifts = parseShifts('Mon-Fri 09:00-18:00');
if (shifts === null) throw new Error('unreadable');
const hours = { shifts, holidays: new Set<string>() };

const unclaimed = (alertId: string, changes: Partial<StepCase> = {}): StepCase => ({
  alertId,
  seen: `${alertId} seen`,
  period: `${alertId} period`,
  channel: null,
  status: 'open',
  isHot: true,
  owner: null,
  waitsSince: MONDAY,
  ownerBackAt: null,
  hasOutcome: false,
  keeps: 0,
  score: 80,
  holder: null,
  hasNews: false,
  newsToldAt: null,
  lastStepAt: null,
  taken: [],
  ...changes,
});
const claimed = (alertId: string, changes: Partial<StepCase> = {}) =>
  unclaimed(alertId, { status: 'claimed', owner: ANNA, ...changes });
const reminded: Partial<StepCase> = {
  lastStepAt: MONDAY,
  taken: [{ kind: 'reminder', at: MONDAY, deliveredAt: MONDAY }],
};
const ids = (count: number, prefix = 'a') =>
  Array.from({ length: count }, (_, n) => `${prefix}${n + 1}`);

interface Taken {
  steps: string[];
  to: (string | null)[];
  at: string[];
  sendBy: string[];
  together: boolean;
}

const minute = (time: Date): string => time.toISOString().slice(0, 16);

/** A job on these alerts at that time, and what it does. */
function stage(cases: readonly StepCase[], at = NOON, changes: Partial<StepDeps> = {}) {
  const log = memoryLog();
  const clock = { ms: 1_000_000 };
  const taken: Taken[] = [];
  const deferred = new Map<string, string | null>();
  const dueAts = new Map<string, string | null>();
  const away: Absence[] = [];
  const access = new Map<string, AccessDecision>();
  const zones = new Map<string, string>();
  const managers: string[] = [BEN];
  const asked: string[] = [];
  const mornings: string[] = [];
  const poison = new Set<string>();
  const database = { down: false };
  const waiting = new Map(cases.map((one) => [one.alertId, one]));
  let looks = 0;
  let wakes = 0;
  const decide = async (user: string): Promise<AccessDecision> => {
    asked.push(user);
    return access.get(user) ?? { reach: 'everything' };
  };
  const run = createStepJob({
    steps: {
      setDeadlines: async () => {},
      async due(limit) {
        looks += 1;
        if (database.down) throw new Error('the database is down');
        const since = { claim: new Date(0), contact: new Date(0), followUp: new Date(0) };
        return { now: at, since, cases: [...waiting.values()].slice(0, limit) };
      },
      async defer(some) {
        for (const { alertId, seen, at: until, dueAt } of some) {
          if (waiting.get(alertId)?.seen !== seen) continue;
          waiting.delete(alertId);
          deferred.set(alertId, until && minute(until));
          dueAts.set(alertId, dueAt && minute(dueAt));
        }
      },
      async take(steps, readers: readonly StepReader[], together) {
        if (steps.some(({ alertId }) => poison.has(alertId))) throw new Error('poison');
        taken.push({
          steps: steps.map(({ alertId, kind }) => `${kind} ${alertId}`),
          to: readers.map(({ to }) => to),
          at: readers.map((reader) => minute(reader.at)),
          sendBy: readers.map(({ sendBy }) => minute(sendBy)),
          together,
        });
        return steps.length;
      },
    },
    deadlines: { claimMs: 2 * HOUR_MS, contactMs: 8 * HOUR_MS, followUpMs: 14 * DAY_MS },
    absences: { among: async (people) => away.filter(({ person }) => people.includes(person)) },
    accessCheck: { decide, timeZoneOf: (user) => zones.get(user) ?? null },
    async whyNotGiven(user) {
      const decision = await decide(user);
      return 'why' in decision ? decision.why : null;
    },
    managers: { all: async () => managers },
    onDuty: null,
    mornings: {
      async tell(person) {
        mornings.push(`${person} after ${taken.length}`);
      },
    },
    hours,
    timeZone: 'UTC',
    log,
    wake: () => {
      wakes += 1;
    },
    clock: { now: () => clock.ms, wall: () => clock.ms, sleep: async () => {} },
    ...changes,
  });
  return {
    run,
    log,
    clock,
    taken,
    deferred,
    dueAts,
    away,
    access,
    zones,
    managers,
    asked,
    mornings,
    poison,
    database,
    waiting,
    looks: () => looks,
    wakes: () => wakes,
  };
}

const warnings = ({ log }: ReturnType<typeof stage>) =>
  log.lines.filter(({ level }) => level === 'warn');

test('reminds who has first call, else who is on duty, else nobody', async () => {
  const holder = unclaimed('a1', { holder: CLEO });
  for (const [onDuty, one, to] of [
    [{ user: BEN }, holder, CLEO],
    [{ user: BEN }, unclaimed('a1'), BEN],
    [{ id: 'S0DUTY', group: { members: async () => new Set([ANNA]) } }, unclaimed('a1'), 'S0DUTY'],
    [null, unclaimed('a1'), null],
  ] as const) {
    const { run, taken, wakes } = stage([one], NOON, { onDuty });
    await run();
    expect(taken).toEqual([
      {
        steps: ['reminder a1'],
        to: [to],
        at: ['2026-03-03T12:00'],
        sendBy: ['2026-03-03T18:00'],
        together: false,
      },
    ]);
    expect(wakes()).toBe(1);
  }
});

test.each<[string, string[], (on: ReturnType<typeof stage>) => void]>([
  ['is away', [], ({ away }) => away.push({ person: BEN, until: NIGHT, cover: CLEO })],
  ['is deactivated', ['deactivated'], ({ access }) => access.set(BEN, { why: 'deactivated' })],
  [
    'is outside of the channels',
    ['not-in-channel'],
    ({ access }) => access.set(BEN, { why: 'not-in-channel' }),
  ],
])('a reminder mentions nobody if who is on duty %s', async (_, reasons, change) => {
  const on = stage([unclaimed('a1'), unclaimed('a2')], NOON, { onDuty: { user: BEN } });
  change(on);
  await on.run();
  expect(on.taken).toMatchObject([{ to: [null], steps: ['reminder a1', 'reminder a2'] }]);
  expect(warnings(on)).toMatchObject(
    reasons.map((reason) => ({ event: expect.stringContaining('ON_DUTY'), reason })),
  );
});

test('a reminder of a lead in another channel mentions nobody, and that is no problem', async () => {
  const on = stage([unclaimed('a1')], NOON, {
    onDuty: { user: BEN },
    whyNotGiven: async () => 'other-channel',
  });
  await on.run();
  expect(on.taken).toMatchObject([{ to: [null] }]);
  expect(warnings(on)).toEqual([]);
});

test('escalates in a minute rather than tomorrow while Slack does not say who the managers are', async () => {
  const all = () => Promise.reject(new Error('no answer'));
  const on = stage([unclaimed('a1', reminded)], NOON, { managers: { all } });
  await on.run();
  expect([on.taken, on.deferred.get('a1')]).toEqual([[], '2026-03-03T12:01']);
});

test('a reminder mentions nobody if the group on duty is empty, and the log says so once an hour', async () => {
  const group = { members: async () => new Set<string>() };
  const on = stage([unclaimed('a1'), unclaimed('a2')], NOON, { onDuty: { id: 'S0DUTY', group } });
  await on.run();
  expect(on.taken).toMatchObject([{ to: [null] }]);
  expect(warnings(on)).toMatchObject([{ event: expect.stringContaining('ON_DUTY is empty') }]);
});

test.each([
  ['Slack refuses to list', async () => null],
  ['Slack does not answer about', () => Promise.reject(new Error('no answer'))],
])('a reminder mentions a group that %s', async (_, members) => {
  const { run, taken } = stage([unclaimed('a1')], NOON, {
    onDuty: { id: 'S0DUTY', group: { members } },
  });
  await run();
  expect(taken).toMatchObject([{ to: ['S0DUTY'] }]);
});

test('a reminder waits for the working time of its reader, and without one for that of TIMEZONE', async () => {
  const newYork = stage([unclaimed('a1')], NOON, { onDuty: { user: BEN } });
  newYork.zones.set(BEN, 'America/New_York');
  await newYork.run();
  expect([newYork.taken, newYork.deferred.get('a1')]).toEqual([[], '2026-03-03T14:00']);
  const nobody = stage([unclaimed('a1')], NIGHT);
  await nobody.run();
  expect([nobody.taken, nobody.deferred.get('a1')]).toEqual([[], NEXT_MORNING]);
});

test('news about an unclaimed lead does not wait for its reminder', async () => {
  const { run, taken } = stage([unclaimed('a1', { hasNews: true })], NIGHT);
  await run();
  expect(taken).toMatchObject([{ steps: ['news a1'], to: [null], sendBy: ['2026-03-04T18:00'] }]);
});

test('escalates to all managers, each in their own working time', async () => {
  const { run, taken, managers, zones } = stage([unclaimed('a1', reminded)]);
  managers.push(CLEO);
  zones.set(CLEO, 'America/New_York');
  await run();
  expect(taken).toEqual([
    {
      steps: ['escalation a1'],
      to: [BEN, CLEO],
      at: ['2026-03-03T12:00', '2026-03-03T14:00'],
      sendBy: ['2026-03-03T18:00', '2026-03-03T23:00'],
      together: false,
    },
  ]);
});

test('leaves out managers who may not have the lead or whom Slack does not know, and who is away if others are there', async () => {
  const on = stage([unclaimed('a1', reminded)]);
  on.managers.push(ANNA, CLEO, DORA);
  on.access.set(ANNA, { why: 'not-in-channel' });
  on.access.set(CLEO, { why: 'unchecked' });
  on.away.push({ person: DORA, until: NIGHT, cover: null });
  await on.run();
  expect(on.taken).toMatchObject([{ to: [BEN] }]);
});

test('asks once who of the managers is away, however many leads are escalated', async () => {
  const asked: (readonly string[])[] = [];
  const among = async (people: readonly string[]) => {
    asked.push(people);
    return [];
  };
  const { run, taken } = stage(
    ids(30).map((id) => unclaimed(id, reminded)),
    NOON,
    { absences: { among } },
  );
  await run();
  expect(taken).toMatchObject([{ to: [BEN], together: true }]);
  expect(asked).toEqual([[BEN]]);
});

test('tells managers who are all away when they are back', async () => {
  const { run, taken, away } = stage([unclaimed('a1', reminded)]);
  away.push({ person: BEN, until: NIGHT, cover: null });
  await run();
  expect(taken).toMatchObject([{ to: [BEN], at: [NEXT_MORNING] }]);
});

test.each<[string, string, (on: ReturnType<typeof stage>) => void]>([
  ['there are none', 'empty', ({ managers }) => managers.splice(0)],
  ['none may have the lead', 'not_admitted', ({ access }) => access.set(BEN, { why: 'guest' })],
])(
  'tries to escalate on the next day if %s, and the log says so once an hour',
  async (_, reason, change) => {
    const on = stage([unclaimed('a1', reminded), unclaimed('a2', reminded)]);
    change(on);
    await on.run();
    expect([on.taken, on.deferred.get('a1')]).toEqual([[], '2026-03-04T12:00']);
    expect(warnings(on)).toMatchObject([{ reason, advice: expect.stringContaining('MANAGERS') }]);
  },
);

test('without managers, an owner who keeps a lead again is still warned', async () => {
  const { run, taken, managers } = stage([claimed('a1', { keeps: 2 })]);
  managers.splice(0);
  await run();
  expect(taken).toMatchObject([{ steps: ['warning a1'], to: [ANNA] }]);
});

test('owners are told in their working time, once they are back', async () => {
  const { run, taken, deferred, dueAts, away, zones } = stage([
    claimed('a1'),
    claimed('a2', { owner: BEN }),
    claimed('a3', { owner: CLEO }),
  ]);
  zones.set(BEN, 'America/New_York');
  away.push({ person: CLEO, until: new Date('2026-03-09T09:00:00Z'), cover: null });
  await run();
  expect(taken).toMatchObject([{ steps: ['warning a1'], to: [ANNA] }]);
  expect([deferred.get('a2'), deferred.get('a3')]).toEqual([
    '2026-03-03T14:00',
    '2026-03-09T09:00',
  ]);
  expect(dueAts.get('a1')).toBe('2026-03-03T14:00');
});

test('a deactivated owner has the hours of TIMEZONE, and is not waited for', async () => {
  const { run, taken, access, zones, away } = stage([claimed('a1')]);
  zones.set(ANNA, 'America/New_York');
  access.set(ANNA, { why: 'deactivated' });
  away.push({ person: ANNA, until: new Date('2027-01-01T00:00:00Z'), cover: null });
  await run();
  expect(taken).toMatchObject([{ steps: ['warning a1'] }]);
});

test('an owner who may no longer have leads keeps their own hours until someone takes over', async () => {
  const { run, taken, deferred, access, zones } = stage([claimed('a1')]);
  zones.set(ANNA, 'America/New_York');
  access.set(ANNA, { why: 'guest' });
  await run();
  expect([taken, deferred.get('a1')]).toEqual([[], '2026-03-03T14:00']);
});

test('someone who is told hears of their morning first', async () => {
  const { run, mornings } = stage([claimed('a1'), claimed('a2'), unclaimed('a3')]);
  await run();
  expect(mornings).toEqual([`${ANNA} after 0`]);
});

test('more than three steps of one AE are one message, the most urgent first', async () => {
  const warned: Partial<StepCase> = {
    lastStepAt: MONDAY,
    taken: [{ kind: 'warning', at: MONDAY, deliveredAt: MONDAY }],
  };
  const { run, taken } = stage([
    claimed('a1', { hasNews: true, isHot: false }),
    claimed('a2', { score: 60 }),
    claimed('a3', { score: 90 }),
    claimed('a4', warned),
    unclaimed('a5', { holder: ANNA }),
    claimed('a6', { owner: BEN }),
  ]);
  await run();
  expect(taken).toMatchObject([
    {
      steps: ['return a4', 'warning a3', 'warning a2', 'reminder a5', 'news a1'],
      to: [ANNA],
      together: true,
    },
    { steps: ['warning a6'], to: [BEN], together: false },
  ]);
});

test('of several warnings the lead with most points is first, and one without points last', async () => {
  const { run, taken } = stage([
    claimed('a1', { score: null }),
    claimed('a2', { score: 0 }),
    claimed('a3', { score: 90 }),
    claimed('a4', { score: null }),
  ]);
  await run();
  expect(taken[0]?.steps).toEqual(['warning a3', 'warning a2', 'warning a1', 'warning a4']);
});

test('three steps of one AE are apart', async () => {
  const { run, taken } = stage(ids(3).map((id) => claimed(id)));
  await run();
  expect(taken).toMatchObject([{ together: false }]);
});

test('the database takes 500 steps at once, and the log says how many it took', async () => {
  const { run, taken, log } = stage(ids(1_100).map((id) => claimed(id)));
  await run();
  expect(taken.map(({ steps }) => steps.length)).toEqual([500, 500, 100]);
  expect(log.lines).toEqual([{ level: 'info', event: 'steps', count: 1_100 }]);
});

test('steps with other managers are other messages', async () => {
  const { run, taken, managers } = stage(
    ids(2).map((id) => unclaimed(id, reminded)),
    NOON,
    { whyNotGiven: async (user, id) => (id === 'a1' && user === CLEO ? 'other-channel' : null) },
  );
  managers.push(CLEO);
  await run();
  expect(taken).toMatchObject([
    { steps: ['escalation a1'], to: [BEN] },
    { steps: ['escalation a2'], to: [BEN, CLEO] },
  ]);
});

test('more than three of the managers, and more than three reminders, are one message each, also across batches', async () => {
  const { run, taken, looks } = stage([
    ...ids(60, 'r').map((id) => unclaimed(id)),
    ...ids(4, 'e').map((id) => unclaimed(id, reminded)),
  ]);
  await run();
  expect(taken.map(({ steps, together }) => [steps.length, together])).toEqual([
    [60, true],
    [4, true],
  ]);
  expect(looks()).toBe(2);
});

test('reminders that are one message each stand in their channel', async () => {
  const { run, taken } = stage([
    ...ids(4).map((id) => unclaimed(id)),
    ...ids(5, 'eu').map((id) => unclaimed(id, { channel: 'C0EUROPE' })),
  ]);
  await run();
  expect(taken.map(({ steps, together }) => [steps.length, together])).toEqual([
    [4, true],
    [5, true],
  ]);
});

test('news about unclaimed leads stands below each card', async () => {
  const { run, taken } = stage(ids(5).map((id) => unclaimed(id, { hasNews: true, isHot: false })));
  await run();
  expect(taken).toMatchObject([{ together: false }]);
});

test('without deadlines and news, nobody is asked and nothing is taken', async () => {
  const deadlines = { claimMs: null, contactMs: null, followUpMs: null };
  const on = stage([unclaimed('a1'), claimed('a2', { keeps: 2 })], NOON, { deadlines });
  await on.run();
  expect([on.taken, on.asked, on.mornings]).toEqual([[], [], []]);
  expect([...on.deferred]).toEqual([
    ['a1', null],
    ['a2', null],
  ]);
});

test('what only waits wakes the deliverer and is not logged; nothing to look at does neither', async () => {
  const asleep = stage([claimed('a1')], NIGHT);
  await asleep.run();
  expect([asleep.wakes(), asleep.log.lines]).toEqual([1, []]);
  const idle = stage([]);
  await idle.run();
  expect([idle.wakes(), idle.log.lines]).toEqual([0, []]);
});

test('a lead whose owner Slack does not know now waits a minute, and no other', async () => {
  const on = stage([claimed('a1'), claimed('a2', { owner: BEN })]);
  on.access.set(ANNA, { why: 'unchecked' });
  await on.run();
  expect(on.taken).toMatchObject([{ steps: ['warning a2'] }]);
  expect(on.deferred.get('a1')).toBe('2026-03-03T12:01');
  expect(warnings(on)).toEqual([
    { level: 'warn', event: expect.stringContaining('in a minute'), count: 1 },
  ]);
  // Once an hour.
  on.waiting.set('a1', claimed('a1'));
  await on.run();
  expect(warnings(on)).toHaveLength(1);
});

test.each<[string, StepCase, Partial<StepDeps>, string]>([
  ['managers', unclaimed('a1', reminded), {}, BEN],
  ['who is on duty', unclaimed('a1'), { onDuty: { user: BEN } }, BEN],
  ['who has first call', unclaimed('a1', { holder: CLEO }), {}, CLEO],
])('a lead waits a minute if Slack does not answer about %s', async (_, one, changes, unknown) => {
  const on = stage([one], NOON, changes);
  on.access.set(unknown, { why: 'unchecked' });
  await on.run();
  expect([on.taken, on.deferred.get('a1')]).toEqual([[], '2026-03-03T12:01']);
});

test('one alert that fails stops nothing but itself', async () => {
  const on = stage(ids(9).map((id) => claimed(id)));
  on.poison.add('a4');
  await on.run();
  expect(on.taken.flatMap(({ steps }) => steps).toSorted()).toEqual(
    ids(9)
      .filter((id) => id !== 'a4')
      .map((id) => `warning ${id}`),
  );
  expect(on.deferred.get('a4')).toBe('2026-03-03T12:01');
  expect(warnings(on)).toMatchObject([{ count: 1, error: expect.any(Error) }]);
  expect(on.log.lines).toContainEqual({ level: 'info', event: 'steps', count: 8 });
});

test('a bot that stops before it has taken a step leaves it for a minute later', async () => {
  const { run, deferred } = stage([claimed('a1')]);
  await run();
  expect(deferred.get('a1')).toBe('2026-03-03T12:01');
});

test('a run that has looked for five seconds leaves the rest to the next', async () => {
  const on = stage(
    ids(200).map((id) => claimed(id)),
    NOON,
    {
      absences: {
        async among() {
          on.clock.ms += 3_000;
          return [];
        },
      },
    },
  );
  await on.run();
  expect([on.looks(), on.waiting.size]).toEqual([2, 100]);
  await on.run();
  expect(on.waiting.size).toBe(0);
});

test('while the database fails, it is asked once a minute, and the log says so once an hour', async () => {
  const on = stage([claimed('a1')]);
  on.database.down = true;
  for (let second = 0; second < 2 * 3_600; second++) {
    await on.run();
    on.clock.ms += 1_000;
  }
  expect(on.looks()).toBeLessThan(130);
  expect(warnings(on)).toMatchObject(Array(2).fill({ error: expect.any(Error) }));
  on.database.down = false;
  on.clock.ms += MINUTE_MS;
  await on.run();
  expect(on.taken).toHaveLength(1);
});

test.each<[StepKind, StepCase]>([
  ['warning', claimed('a1')],
  ['return', claimed('a1', { taken: [{ kind: 'warning', at: MONDAY, deliveredAt: MONDAY }] })],
  ['follow-up', claimed('a1', { status: 'contacted', waitsSince: new Date(0) })],
  ['news', claimed('a1', { isHot: false, hasNews: true })],
])('%s goes to the owner', async (kind, one) => {
  const { run, taken } = stage([one]);
  await run();
  expect(taken).toMatchObject([{ steps: [`${kind} a1`], to: [ANNA] }]);
});
