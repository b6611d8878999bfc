import fc from 'fast-check';
import type { PollPolicy } from '../../src/core/poll.ts';
import { type Deadlines, MUTABLE, type Mutable } from '../../src/core/steps.ts';
import { type Fault, REQUEST_FAULTS, SLACK_FAULTS } from './faults.ts';

const MOST_REPLICAS = 4;

/** Two companies with two developers each, and two with one. */
export const LEADS = [0, 1, 2, 3, 4, 5] as const;

export const GESTURES = [
  'claim',
  'pass',
  'release',
  'contact',
  'handOver',
  'keep',
  'giveBack',
  'snooze',
  'notAFit',
  'outcome',
  'note',
  'undo',
] as const;
export type GestureName = (typeof GESTURES)[number];

/** Numbers that pick a replica, lead or card are modulo the count. */
export type Step =
  | { kind: 'poll'; replica: number }
  | { kind: 'digest'; replica: number }
  | { kind: 'tidy'; replica: number }
  | { kind: 'score'; lead: number; score: number; openMs: number }
  | {
      kind: 'press';
      gesture: GestureName;
      card: number;
      user: number;
      /**
       * Whether it is pressed instead by someone who probably may: the owner, whoever has first call, or for an undo
       * the last one to act.
       */
      allowed: boolean;
      replica: number;
      times: number;
      /** Whether the second press is another user's, with the next gesture. */
      race: boolean;
      /** How long a snooze or not-a-fit lasts. */
      holdMs: number;
      /** What is pressed on the same alert some seconds later. */
      next: readonly GestureName[];
    }
  /** A user goes away, for 0 ms: comes back. */
  | { kind: 'away'; user: number; ms: number; cover: number | null; replica: number }
  | { kind: 'crash'; replica: number; downMs: number }
  | { kind: 'freeze'; replica: number; ms: number }
  | { kind: 'clock'; replica: number; ms: number }
  | { kind: 'slack refuses'; channel: string; code: string; ms: number }
  | { kind: 'database away'; ms: number }
  | { kind: 'card deleted'; card: number }
  | { kind: 'lead deleted'; lead: number }
  /** A lead's company domain is added, changed, or spelled in another way. */
  | { kind: 'domain'; lead: number; domain: number }
  /** The bot's triggers are enabled or disabled. */
  | { kind: 'triggers'; enabled: boolean }
  /** The scores are deleted and reloaded in two transactions. */
  | { kind: 'reload'; firstHalf: number; gapMs: number }
  /** No bot runs for this time. Then these poll at once, and somebody who has a lead answers. */
  | {
      kind: 'jump';
      ms: number;
      replicas: readonly number[];
      answer: { afterMs: number; gesture: GestureName; lead: number } | null;
    }
  /** A user turns one kind of direct messages off or on. */
  | { kind: 'mute'; user: number; what: Mutable; isMuted: boolean; replica: number };

/** What the bots do by themselves, and when. */
export interface Ladder {
  deadlines: Deadlines;
  /** Whether everyone works from nine to five in a time zone of their own, instead of around the clock. */
  office: boolean;
  /** The user on duty. */
  onDuty: number | null;
}

export interface Scenario {
  replicas: number;
  /** Initial wall clock offset of each replica, in milliseconds. */
  skew: readonly number[];
  /** Start time, in minutes before the digest is due. */
  startsBefore: number;
  firstRun: PollPolicy['firstRun'];
  maxCardsPerPoll: number;
  offerTo: PollPolicy['offerTo'];
  /** The users who take turns, if there is a rotation. */
  rotation: readonly number[];
  firstCallMs: number;
  /** Whether each lead is hot before the first poll. */
  hot: readonly boolean[];
  /** Whether the bot's triggers are enabled initially. */
  triggers: boolean;
  /** Whether the leads existed before the triggers, so that they have no marks. */
  leadsFirst: boolean;
  /** Seed of the requests' latencies. */
  latencySeed: number;
  steps: readonly { afterMs: number; step: Step }[];
  databaseFaults: readonly Fault[];
  slackFaults: readonly Fault[];
  /** Null: the bots take no steps. */
  ladder: Ladder | null;
}

/** Faults after which it is unclear what Slack shows. They occur more often. */
const UNCLEAR_OUTCOMES = [
  'timeout-after',
  'late',
  'freeze-before',
  'freeze-lost',
  'crash-after',
  'http-503-after',
] as const;

/** Shorter than the time between two sweeps, and a lead leaves only when two sweeps miss it. */
const LONGEST_RELOAD_MS = 45_000;

const upTo = (most: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: most });
const some = upTo(11);
const part = upTo(1_000).map((n) => n / 1_000);

const lag = fc.oneof(
  fc.constant(0),
  part,
  fc.integer({ min: 800, max: 1_000 }).map((n) => n / 1_000),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 26, arbitrary: fc.record({ kind: fc.constant('poll'), replica: some }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('digest'), replica: some }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('tidy'), replica: some }) },
  {
    weight: 16,
    arbitrary: fc.record({
      kind: fc.constant('score'),
      lead: some,
      score: fc.constantFrom(60, 79, 80, 85, 92),
      openMs: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, upTo(60_000)),
    }),
  },
  {
    weight: 21,
    arbitrary: fc.record({
      kind: fc.constant('press'),
      gesture: fc.constantFrom(...GESTURES, 'claim', 'claim', 'pass', 'contact', 'undo', 'undo'),
      card: fc.constantFrom(0, 0, 0, 1, 2, 3),
      user: upTo(2),
      allowed: fc.constantFrom(true, true, true, false),
      replica: some,
      times: fc.constantFrom(1, 1, 1, 2),
      race: fc.boolean(),
      holdMs: fc.constantFrom(20_000, 120_000, 3_600_000),
      next: fc.array(fc.constantFrom(...GESTURES, 'giveBack', 'contact', 'undo', 'undo'), {
        maxLength: 2,
        size: 'max',
      }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('away'),
      user: upTo(2),
      ms: fc.constantFrom(0, 20_000, 600_000),
      cover: fc.constantFrom(null, 0, 1),
      replica: some,
    }),
  },
  {
    weight: 7,
    arbitrary: fc.record({ kind: fc.constant('crash'), replica: some, downMs: upTo(120_000) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('freeze'), replica: some, ms: upTo(180_000) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('clock'),
      replica: some,
      ms: fc.integer({ min: -600_000, max: 600_000 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('slack refuses'),
      channel: fc.constantFrom('C0HOTLEADS', 'C0DIGEST', '*'),
      code: fc.constantFrom('not_in_channel', 'is_archived', 'invalid_auth', 'missing_scope'),
      ms: upTo(90_000),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('database away'), ms: upTo(60_000) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('card deleted'), card: some }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lead deleted'), lead: some }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('triggers'), enabled: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('reload'),
      firstHalf: upTo(LEADS.length),
      gapMs: upTo(LONGEST_RELOAD_MS),
    }),
  },
);

/** Steps for moving domains, with more claims. */
const movingStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: step },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('press'),
      gesture: fc.constant('claim'),
      card: upTo(3),
      user: upTo(2),
      allowed: fc.constant(false),
      replica: some,
      times: fc.constant(1),
      race: fc.constant(false),
      holdMs: fc.constant(0),
      next: fc.constant([]),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('domain'), lead: some, domain: some }) },
);

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const jump = fc.record({
  kind: fc.constant('jump' as const),
  ms: fc.constantFrom(
    ...[11, 31, 31, 61, 61].map((minutes) => minutes * MINUTE_MS),
    ...[2.1, 2.1, 2.1, 3.1, 5, 26].map((hours) => hours * HOUR_MS),
  ),
  replicas: fc.array(some, { minLength: 1, maxLength: 3, size: 'max' }),
  answer: fc.oneof(
    { weight: 2, arbitrary: fc.constant(null) },
    {
      weight: 3,
      arbitrary: fc.record({
        afterMs: fc.constantFrom(0, 400, 1_000, 2_000, 20_000),
        gesture: fc.constantFrom(
          ...(['keep', 'keep', 'keep', 'contact', 'contact'] as const),
          ...(['handOver', 'release', 'outcome', 'snooze', 'undo'] as const),
        ),
        lead: some,
      }),
    },
  ),
});

const claim = (user: fc.Arbitrary<number>, card: fc.Arbitrary<number>) =>
  fc.record({
    kind: fc.constant('press' as const),
    gesture: fc.constant('claim' as const),
    card,
    user,
    allowed: fc.constantFrom(true, false),
    replica: some,
    times: fc.constant(1),
    race: fc.constant(false),
    holdMs: fc.constant(0),
    next: fc.constant([]),
  });

/** Steps for ladders: hours pass, and those who are warned respond. */
const ladderStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: step.filter(({ kind }) => kind !== 'reload') },
  { weight: 12, arbitrary: jump },
  { weight: 5, arbitrary: claim(upTo(2), upTo(3)) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('mute'),
      user: upTo(2),
      what: fc.constantFrom(...MUTABLE),
      isMuted: fc.constantFrom(true, true, true, false),
      replica: some,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('slack refuses'),
      channel: fc.constantFrom('U0', 'U1', 'U2'),
      code: fc.constantFrom('cannot_dm_bot', 'user_disabled'),
      ms: fc.constant(48 * HOUR_MS),
    }),
  },
);

const ladders: fc.Arbitrary<Ladder> = fc.record({
  deadlines: fc.record({
    claimMs: fc.constantFrom(null, 20 * MINUTE_MS, HOUR_MS),
    contactMs: fc.constantFrom(null, HOUR_MS, HOUR_MS, 3 * HOUR_MS, 5 * HOUR_MS),
    followUpMs: fc.constantFrom(null, HOUR_MS, HOUR_MS, 24 * HOUR_MS),
  }),
  office: fc.constantFrom(false, false, true),
  onDuty: fc.constantFrom(null, 0, 1),
});

/** What distinguishes the scenarios of a seed. `moving`: domains change · `ladder`: the bots take steps. */
export type Theme = 'usual' | 'moving' | 'ladder';

const afterMs = fc.oneof(
  { weight: 3, arbitrary: upTo(100) },
  { weight: 12, arbitrary: upTo(2_000) },
  { weight: 8, arbitrary: fc.integer({ min: 2_000, max: 15_000 }) },
  { weight: 4, arbitrary: fc.integer({ min: 15_000, max: 90_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 240_000, max: 420_000 }) },
);

const timed = <T>(steps: fc.Arbitrary<T>, minLength: number, maxLength: number) =>
  fc.array(fc.record({ afterMs, step: steps }), { minLength, maxLength, size: 'max' });

const STEPS: Readonly<Record<Theme, fc.Arbitrary<Scenario['steps']>>> = {
  usual: timed(step, 1, 13),
  moving: timed(movingStep, 1, 13),
  // The first leads are claimed once they are in Slack.
  ladder: fc
    .tuple(timed(claim(upTo(1), upTo(3)), 1, 3), timed(ladderStep, 1, 13))
    .map(([claims, steps]) => [...claims, ...steps]),
};

const faults = (
  kinds: readonly Fault['kind'][],
  calls: number,
  most: number,
): fc.Arbitrary<Fault[]> =>
  fc.uniqueArray(
    fc.record({ call: upTo(calls), kind: fc.constantFrom(...kinds), length: part, lag }),
    { maxLength: most, selector: ({ call }) => call, size: 'max' },
  );

/**
 * @param replicas default two to four
 * @param theme A run of a moving one takes an hour longer, until every card is redrawn.
 */
export const scenarios = (replicas?: number, theme: Theme = 'usual'): fc.Arbitrary<Scenario> =>
  fc.record({
    replicas:
      replicas === undefined ? fc.integer({ min: 2, max: MOST_REPLICAS }) : fc.constant(replicas),
    skew: fc.array(fc.integer({ min: -600_000, max: 600_000 }), {
      minLength: MOST_REPLICAS,
      maxLength: MOST_REPLICAS,
    }),
    startsBefore: fc.integer({ min: -2, max: 4 }),
    firstRun: fc.oneof(
      { weight: 8, arbitrary: fc.constant('cards') },
      { weight: 2, arbitrary: fc.constant('rollup') },
      { weight: 1, arbitrary: fc.constant('silent') },
    ),
    maxCardsPerPoll: fc.constantFrom(1, 2, 4, 4),
    offerTo: fc.constantFrom(
      { owners: false, rotation: false },
      { owners: false, rotation: false },
      { owners: true, rotation: false },
      { owners: true, rotation: true },
      { owners: true, rotation: true },
    ),
    rotation: fc.constantFrom([0, 1], [0, 1, 2]),
    firstCallMs: fc.constantFrom(20_000, 120_000, 1_800_000),
    hot: fc.array(theme === 'moving' ? fc.constant(true) : fc.constantFrom(true, true, false), {
      minLength: LEADS.length,
      maxLength: LEADS.length,
    }),
    triggers: fc.oneof(
      { weight: 6, arbitrary: fc.constant(true) },
      { weight: 1, arbitrary: fc.constant(false) },
    ),
    leadsFirst: fc.boolean(),
    latencySeed: fc.nat(),
    steps: STEPS[theme],
    databaseFaults: faults(REQUEST_FAULTS, 80, 6),
    slackFaults: faults([...SLACK_FAULTS, ...UNCLEAR_OUTCOMES, ...UNCLEAR_OUTCOMES], 10, 6),
    ladder: theme === 'ladder' ? ladders : fc.constant(null),
  });
