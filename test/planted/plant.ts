import { parseArgs } from 'node:util';
import { gitApply } from './git-apply.ts';
import { type PlantedBug, plantedBugs } from './planted-bug.ts';
import { makeScratch, type TestOutcome } from './scratch.ts';

const HELP = `npm run planted                 puts each bug of test/planted into a copy of the code, one at a time,
                                and checks that the test named in its patch fails
npm run planted -- claim token  only bugs with one of these words in their name

Exits with 0 if every bug was caught. To update a patch that no longer applies: make the change that its
first line describes, write its three header lines, an empty line and the output of git diff into the
patch, and revert the change.`;

/** Limited, since each starts a PostgreSQL. */
const PARALLEL = 2;

/** Start of a failed expectation's message, including `rejects`. */
const FAILED_EXPECTATION = /^AssertionError|^Error: promise (?:resolved|rejected) /;

interface Finding {
  bug: PlantedBug;
  /** Why the bug was not caught; null if it was. */
  missed: string | null;
  seconds: number;
}

async function plant(bug: PlantedBug): Promise<string | null> {
  const scratch = await makeScratch();
  try {
    const refused = gitApply(scratch.folder, bug.patch);
    if (refused !== null) return `the patch no longer applies: ${refused}`;
    const [outcome] = await scratch.test([bug.caughtBy]);
    return verdict(outcome ?? null);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await scratch.remove();
  }
}

/** Returns why a bug does not count as caught, or null if it does. */
function verdict(named: TestOutcome | null): string | null {
  if (named === null) return 'the named test did not run: was it renamed?';
  if (named.passed) return 'NOT CAUGHT: the named test passes';
  // A test that fails with another error or a timeout proves nothing.
  const [failure = ''] = named.failures;
  return FAILED_EXPECTATION.test(failure)
    ? null
    : `the named test fails with another error: ${failure.split('\n')[0]}`;
}

/** Named tests that fail even without a bug. */
async function failingWithoutBug(bugs: readonly PlantedBug[]): Promise<string[]> {
  const scratch = await makeScratch();
  try {
    const outcomes = await scratch.test(bugs.map(({ caughtBy }) => caughtBy));
    return bugs.flatMap(({ name, caughtBy: { file, title } }, i) =>
      outcomes[i]?.passed ? [] : [`${name}: ${file} › ${title}`],
    );
  } finally {
    await scratch.remove();
  }
}

async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const queue = items.entries();
  const results: R[] = [];
  const worker = async () => {
    for (const [place, item] of queue) results[place] = await work(item);
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return results;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { help: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const bugs = plantedBugs().filter(
    ({ name }) => positionals.length === 0 || positionals.some((word) => name.includes(word)),
  );
  if (bugs.length === 0) {
    console.error(`No planted bug has a name with ${positionals.join(' or ')}.`);
    return 1;
  }

  const startedAt = performance.now();
  const seconds = (since: number): number => (performance.now() - since) / 1000;
  console.error(`Running the ${bugs.length} named tests without a bug …`);
  const failing = await failingWithoutBug(bugs);
  if (failing.length > 0) {
    console.error(`These tests fail without a bug. Fix them first:\n${failing.join('\n')}`);
    return 1;
  }

  let done = 0;
  const findings = await inTurn(bugs, async (bug): Promise<Finding> => {
    const since = performance.now();
    const missed = await plant(bug);
    done += 1;
    console.error(`${done} of ${bugs.length}  ${bug.name}: ${missed ?? 'caught'}`);
    return { bug, missed, seconds: seconds(since) };
  });

  console.log('\n| planted bug | caught by | s |\n|---|---|---|');
  for (const { bug, missed, seconds: took } of findings) {
    const by = missed === null ? `${bug.caughtBy.file}: ${bug.caughtBy.title}` : `**${missed}**`;
    console.log(`| ${bug.bug} | ${by} | ${took.toFixed(1)} |`);
  }
  const caught = findings.filter(({ missed }) => missed === null).length;
  console.log(`\n${caught} of ${bugs.length} caught, in ${seconds(startedAt).toFixed(0)} s`);
  if (caught < bugs.length) console.error(`\n${HELP}`);
  return caught === bugs.length ? 0 : 1;
}

process.exit(await main());
