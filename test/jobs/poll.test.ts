import { expect, test } from 'vitest';
import type {
  Changes,
  MalformedLead,
  PollPlan,
  PollPolicy,
  SweepSummary,
} from '../../src/core/poll.ts';
import type { FollowSummary, PollSummary } from '../../src/core/ports.ts';
import { createPoll } from '../../src/jobs/poll.ts';
import { lead } from '../blocks/samples.ts';
import { memoryLog } from '../support/memory-log.ts';
import { memoryMeter } from '../support/memory-meter.ts';

const policy: PollPolicy = {
  channel: 'C0HOT',
  firstRun: 'rollup',
  maxCardsPerPoll: 10,
  offerTo: { owners: false, rotation: false },
  rearmAfterMs: 1_000,
};
const NOTHING: Changes = {
  firstRun: false,
  entering: [],
  malformed: [],
  marks: [],
  more: false,
  recentCards: 0,
  moved: false,
  offersDue: false,
  stepsDue: false,
  outcomesDue: false,
  swept: true,
  sweepDue: false,
};
const summary = { opened: 1, joined: 0, left: 0, returned: 0, cooled: 0 };
const STEADY: FollowSummary = { left: 0, returned: 0, cooled: 0, redrawn: 0, more: false };
const SWEPT: SweepSummary = { swept: true, found: 0, missing: 0, believed: 0, ms: 5, large: false };

interface Answers {
  changes?: readonly (Partial<Changes> | Error)[];
  follow?: readonly Partial<FollowSummary>[];
  sweep?: readonly (Partial<SweepSummary> | Error)[];
  failed?: PollSummary['failed'];
  /** Of what is recorded. */
  offersDue?: boolean;
  recording?: Partial<typeof summary>;
  /** How long a sweep takes. */
  sweepMs?: number;
}

/** Polls these changes in turn. An error stands for a failing database. */
function pollOf(...answers: readonly (Partial<Changes> | Error)[]) {
  return pollWith({ changes: answers });
}

function pollWith({
  changes: answers = [],
  follow = [],
  sweep = [],
  failed = [],
  offersDue = false,
  recording = {},
  sweepMs = 0,
}: Answers) {
  const log = memoryLog();
  const meter = memoryMeter();
  const recorded: PollPlan[] = [];
  const calls: string[] = [];
  let wakes = 0;
  let n = 0;
  let at = 0;
  const times = (name: string) => calls.filter((call) => call === name).length;
  const poll = createPoll({
    polls: {
      async changes() {
        calls.push('changes');
        const answer = answers[n++] ?? {};
        if (answer instanceof Error) throw answer;
        return { ...NOTHING, ...answer };
      },
      async record(plan) {
        calls.push('record');
        recorded.push(plan);
        return { ...summary, ...recording, redrawn: 0, failed, offersDue };
      },
      async follow() {
        calls.push('follow');
        return { ...STEADY, ...follow[times('follow') - 1] };
      },
      async sweep() {
        calls.push('sweep');
        at += sweepMs;
        const answer = sweep[times('sweep') - 1] ?? {};
        if (answer instanceof Error) throw answer;
        return { ...SWEPT, ...answer };
      },
    },
    meter,
    clock: { now: () => at, wall: () => at, sleep: async () => {} },
    policy,
    log,
    wake: () => {
      wakes += 1;
    },
  });
  const pass = (ms: number): void => {
    at += ms;
  };
  return { poll, log, meter, recorded, calls, times, pass, wakes: () => wakes };
}

const wrong = (developerId: string, ...fields: string[]): MalformedLead => ({
  developerId,
  setAside: true,
  problems: fields.map((field) => ({ field, problem: 'is not a number' })),
});
const entering = [
  { lead: lead({ developerId: 'd1' }), accountKey: 'a.example', openAlert: 'none' as const },
];

test('records nothing and wakes nobody when nothing changed', async () => {
  const { poll, recorded, log, wakes } = pollOf();
  await poll();
  expect(recorded).toEqual([]);
  expect(log.lines).toEqual([]);
  expect(wakes()).toBe(0);
});

test('records and logs a lead that enters, and wakes the deliverer', async () => {
  const { poll, recorded, log, wakes } = pollOf({ entering });
  await poll();
  expect(recorded).toEqual([
    {
      entries: [{ developerId: 'd1', show: 'card' }],
      rollupReason: 'storm',
      unfinished: false,
      marks: [],
    },
  ]);
  expect(log.lines).toEqual([{ level: 'info', event: 'poll', ...summary }]);
  expect(wakes()).toBe(1);
});

test('records nothing when the database does not answer, and the next poll goes on', async () => {
  const { poll, recorded, wakes } = pollOf(new Error('away'), { entering });
  await expect(poll()).rejects.toThrow('away');
  expect(recorded).toEqual([]);
  expect(wakes()).toBe(0);
  await poll();
  expect(recorded).toHaveLength(1);
});

test("sets aside a row that doesn't parse, with its id and fields, and records the rest", async () => {
  const { poll, recorded, log } = pollOf({
    entering,
    malformed: [wrong('d2', 'tier', 'total_score')],
  });
  await poll();
  expect(recorded).toHaveLength(1);
  expect(log.lines[0]).toEqual({
    level: 'warn',
    event: 'lead set aside: its row does not parse',
    developerId: 'd2',
    fields: ['tier', 'total_score'],
    reason: 'tier: is not a number, total_score: is not a number',
  });
});

test("logs that a lead is shown without the fields that don't parse", async () => {
  const { poll, log } = pollOf({ malformed: [{ ...wrong('d2', 'tech_stack'), setAside: false }] });
  await poll();
  expect(log.lines).toMatchObject([
    { level: 'warn', event: expect.stringContaining('shown without'), fields: ['tech_stack'] },
  ]);
});

test('reports a malformed row once an hour', async () => {
  const malformed = [wrong('d2', 'tier')];
  const { poll, log, pass } = pollOf({ malformed }, { malformed }, { malformed });
  await poll();
  pass(3_599_000);
  await poll();
  expect(log.lines).toHaveLength(1);
  pass(1_000);
  await poll();
  expect(log.lines).toHaveLength(2);
});

test('reports a row again when it is malformed in another way', async () => {
  const { poll, log } = pollOf(
    { malformed: [wrong('d2', 'tier')] },
    { malformed: [wrong('d2', 'email')] },
  );
  for (let i = 0; i < 2; i++) await poll();
  expect(log.lines.map(({ fields }) => fields)).toEqual([['tier'], ['email']]);
});

test("sets aside a lead that the database can't take in, with its SQLSTATE", async () => {
  const { poll, log } = pollWith({
    changes: [{ entering }],
    failed: [{ developerId: 'd1', code: '54000' }],
  });
  await poll();
  expect(log.lines).toContainEqual({
    level: 'warn',
    event: 'lead set aside: the database could not process it',
    developerId: 'd1',
    reason: '54000',
  });
});

test('logs no summary when the only lead that entered was set aside', async () => {
  const { poll, log } = pollWith({
    changes: [{ entering }],
    failed: [{ developerId: 'd1', code: '54000' }],
    recording: { opened: 0 },
  });
  await poll();
  expect(log.lines.map(({ level }) => level)).toEqual(['warn']);
});

test("reports a lead that the database can't take in once an hour", async () => {
  const { poll, log, pass } = pollWith({
    changes: [{ entering }, { entering }, { entering }],
    failed: [{ developerId: 'd1', code: '54000' }],
    recording: { opened: 0 },
  });
  for (const ms of [3_599_000, 1_000, 0]) {
    await poll();
    pass(ms);
  }
  expect(log.lines).toHaveLength(2);
});

test.each<[string, Partial<FollowSummary>, { logged: boolean; woken: number }]>([
  ['an alert has cooled', { cooled: 1 }, { logged: true, woken: 1 }],
  ['a card must be drawn again', { redrawn: 1 }, { logged: false, woken: 1 }],
  ['nothing changed', {}, { logged: false, woken: 0 }],
])(
  'of open alerts, logs what happened and wakes the deliverer if need be: %s',
  async (_, followed, { logged, woken }) => {
    const { poll, log, wakes } = pollWith({ changes: [{ moved: true }], follow: [followed] });
    await poll();
    const moves = { left: 0, returned: 0, cooled: 0, ...followed };
    expect(log.lines).toEqual(logged ? [{ level: 'info', event: 'poll', ...moves }] : []);
    expect(wakes()).toBe(woken);
  },
);

test('leaves what is more than a hundred batches to the next poll', async () => {
  const many = Array.from({ length: 300 }, () => ({ entering, more: true, moved: true }));
  const { poll, times } = pollWith({
    changes: many,
    follow: Array.from({ length: 300 }, () => ({ more: true })),
  });
  await poll();
  expect(times('record')).toBe(100);
  expect(times('follow')).toBe(100);
});

test('enters leads before it updates open alerts, and sweeps last', async () => {
  const { poll, calls } = pollOf({ entering, moved: true, sweepDue: true });
  await poll();
  expect(calls).toEqual(['changes', 'record', 'follow', 'sweep']);
});

test('enters what a sweep finds in the same poll', async () => {
  const { poll, calls } = pollWith({
    changes: [{ sweepDue: true }, { entering }],
    sweep: [{ found: 1 }],
  });
  await poll();
  expect(calls).toEqual(['changes', 'sweep', 'changes', 'record', 'follow']);
});

test.each([
  [{ found: 2 }, { found: 2, left: 0 }],
  [{ believed: 3 }, { found: 0, left: 3 }],
])('logs what a sweep found, and who left: %j', async (swept, logged) => {
  const { poll, log } = pollWith({ changes: [{ sweepDue: true }], sweep: [swept] });
  await poll();
  expect(log.lines).toEqual([{ level: 'info', event: 'sweep', ...logged, ms: 5 }]);
});

test('logs nothing about a sweep that found nothing', async () => {
  const { poll, log } = pollWith({ changes: [{ sweepDue: true }] });
  await poll();
  expect(log.lines).toEqual([]);
});

test('keeps going while there are more leads or more updates', async () => {
  const { poll, calls } = pollWith({
    changes: [
      { entering, more: true, moved: true },
      { entering, moved: true },
    ],
    follow: [{ more: true }, {}],
  });
  await poll();
  expect(calls).toEqual(['changes', 'record', 'changes', 'record', 'follow', 'follow']);
});

test('logs a failed sweep, finishes the poll, and sweeps again a minute later', async () => {
  const { poll, times, log, pass } = pollWith({
    changes: [{ sweepDue: true }, { sweepDue: true }, { sweepDue: true }],
    sweep: [new Error('canceling statement')],
  });
  await poll();
  pass(59_000);
  await poll();
  expect(times('sweep')).toBe(1);
  expect(log.lines).toMatchObject([
    { level: 'warn', event: expect.stringContaining('sweep failed'), error: expect.any(Error) },
  ]);
  pass(1_000);
  await poll();
  expect(times('sweep')).toBe(2);
});

test('after a sweep that failed slowly, waits for twenty times as long', async () => {
  const { poll, times, pass } = pollWith({
    changes: [{ sweepDue: true }, { sweepDue: true }, { sweepDue: true }],
    sweep: [new Error('canceling statement')],
    sweepMs: 8_000,
  });
  pass(1_000_000);
  await poll();
  pass(159_000);
  await poll();
  expect(times('sweep')).toBe(1);
  pass(1_000);
  await poll();
  expect(times('sweep')).toBe(2);
});

test('on a first run enters nobody while another bot sweeps', async () => {
  const { poll, calls } = pollWith({
    changes: [{ firstRun: true, swept: false, entering }],
    sweep: [{ swept: false }],
  });
  await poll();
  expect(calls).toEqual(['changes', 'sweep']);
});

test('sweeps first on a first run, so that the best leads come first', async () => {
  const { poll, calls } = pollOf(
    { firstRun: true, swept: false },
    { firstRun: true, swept: true, entering },
  );
  await poll();
  expect(calls).toEqual(['changes', 'sweep', 'changes', 'record']);
});

test('logs when so many leads are missing at once that they need a second look', async () => {
  const { poll, log } = pollWith({
    changes: [{ sweepDue: true }],
    sweep: [{ missing: 40, large: true }],
  });
  await poll();
  expect(log.lines).toMatchObject([
    { level: 'warn', event: expect.stringContaining('many leads are missing'), count: 40 },
  ]);
});

const [choose, step, webhook] = [{ offersDue: true }, { stepsDue: true }, { outcomesDue: true }];
test.each<[string, Answers, Partial<Changes>]>([
  ['someone must be chosen', { changes: [choose] }, choose],
  ['a lead entered that is to be offered', { changes: [{ entering }], offersDue: true }, choose],
  ['a lead entered that is not', { changes: [{ entering }] }, {}],
  ['an alert may need a step', { changes: [step] }, step],
  ['one of many may', { changes: [{ entering, more: true, ...step }, {}] }, step],
  ['a webhook is due', { changes: [webhook] }, webhook],
  ['nothing happened', {}, {}],
])('says which other jobs have work: %s', async (_, answers, due) => {
  const { poll } = pollWith(answers);
  const nothing = { offersDue: false, stepsDue: false, outcomesDue: false };
  expect(await poll()).toEqual({ ...nothing, ...due });
  expect(await poll()).toEqual(nothing);
});

test('reports two malformed rows separately, and fixing one keeps the other reported', async () => {
  const { poll, log } = pollOf(
    { malformed: [wrong('d2', 'tier'), wrong('d3', 'tier')] },
    { malformed: [wrong('d3', 'tier')] },
  );
  await poll();
  await poll();
  expect(log.lines.map(({ developerId }) => developerId)).toEqual(['d2', 'd3']);
});

test('counts what it finds, what becomes of it, and its sweeps', async () => {
  const { poll, meter } = pollWith({
    changes: [
      { entering, malformed: [wrong('d2', 'tier')], moved: true, sweepDue: true },
      { moved: false },
    ],
    follow: [{ left: 2, returned: 8, cooled: 1, redrawn: 3 }],
    recording: { joined: 7, returned: 9 },
    sweep: [{ found: 4, missing: 5, believed: 6 }],
    failed: [{ developerId: 'd3', code: '22012' }],
  });
  await poll();
  expect(meter.lines.filter((line) => !line.endsWith(' 0'))).toEqual([
    `poll_rows_total hot ${entering.length}`,
    'poll_rows_total malformed 1',
    'poll_rows_total failed 1',
    'entries_total opened 1',
    'entries_total joined 7',
    'entries_total returned 9',
    'entries_total left 2',
    'entries_total returned 8',
    'entries_total cooled 1',
    'poll_rows_total redrawn 3',
    'sweep_rows_total found 4',
    'sweep_rows_total missing 5',
    'sweep_rows_total believed 6',
  ]);
  expect(meter.lines).toContain('job_duration_seconds sweep 0');
});
