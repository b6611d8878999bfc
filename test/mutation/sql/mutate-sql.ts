import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { readSource, sourceFiles, sqlFiles } from '../../support/source-files.ts';
import { changeOf, equivalents } from './equivalents.ts';
import { type Lane, openLane } from './lane.ts';
import { functionIn, type Mutant, mutantsOf, type SqlFunction } from './mutants.ts';
import { openNotices } from './notices.ts';
import { measureReach } from './reach.ts';
import { shareNoticed, summaryOf, writeReport } from './report.ts';
import { type Outcome, stepsFor, tryMutant } from './try-mutant.ts';

const HELP = `npm run mutate:sql                          changes the SQL functions by rule, one change at a time, and
                                            runs the tests that reach the function
npm run mutate:sql -- --seed 2 --sample 50  another sample of the changes, or a smaller one
npm run mutate:sql -- --only alerts_json    only changes of this function
npm run mutate:sql -- --mutant ID           this change again
npm run mutate:sql -- --list                the changes, without trying them

--lanes 2      mutants at once; each lane has a PostgreSQL
--seconds 60   of tests for each mutant; what nobody has noticed by then has survived

Exits with 1 if less than 85 % are noticed.`;

const ENOUGH = 0.85;

interface Options {
  seed: string;
  sample: number;
  seconds: number;
  lanes: number;
  only: string | undefined;
  mutant: string | undefined;
}

const minutes = (since: number): number => (performance.now() - since) / 60_000;

/** The views aren't mutated. */
function sqlFunctions(): SqlFunction[] {
  return sqlFiles('sql/lead-bot/functions').flatMap((file) => {
    const text = readSource(file);
    return /^create or replace function/m.test(text) ? functionIn(file, text) : [];
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
): Promise<{ sample: Mutant[]; refused: number }> {
  const sample: Mutant[] = [];
  let refused = 0;
  for (const mutant of mutants) {
    if (sample.length === size) break;
    if ((await lane.refusal(mutant.sql)) === null) sample.push(mutant);
    else refused += 1;
  }
  return { sample, refused };
}

async function main(options: Options, isStopped: () => boolean): Promise<number> {
  const functions = sqlFunctions();
  const all = functions.flatMap(mutantsOf);
  const known = new Set(equivalents().map(({ id }) => id));
  const candidates = all.filter(({ id, name }) => {
    if (options.mutant !== undefined) return id === options.mutant;
    return !known.has(id) && (options.only === undefined || name === options.only);
  });
  if (candidates.length === 0) {
    console.error(`There is no mutant ${options.mutant ?? `of ${options.only}`}.`);
    return 1;
  }

  const begun = performance.now();
  const files = sourceFiles('test/sql', 'test/doctor').filter((file) => file.endsWith('.test.ts'));
  const reach = await measureReach({ lanes: options.lanes, files, functions, isStopped });
  if (isStopped()) return 1;
  const left = [...reach].flatMap(([file, tests]) =>
    tests.filter(({ fails }) => fails).map(({ name }) => `  ${file} › ${name}`),
  );
  console.error(`The reach of the tests is known after ${minutes(begun).toFixed(1)} minutes.`);
  if (left.length > 0) {
    console.error(`Left out, since they fail if a function only logs:\n${left.join('\n')}`);
  }

  const lanes = await Promise.all(Array.from({ length: options.lanes }, openLane));
  const open = new Set(lanes);
  const outcomes: Outcome[] = [];
  const since = performance.now();
  try {
    const [first] = lanes;
    if (first === undefined) throw new Error('--lanes is at least 1');
    const order = shuffled(candidates, options.seed);
    const { sample, refused } = await sampleOf(first, order, options.sample);
    console.error(
      `Trying ${sample.length} of ${all.length} mutants (seed ${options.seed}). Postgres refused ${refused}; ${known.size} are known to behave like the original.`,
    );

    const originals = new Map(functions.map(({ name, sql }) => [name, sql]));
    const notices = openNotices();
    const queue = sample.values();
    const work = async (opened: Lane): Promise<void> => {
      let lane = opened;
      for (const mutant of queue) {
        const steps = stepsFor(mutant, reach, notices);
        const outcome = await tryMutant(lane, mutant, steps, options.seconds);
        // Ctrl-C has ended the tests, too.
        if (isStopped()) return;
        outcomes.push(outcome);
        const { verdict, by } = outcome;
        if (verdict !== 'survived') notices.add(mutant.id, by.file);
        console.error(
          [
            `${outcomes.length} of ${sample.length}`,
            mutant.id,
            verdict === 'survived' ? verdict : `${verdict}: ${by.file} › ${by.test}`,
            `${outcome.seconds.toFixed(0)} s`,
          ].join('  '),
        );
        if (verdict === 'timed out') {
          // Something may still be running in this one.
          open.delete(lane);
          await lane.close();
          lane = await openLane();
          open.add(lane);
        } else await lane.put(originals.get(mutant.name) ?? '');
      }
    };
    await Promise.all(lanes.map(work));
  } finally {
    await Promise.all([...open].map((lane) => lane.close()));
  }
  console.log(summaryOf(outcomes, options.seed, minutes(since)));
  await writeReport(outcomes, options.seed, minutes(since));
  return shareNoticed(outcomes) >= ENOUGH && !isStopped() ? 0 : 1;
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
    console.log(`${mutant.id}  ${mutant.file}:${mutant.line}  ${mutant.rule}  ${changeOf(mutant)}`);
  }
} else {
  let stopped = false;
  const stop = () => {
    stopped = true;
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  const options = {
    seed: values.seed,
    sample: Number(values.sample),
    seconds: Number(values.seconds),
    lanes: Number(values.lanes),
    only: values.only,
    mutant: values.mutant,
  };
  process.exit(await main(options, () => stopped));
}
