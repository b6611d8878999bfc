import fc from 'fast-check';
import type { Figures } from './figures.ts';
import { noFigures } from './figures.ts';
import { type Scenario, scenarios, type Theme } from './scenario.ts';
import { type Outcome, type SimulationOptions, simulate } from './simulation.ts';
import type { VirtualDatabase } from './virtual-database.ts';

export interface SeedOptions extends Pick<SimulationOptions, 'breakMessenger'> {
  /** Number of replicas. Default: the seed decides, from two to four. */
  replicas?: number;
  /** Whether to minimize a failing scenario. */
  shrink?: boolean;
}

export interface Failure {
  seed: number;
  /** Violations in the smallest failing scenario. */
  violations: readonly string[];
  scenario: Scenario;
  history: readonly string[];
}

export interface SeedResult {
  figures: Figures;
  failure: Failure | null;
}

/** Maximum number of scenarios to try while shrinking. */
const MOST_SHRINKS = 600;
/** Shrinking ends after this time. A test that times out meanwhile would tell no seed, and break the tests after it. */
const LONGEST_SHRINK_MS = 100_000;

/**
 * In every tenth seed, domains are added, change, and are spelled in other ways. In another tenth, hours pass, and the
 * bots remind, warn and ask.
 */
function themeOf(seed: number): Theme {
  const themes: Partial<Record<number, Theme>> = { 3: 'ladder', 7: 'moving' };
  return themes[seed % 10] ?? 'usual';
}

/** Runs the scenario of a seed. Deterministic. */
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
  const startedAt = performance.now();
  const fails = async (scenario: Scenario): Promise<boolean> => {
    runs += 1;
    const isOver = performance.now() - startedAt > LONGEST_SHRINK_MS;
    if (runs > MOST_SHRINKS || isOver) return false;
    const outcome = await simulate(database, seed, scenario, broken);
    figures.push(outcome.figures);
    return outcome.violations.length > 0;
  };
  const details = await fc.check(
    fc.asyncProperty(
      scenarios(replicas, themeOf(seed)),
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

/** A report for debugging. */
export function describeFailure(
  { seed, violations, scenario, history }: Failure,
  replicas?: number,
): string {
  const option = replicas === undefined ? '' : ` --replicas ${replicas}`;
  return [
    `Seed ${seed} violates an invariant:`,
    ...violations.map((violation) => `  ${violation}`),
    `Smallest scenario: ${JSON.stringify(scenario)}`,
    'History (seconds, actor, event):',
    ...history.map((line) => `  ${line}`),
    `Replay: npm run simulate -- --seed ${seed}${option}`,
  ].join('\n');
}
