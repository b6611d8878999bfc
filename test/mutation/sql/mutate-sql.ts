import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readSource, sourceFiles, sqlFiles } from '../../support/source-files.ts';
import { changeOf, equivalents } from './equivalents.ts';
import { isTimeout, type Lane, openLane, ROOT } from './lane.ts';
import { functionIn, type Mutant, mutantsOf, type SqlFunction } from './mutants.ts';
import { measureReach, type Reach } from './reach.ts';

const HELP = `npm run mutate:sql                          changes the SQL functions by rule, one change at a time, and
                                            runs the tests that reach the function
npm run mutate:sql -- --seed 2 --sample 50  another sample of the changes, or a smaller one
npm run mutate:sql -- --only alerts_json    only changes of this function
npm run mutate:sql -- --mutant ID           this change again, until a test notices
npm run mutate:sql -- --list                the changes, without trying them

--lanes 2      mutants at once; each lane has a PostgreSQL
--seconds 60   of tests for each mutant; what nobody has noticed by then has survived

Exits with 1 if less than 85 % are noticed.`;

const ENOUGH = 0.85;
/** Of one test file. Its tests have limits of their own. */
const STUCK_AFTER_MS = 180_000;
const REPORT = `${ROOT}/.stryker/sql-report.json`;

interface Outcome {
  mutant: Mutant;
  verdict: 'noticed' | 'timed out' | 'survived';
  /** The test that noticed. */
  by: string;
  /** Of the tests that reach the function. */
  testsRun: number;
  testsReaching: number;
  seconds: number;
}

interface Options {
  seed: string;
  sample: number;
  seconds: number;
  lanes: number;
  only: string | undefined;
  mutant: string | undefined;
}

const seconds = (since: number): number => (performance.now() - since) / 1000;

/** The views aren't mutated. */
function sqlFunctions(): SqlFunction[] {
  return sqlFiles('sql/lead-bot/functions').flatMap((file) => {
    const text = readSource(file);
    return /^create or replace function/m.test(text) ? [functionIn(file, text)] : [];
  });
}

/** In an order that depends on the seed alone: a new function doesn't change the place of other mutants. */
function shuffled(mutants: readonly Mutant[], seed: string): Mutant[] {
  const place = ({ id }: Mutant) => createHash('sha256').update(`${seed} ${id}`).digest('hex');
  const keyed = mutants.map((mutant) => ({ mutant, at: place(mutant) }));
  return keyed.sort((a, b) => (a.at < b.at ? -1 : 1)).map(({ mutant }) => mutant);
}

/** The first mutants that Postgres accepts. */
async function sampleOf(
  lane: Lane,
  mutants: readonly Mutant[],
  size: number,
): Promise<{ sample: Mutant[]; invalid: number }> {
  const sample: Mutant[] = [];
  let invalid = 0;
  for (const mutant of mutants) {
    if (sample.length === size) break;
    if ((await lane.refusal(mutant.sql)) === null) sample.push(mutant);
    else invalid += 1;
  }
  return { sample, invalid };
}

interface Step {
  file: string;
  ids: string[];
}

/** How often a file has noticed a mutant of a function, as `function file`. */
type Catches = Map<string, number>;

/**
 * The tests that reach a function. First the files that noticed its other mutants, then those that reach little
 * else and are quick.
 */
function stepsFor(name: string, reach: Reach, catches: Catches): Step[] {
  const steps = [...reach].flatMap(([file, tests]) => {
    const reaching = tests.filter(({ reached, fails }) => !fails && reached.includes(name));
    if (reaching.length === 0) return [];
    const cost = 1500 + reaching.reduce((sum, { ms }) => sum + ms, 0);
    const aim = reaching.reduce((sum, { reached }) => sum + 1 / reached.length, 0);
    const caught = catches.get(`${name} ${file}`) ?? 0;
    return { file, ids: reaching.map(({ id }) => id), caught, worth: aim / cost };
  });
  return steps.sort((a, b) => b.caught - a.caught || b.worth - a.worth);
}

async function tryMutant(
  lane: Lane,
  mutant: Mutant,
  steps: readonly Step[],
  limit: number,
): Promise<Outcome & { file: string }> {
  const since = performance.now();
  const testsReaching = steps.reduce((sum, { ids }) => sum + ids.length, 0);
  let testsRun = 0;
  const end = (verdict: Outcome['verdict'], by: string, file = '') => ({
    mutant,
    verdict,
    by,
    file,
    testsRun,
    testsReaching,
    seconds: seconds(since),
  });
  await lane.put(mutant.sql);
  for (const { file, ids } of steps) {
    if (seconds(since) > limit) break;
    const runs = await Promise.race([
      lane.run(file, ids),
      wait(STUCK_AFTER_MS, undefined, { ref: false }),
    ]);
    if (runs === undefined) return end('timed out', file, file);
    testsRun += runs.length;
    const failed = runs.find((run) => run.failed);
    if (failed === undefined) continue;
    const verdict = isTimeout(failed.error) ? 'timed out' : 'noticed';
    return end(verdict, `${file} › ${failed.name}`, file);
  }
  return end('survived', '');
}

function table(outcomes: readonly Outcome[]): string {
  const survived = outcomes.filter(({ verdict }) => verdict === 'survived');
  const rows = survived.map(({ mutant, testsRun, testsReaching }) => {
    const tests =
      testsReaching === 0
        ? 'no test reaches it'
        : `${testsRun === testsReaching ? 'all' : `${testsRun} of`} ${testsReaching} tests`;
    return `${mutant.file}:${mutant.line}  ${mutant.rule}  ${mutant.id}  (${tests})\n    ${changeOf(mutant)}`;
  });
  return rows.length === 0 ? '' : `\nSurvived:\n${rows.join('\n')}\n`;
}

async function main(options: Options, isStopped: () => boolean): Promise<number> {
  const functions = sqlFunctions();
  const known = new Map(equivalents().map(({ id }) => [id, true]));
  const all = functions.flatMap(mutantsOf).filter(({ id, name }) => {
    if (options.mutant !== undefined) return id === options.mutant;
    return options.only === undefined || name === options.only;
  });
  if (all.length === 0) {
    console.error(`There is no mutant ${options.mutant ?? `of ${options.only}`}.`);
    return 1;
  }
  const candidates = options.mutant === undefined ? all.filter(({ id }) => !known.has(id)) : all;
  const originals = new Map(functions.map(({ name, sql }) => [name, sql]));
  const tests = [...sourceFiles('test/sql'), ...sourceFiles('test/doctor')].filter((file) =>
    file.endsWith('.test.ts'),
  );

  const lanes: Lane[] = [];
  const open = async (): Promise<Lane> => {
    const lane = await openLane();
    lanes.push(lane);
    return lane;
  };
  try {
    const since = performance.now();
    const measuring = await Promise.all(Array.from({ length: options.lanes }, openLane));
    const reach = await measureReach(measuring, tests, functions, isStopped, (line) =>
      console.error(line),
    ).finally(() => Promise.all(measuring.map((lane) => lane.close())));
    const fails = [...reach].flatMap(([file, list]) =>
      list.filter((it) => it.fails).map((it) => `${file} › ${it.name}`),
    );
    console.error(
      `Reach known after ${seconds(since).toFixed(0)} s.${fails.length > 0 ? ` Left out, since they fail if a function only logs:\n  ${fails.join('\n  ')}` : ''}`,
    );

    const first = await open();
    const { sample, invalid } = await sampleOf(
      first,
      shuffled(candidates, options.seed),
      options.sample,
    );
    console.error(
      `Trying ${sample.length} of ${candidates.length} mutants (seed ${options.seed}); Postgres refused ${invalid}, ${all.length - candidates.length} are known as equivalent.`,
    );
    const catches: Catches = new Map();
    const outcomes: Outcome[] = [];
    const queue = sample.values();
    const begun = performance.now();
    const work = async (opened?: Lane): Promise<void> => {
      let lane = opened ?? (await open());
      for (const mutant of queue) {
        if (isStopped()) return;
        const steps = stepsFor(mutant.name, reach, catches);
        const { file, ...outcome } = await tryMutant(lane, mutant, steps, options.seconds);
        outcomes.push(outcome);
        if (file !== '') {
          const key = `${mutant.name} ${file}`;
          catches.set(key, (catches.get(key) ?? 0) + 1);
        }
        console.error(
          `${outcomes.length} of ${sample.length}  ${mutant.id}  ${outcome.verdict}${outcome.by ? ` by ${outcome.by}` : ''}  ${outcome.seconds.toFixed(0)} s`,
        );
        if (outcome.verdict === 'timed out') {
          // Something may still be running in the old one.
          await lane.close();
          lane = await open();
        } else await lane.put(originals.get(mutant.name) ?? '');
      }
    };
    await Promise.all([work(first), ...Array.from({ length: options.lanes - 1 }, () => work())]);

    const count = (verdict: Outcome['verdict']) =>
      outcomes.filter((outcome) => outcome.verdict === verdict).length;
    const noticed = count('noticed') + count('timed out');
    const share = outcomes.length === 0 ? 0 : noticed / outcomes.length;
    console.log(table(outcomes));
    console.log(
      [
        '| tried | noticed | timed out | survived | share noticed | seed | minutes |',
        '|---|---|---|---|---|---|---|',
        `| ${outcomes.length} | ${count('noticed')} | ${count('timed out')} | ${count('survived')} | ${(100 * share).toFixed(1)} % | ${options.seed} | ${(seconds(begun) / 60).toFixed(1)} |`,
      ].join('\n'),
    );
    await mkdir(`${ROOT}/.stryker`, { recursive: true });
    await writeFile(
      REPORT,
      JSON.stringify(
        {
          seed: options.seed,
          minutes: seconds(begun) / 60,
          mutants: outcomes.map(({ mutant: { sql, ...mutant }, ...outcome }) => ({
            ...mutant,
            ...outcome,
          })),
        },
        null,
        1,
      ),
    );
    return share >= ENOUGH ? 0 : 1;
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()));
  }
}

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    sample: { type: 'string', default: '300' },
    seconds: { type: 'string', default: '60' },
    lanes: { type: 'string', default: '2' },
    only: { type: 'string' },
    mutant: { type: 'string' },
  },
});

if (values.help) console.log(HELP);
else if (values.list) {
  for (const mutant of sqlFunctions().flatMap(mutantsOf)) {
    if (values.only !== undefined && mutant.name !== values.only) continue;
    console.log(
      `${mutant.id}  ${mutant.file}:${mutant.line}  ${mutant.rule}\n    ${changeOf(mutant)}`,
    );
  }
} else {
  let stopped = false;
  // Ctrl-C also reaches Vitest's workers. What was tried until then is reported.
  process.on('SIGINT', () => {
    stopped = true;
  });
  process.on('SIGTERM', () => {
    stopped = true;
  });
  const code = await main(
    {
      ...values,
      sample: Number(values.sample),
      seconds: Number(values.seconds),
      lanes: Number(values.lanes),
      only: values.only,
      mutant: values.mutant,
    },
    () => stopped,
  );
  process.exit(code);
}
