import { mkdir, writeFile } from 'node:fs/promises';
import { changeOf } from './equivalents.ts';
import { ROOT } from './lane.ts';
import type { Outcome } from './try-mutant.ts';

/** A run as a table for people. Survivors take two lines each. */
export function summaryOf(outcomes: readonly Outcome[], seed: string, minutes: number): string {
  const count = (verdict: Outcome['verdict']) =>
    outcomes.filter((outcome) => outcome.verdict === verdict).length;
  const survived = outcomes.filter(({ verdict }) => verdict === 'survived');
  const cells = [
    outcomes.length,
    count('noticed'),
    count('timed out'),
    survived.length,
    `${(100 * shareNoticed(outcomes)).toFixed(1)} %`,
    seed,
    minutes.toFixed(1),
  ];
  return [
    ...(survived.length > 0 ? ['', 'Survived:', ...survived.map(survivor)] : []),
    '',
    '| tried | noticed | timed out | survived | share noticed | seed | minutes |',
    '|---|---|---|---|---|---|---|',
    `| ${cells.join(' | ')} |`,
  ].join('\n');
}

function survivor({ mutant, testsRun, testsReaching }: Outcome): string {
  const some =
    testsRun < testsReaching ? `${testsRun} of ${testsReaching}` : `all ${testsReaching}`;
  const tests = testsReaching === 0 ? 'no test reaches it' : `passes ${some} tests`;
  return `${mutant.file}:${mutant.line}  ${mutant.rule}  ${mutant.id}  ${tests}\n    ${changeOf(mutant)}`;
}

/** A timeout counts as noticed. */
export function shareNoticed(outcomes: readonly Outcome[]): number {
  if (outcomes.length === 0) return 0;
  return outcomes.filter(({ verdict }) => verdict !== 'survived').length / outcomes.length;
}

/** Writes `.stryker/sql-report.json`. */
export async function writeReport(
  outcomes: readonly Outcome[],
  seed: string,
  minutes: number,
): Promise<void> {
  const mutants = outcomes.map(({ mutant: { id, file, line, rule, from, to }, ...outcome }) => ({
    id,
    file,
    line,
    rule,
    from,
    to,
    ...outcome,
  }));
  await mkdir(`${ROOT}/.stryker`, { recursive: true });
  await writeFile(
    `${ROOT}/.stryker/sql-report.json`,
    JSON.stringify({ seed, minutes, mutants }, null, 1),
  );
}
