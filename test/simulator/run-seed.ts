import fc from 'fast-check';
import type { Figures } from './figures.ts';
import { noFigures } from './figures.ts';
import { type Scenario, scenarios } from './scenario.ts';
import { type Outcome, type SimulationOptions, simulate } from './simulation.ts';
import type { VirtualDatabase } from './virtual-database.ts';

export interface SeedOptions extends Pick<SimulationOptions, 'breakMessenger'> {
  /** How many replicas; two to four, as the seed has it, unless told. */
  replicas?: number;
  /** Whether a failure is made as small as possible. */
  shrink?: boolean;
}

export interface Failure {
  seed: number;
  /** What must never be, in the smallest scenario that was found. */
  violations: readonly string[];
  scenario: Scenario;
  history: readonly string[];
}

export interface SeedResult {
  figures: Figures;
  failure: Failure | null;
}

/** Scenarios that are tried at the most to make a failing one smaller. */
const MOST_SHRINKS = 600;

/** In every tenth seed domains arrive, change and are written in other ways. */
const isMoving = (seed: number): boolean => seed % 10 === 7;

/** Runs the scenario of a seed: always the same one. */
export async function runSeed(
  database: VirtualDatabase,
  seed: number,
  options: SeedOptions = {},
): Promise<SeedResult> {
  const { replicas, shrink = true, breakMessenger } = options;
  const broken = breakMessenger === undefined ? {} : { breakMessenger };
  const figures: Figures[] = [];
  let failing: { scenario: Scenario; outcome: Outcome } | null = null;
  let runs = 0;
  const fails = async (scenario: Scenario): Promise<boolean> => {
    runs += 1;
    if (runs > MOST_SHRINKS) return false;
    const outcome = await simulate(database, seed, scenario, broken);
    figures.push(outcome.figures);
    return outcome.violations.length > 0;
  };
  const details = await fc.check(
    fc.asyncProperty(
      scenarios(replicas, isMoving(seed)),
      async (scenario) => !(await fails(scenario)),
    ),
    { seed, numRuns: 1, endOnFailure: !shrink, unbiased: true },
  );
  const [smallest] = details.counterexample ?? [];
  if (smallest !== undefined) {
    const outcome = await simulate(database, seed, smallest, { ...broken, record: true });
    failing = { scenario: smallest, outcome };
  }
  return {
    figures: figures[0] ?? noFigures(),
    failure: failing && {
      seed,
      violations: failing.outcome.violations,
      scenario: failing.scenario,
      history: failing.outcome.history,
    },
  };
}

/** What a person needs who looks into a failure. */
export function explain(
  { seed, violations, scenario, history }: Failure,
  replicas?: number,
): string {
  const option = replicas === undefined ? '' : ` --replicas ${replicas}`;
  return [
    `Seed ${seed} breaks what must always hold:`,
    ...violations.map((violation) => `  ${violation}`),
    `Smallest scenario: ${JSON.stringify(scenario)}`,
    'What happened (seconds, who, what):',
    ...history.map((line) => `  ${line}`),
    `Replay: npm run simulate -- --seed ${seed}${option}`,
  ].join('\n');
}
