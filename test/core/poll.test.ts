import { expect, test } from 'vitest';
import { type Changes, type EnteringLead, type PollPolicy, planPoll } from '../../src/core/poll.ts';
import { lead } from '../blocks/samples.ts';

const policy: PollPolicy = {
  channel: 'C0HOTLEADS',
  firstRun: 'rollup',
  maxCardsPerPoll: 2,
  offerTo: { owners: false, rotation: false },
  rearmAfterMs: 86_400_000,
};

const entering = (
  developerId: string,
  accountKey: string,
  openAlert: EnteringLead['openAlert'] = 'none',
): EnteringLead => ({
  lead: lead({ developerId }),
  accountKey,
  openAlert,
});

const changes = (part: Partial<Changes> = {}): Changes => ({
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
  ...part,
});

const shown = (part: Partial<Changes>, with_: Partial<PollPolicy> = {}): string[] =>
  (planPoll(changes(part), { ...policy, ...with_ })?.entries ?? []).map(
    ({ developerId, show }) => `${developerId} ${show}`,
  );

test('a poll that finds nothing records nothing', () => {
  expect(planPoll(changes(), policy)).toBeNull();
});

test('settles the mark of an invalid row, so that it is not read at every poll', () => {
  const problems = [{ field: 'tier', problem: 'unknown' }];
  const malformed = [
    { developerId: 'a', setAside: true, problems },
    { developerId: 'b', setAside: false, problems },
  ];
  expect(planPoll(changes({ malformed, marks: [7] }), policy)).toMatchObject({
    marks: [7],
  });
});

test('settles the marks of leads that do not enter', () => {
  expect(planPoll(changes({ marks: [1, 2] }), policy)).toEqual({
    entries: [],
    rollupReason: 'storm',
    unfinished: false,
    marks: [1, 2],
  });
});

test('records nothing if there are only open alerts to follow', () => {
  expect(planPoll(changes({ moved: true }), policy)).toBeNull();
});

test('records the first poll even if no lead is hot, so that the next is not the first', () => {
  expect(planPoll(changes({ firstRun: true }), policy)).toEqual({
    entries: [],
    rollupReason: 'first-run',
    unfinished: false,
    marks: [],
  });
});

const three = [entering('a', 'a.example'), entering('b', 'b.example'), entering('c', 'c.example')];

test.each([
  ['rollup', ['a rollup', 'b rollup', 'c rollup']],
  ['silent', ['a none', 'b none', 'c none']],
  ['cards', ['a card', 'b card', 'c rollup']],
] as const)('on the first run, FIRST_RUN=%s decides how hot leads show', (firstRun, expected) => {
  expect(shown({ firstRun: true, entering: three }, { firstRun })).toEqual(expected);
});

test.each(['rollup', 'silent', 'cards'] as const)(
  'FIRST_RUN=%s means nothing after the first run',
  (firstRun) => {
    expect(shown({ entering: three.slice(0, 2) }, { firstRun })).toEqual(['a card', 'b card']);
  },
);

test.each([
  [1, ['a card', 'b rollup', 'c rollup']],
  [2, ['a card', 'b card', 'c rollup']],
  [3, ['a card', 'b card', 'c card']],
  [100, ['a card', 'b card', 'c card']],
])(
  'with a limit of %i the best get cards and the rest one roll-up',
  (maxCardsPerPoll, expected) => {
    expect(shown({ entering: three }, { maxCardsPerPoll })).toEqual(expected);
  },
);

test('the reason for a roll-up is a storm, except on the first run', () => {
  expect(planPoll(changes({ entering: three }), policy)?.rollupReason).toBe('storm');
  expect(planPoll(changes({ entering: three, firstRun: true }), policy)?.rollupReason).toBe(
    'first-run',
  );
});

test('developers of one account count as one card and show the same way', () => {
  const leads = [
    entering('a1', 'a.example'),
    entering('b1', 'b.example'),
    entering('a2', 'a.example'),
    entering('c1', 'c.example'),
    entering('b2', 'b.example'),
    entering('c2', 'c.example'),
  ];
  expect(shown({ entering: leads })).toEqual([
    'a1 card',
    'b1 card',
    'a2 card',
    'c1 rollup',
    'b2 card',
    'c2 rollup',
  ]);
});

test('a lead that joins a card counts as a card', () => {
  const leads = [entering('j', 'joined.example', 'with-card'), ...three.slice(0, 2)];
  expect(shown({ entering: leads })).toEqual(['j card', 'a card', 'b rollup']);
});

test('counts the cards of the last minute', () => {
  expect(shown({ entering: three, recentCards: 1 })).toEqual(['a card', 'b rollup', 'c rollup']);
  expect(shown({ entering: three, recentCards: 9 })).toEqual(['a rollup', 'b rollup', 'c rollup']);
});

test('a lead that joins an alert without a card counts as one that opens its own', () => {
  const leads = ['a', 'b', 'c'].map((id) => entering(id, `${id}.example`, 'without-card'));
  expect(shown({ entering: leads })).toEqual(['a card', 'b card', 'c rollup']);
});

test('a first run with more hot leads than one poll reads continues with the next poll', () => {
  const unfinished = (part: Partial<Changes>) => planPoll(changes(part), policy)?.unfinished;
  expect(unfinished({ entering: three, firstRun: true, more: true })).toBe(true);
  expect(unfinished({ entering: three, firstRun: true })).toBe(false);
  expect(unfinished({ entering: three, more: true })).toBe(false);
  // Only invalid rows: their marks are settled, and the next poll continues.
  expect(unfinished({ firstRun: true, more: true, marks: [1] })).toBe(true);
});

test('a first run lasts until a sweep has seen all hot leads', () => {
  expect(planPoll(changes({ firstRun: true, swept: false }), policy)).toBeNull();
  expect(
    planPoll(changes({ firstRun: true, swept: false, entering: three }), policy)?.unfinished,
  ).toBe(true);
});

test('a lead whose alert closes before the poll is recorded still gets a card', () => {
  expect(shown({ entering: [entering('j', 'joined.example', 'with-card')] })).toEqual(['j card']);
});

test('keeps the order of the leads, best first', () => {
  const many = Array.from({ length: 50 }, (_, i) => entering(`d${i}`, `a${i}.example`));
  const plan = planPoll(changes({ entering: many }), policy);
  expect(plan?.entries.map((entry) => entry.developerId)).toEqual(
    many.map(({ lead }) => lead.developerId),
  );
  expect(plan?.entries.filter((entry) => entry.show === 'card')).toHaveLength(2);
});
