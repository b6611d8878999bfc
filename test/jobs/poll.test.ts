import { expect, test } from 'vitest';
import type { Changes, MalformedLead, PollPlan, PollPolicy } from '../../src/core/poll.ts';
import { createPoll } from '../../src/jobs/poll.ts';
import { lead } from '../blocks/samples.ts';
import { memoryLog } from '../support/memory-log.ts';

const policy: PollPolicy = {
  channel: 'C0HOT',
  firstRun: 'rollup',
  maxCardsPerPoll: 10,
  rearmAfterMs: 1_000,
};
const NOTHING: Changes = {
  firstRun: false,
  entering: [],
  malformed: [],
  moved: false,
  more: false,
};
const summary = { opened: 1, joined: 0, left: 0, returned: 0, cooled: 0 };

/** Polls what it is given in turn, an error where the database fails. */
function pollOf(...answers: readonly (Partial<Changes> | Error)[]) {
  const log = memoryLog();
  const recorded: PollPlan[] = [];
  let wakes = 0;
  let n = 0;
  const poll = createPoll({
    polls: {
      async changes() {
        const answer = answers[n++] ?? {};
        if (answer instanceof Error) throw answer;
        return { ...NOTHING, ...answer };
      },
      async record(plan) {
        recorded.push(plan);
        return summary;
      },
    },
    policy,
    log,
    wake: () => {
      wakes += 1;
    },
  });
  return { poll, log, recorded, wakes: () => wakes };
}

const wrong = (developerId: string, ...fields: string[]): MalformedLead => ({
  developerId,
  setAside: true,
  problems: fields.map((field) => ({ field, problem: 'is not a number' })),
});
const entering = [
  { lead: lead({ developerId: 'd1' }), accountKey: 'a.example', openAlert: 'none' as const },
];

test('a poll that finds nothing records nothing and wakes nobody', async () => {
  const { poll, recorded, log, wakes } = pollOf();
  await poll();
  expect(recorded).toEqual([]);
  expect(log.lines).toEqual([]);
  expect(wakes()).toBe(0);
});

test('a lead that enters is recorded, counted in the log, and wakes the deliverer', async () => {
  const { poll, recorded, log, wakes } = pollOf({ entering });
  await poll();
  expect(recorded).toEqual([
    { entries: [{ developerId: 'd1', show: 'card' }], rollupReason: 'storm', unfinished: false },
  ]);
  expect(log.lines).toEqual([{ level: 'info', event: 'poll', ...summary }]);
  expect(wakes()).toBe(1);
});

test('a database that does not answer is not "everyone has left": nothing is recorded, the next poll goes on', async () => {
  const { poll, recorded, wakes } = pollOf(new Error('away'), { entering });
  await expect(poll()).rejects.toThrow('away');
  expect(recorded).toEqual([]);
  expect(wakes()).toBe(0);
  await poll();
  expect(recorded).toHaveLength(1);
});

test('a row that does not parse is set aside with its id and fields, and the others go on', async () => {
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

test('a lead that is shown without what does not parse is said to be shown', async () => {
  const { poll, log } = pollOf({ malformed: [{ ...wrong('d2', 'tech_stack'), setAside: false }] });
  await poll();
  expect(log.lines).toMatchObject([
    { level: 'warn', event: expect.stringContaining('shown without'), fields: ['tech_stack'] },
  ]);
});

test('a row that stays wrong is reported once', async () => {
  const malformed = [wrong('d2', 'tier')];
  const { poll, log } = pollOf({ malformed }, { malformed }, { malformed });
  for (let i = 0; i < 3; i++) await poll();
  expect(log.lines).toHaveLength(1);
});

test('a row that turns wrong in another way, or again after it was mended, is reported again', async () => {
  const { poll, log } = pollOf(
    { malformed: [wrong('d2', 'tier')] },
    { malformed: [wrong('d2', 'email')] },
    {},
    { malformed: [wrong('d2', 'email')] },
  );
  for (let i = 0; i < 4; i++) await poll();
  expect(log.lines.map(({ fields }) => fields)).toEqual([['tier'], ['email'], ['email']]);
});

test('two wrong rows are two reports, and one mended row leaves the other reported', async () => {
  const { poll, log } = pollOf(
    { malformed: [wrong('d2', 'tier'), wrong('d3', 'tier')] },
    { malformed: [wrong('d3', 'tier')] },
  );
  await poll();
  await poll();
  expect(log.lines.map(({ developerId }) => developerId)).toEqual(['d2', 'd3']);
});
