import { expect, test } from 'vitest';
import type { AccessDecision } from '../../src/core/access.ts';
import type { Absence } from '../../src/core/away.ts';
import { parseShifts } from '../../src/core/working-time.ts';
import { createMorningJob } from '../../src/jobs/morning.ts';
import { memoryLog } from '../support/memory-log.ts';

const [ANNA, BEN] = ['U0ANNA', 'U0BEN'];
const MINUTE_MS = 60_000;

/** Two AEs with something to do, both in UTC unless a test says otherwise. */
function stage(time: string, shifts = 'Mon-Fri 09:00-18:00', holidays: readonly string[] = []) {
  const parsed = parseShifts(shifts);
  if (parsed === null) throw new Error('unreadable');
  const log = memoryLog();
  const clock = { ms: 1_000_000, wall: Date.parse(time) };
  const zones = new Map<string, string>();
  const access = new Map<string, AccessDecision>();
  const away: Absence[] = [];
  const people: string[] = [ANNA, BEN];
  const wanted: string[] = [];
  const asked: string[] = [];
  const database = { down: false, slowMs: 0 };
  let wakes = 0;
  const job = createMorningJob({
    mornings: {
      people: async () => people,
      async want(person, date, until) {
        clock.ms += database.slowMs;
        if (database.down) throw new Error('the database is down');
        wanted.push(`${person} ${date} until ${until.toISOString().slice(11, 16)}`);
        return true;
      },
    },
    absences: { among: async (some) => away.filter(({ person }) => some.includes(person)) },
    accessCheck: {
      async decide(user) {
        asked.push(user);
        return access.get(user) ?? { reach: 'everything' };
      },
      timeZoneOf: (user) => zones.get(user) ?? null,
    },
    hours: { shifts: parsed, holidays: new Set(holidays) },
    timeZone: 'UTC',
    log,
    wake: () => {
      wakes += 1;
    },
    clock: { now: () => clock.ms, wall: () => clock.wall, sleep: async () => {} },
  });
  const later = (minutes: number): void => {
    clock.ms += minutes * MINUTE_MS;
    clock.wall += minutes * MINUTE_MS;
  };
  return {
    job,
    log,
    zones,
    access,
    away,
    people,
    wanted,
    asked,
    database,
    later,
    wakes: () => wakes,
  };
}

test('tells each AE at nine in their own zone, once a day', async () => {
  const { job, zones, wanted, later, wakes } = stage('2026-03-03T00:00:00Z');
  zones.set(ANNA, 'Europe/Berlin').set(BEN, 'America/New_York');
  for (let tick = 0; tick < (2 * 24 * 60) / 5; tick++) {
    await job.tellAll();
    later(5);
  }
  expect(wanted).toEqual([
    `${ANNA} 2026-03-03 until 11:00`,
    `${BEN} 2026-03-03 until 17:00`,
    `${ANNA} 2026-03-04 until 11:00`,
    `${BEN} 2026-03-04 until 17:00`,
  ]);
  expect(wakes()).toBe(4);
});

test.each([
  ['at noon', '2026-03-03T12:00:00Z', 'Mon-Fri 09:00-18:00'],
  ['before nine', '2026-03-03T08:59:00Z', 'Mon-Fri 08:00-18:00'],
  ['on a day off', '2026-03-07T10:00:00Z', 'Mon-Fri 09:00-18:00'],
  ['on a holiday', '2026-03-04T10:00:00Z', 'Mon-Fri 09:00-18:00'],
  ['before a shift that begins later', '2026-03-03T10:00:00Z', 'Mon-Fri 13:00-20:00'],
  ['in a break', '2026-03-03T11:00:00Z', 'Mon-Fri 09:00-10:30; Mon-Fri 11:30-18:00'],
])('tells nobody %s', async (_, time, shifts) => {
  const { job, wanted } = stage(time, shifts, ['2026-03-04']);
  await job.tellAll();
  expect(wanted).toEqual([]);
});

test.each([
  ['when a later shift begins', '2026-03-03T13:00:00Z', 'Mon-Fri 13:00-20:00', '16:00'],
  ['when an early shift has begun', '2026-03-03T09:00:00Z', 'Mon-Fri 06:00-14:00', '12:00'],
  ['before a short shift ends', '2026-03-03T09:30:00Z', 'Mon-Fri 09:00-10:00', '10:00'],
  ['until noon, if the bot was down', '2026-03-03T11:59:00Z', 'Mon-Fri 09:00-18:00', '12:00'],
])('tells them %s', async (_, time, shifts, until) => {
  const { job, wanted } = stage(time, shifts);
  await job.tellAll();
  expect(wanted[0]).toBe(`${ANNA} 2026-03-03 until ${until}`);
});

test('tells nobody who is away or may not see leads', async () => {
  const { job, away, access, wanted, log } = stage('2026-03-03T09:00:00Z');
  away.push({ person: ANNA, until: new Date('2026-03-04T09:00:00Z'), cover: null });
  access.set(BEN, { why: 'guest' });
  await job.tellAll();
  expect([wanted, log.lines]).toEqual([[], []]);
});

test('tells nobody later about what they got during the day', async () => {
  const { job, people, wanted, later } = stage('2026-03-03T09:00:00Z');
  people.splice(1);
  await job.tellAll();
  later(20);
  people.push(BEN);
  await job.tellAll();
  await job.tell(BEN);
  expect(wanted).toEqual([`${ANNA} 2026-03-03 until 12:00`]);
});

test('tells one AE before the others, and not again', async () => {
  const { job, wanted } = stage('2026-03-03T09:00:00Z');
  await job.tell(BEN);
  await job.tellAll();
  expect(wanted).toEqual([`${BEN} 2026-03-03 until 12:00`, `${ANNA} 2026-03-03 until 12:00`]);
});

test('asks Slack about nobody whose zone it knows and who has no morning now', async () => {
  const { job, zones, asked } = stage('2026-03-03T15:00:00Z');
  zones.set(ANNA, 'Europe/Berlin');
  await job.tellAll();
  expect(asked).toEqual([BEN]);
});

test('tells whom Slack does not know now later, and the log says so', async () => {
  const { job, access, wanted, later, log } = stage('2026-03-03T09:00:00Z');
  access.set(ANNA, { why: 'unchecked' });
  await job.tellAll();
  expect(log.lines.filter(({ level }) => level === 'warn')).toMatchObject([{ count: 1 }]);
  access.clear();
  later(5);
  await job.tellAll();
  expect(wanted).toEqual([`${BEN} 2026-03-03 until 12:00`, `${ANNA} 2026-03-03 until 12:00`]);
});

test('tells everyone once the database answers', async () => {
  const { job, database, wanted, later } = stage('2026-03-03T09:00:00Z');
  database.down = true;
  await job.tell(ANNA);
  await job.tellAll();
  expect(wanted).toEqual([]);
  database.down = false;
  later(5);
  await job.tellAll();
  expect(wanted).toHaveLength(2);
});

test('a run that has taken ten seconds leaves the rest to the next', async () => {
  const { job, database, wanted, later } = stage('2026-03-03T09:00:00Z');
  database.slowMs = 11_000;
  await job.tellAll();
  expect(wanted).toHaveLength(1);
  later(5);
  await job.tellAll();
  expect(wanted).toHaveLength(2);
});

test('says what kept it from telling AEs', async () => {
  const { job, log, database } = stage('2026-03-02T09:00:30Z');
  database.down = true;
  await job.tellAll();
  expect(log.lines.filter(({ level }) => level === 'warn')).toMatchObject([
    { count: 2, error: new Error('the database is down') },
  ]);
});

test('an AE who can not be told alone is logged with the error, once an hour', async () => {
  const { job, log, database, later } = stage('2026-03-02T09:00:30Z');
  database.down = true;
  await job.tell(ANNA);
  await job.tell(BEN);
  expect(log.lines).toMatchObject([
    {
      level: 'warn',
      error: new Error('the database is down'),
      event: expect.stringContaining('an AE'),
    },
  ]);
  later(61);
  await job.tell(ANNA);
  expect(log.lines).toHaveLength(2);
});
