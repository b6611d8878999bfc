import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { readSource, sourceFiles, sqlFiles } from '../../support/source-files.ts';
import { isTimeout, openLane, ROOT } from './lane.ts';
import type { SqlFunction } from './mutants.ts';
import { tokensOf } from './tokens.ts';

const CACHE = `${ROOT}/.stryker/sql-reach.json`;

const testReach = z.object({
  id: z.string(),
  name: z.string(),
  ms: z.number(),
  /** Fails although the functions only log: it compares their text, say. */
  fails: z.boolean(),
  /** Names of functions. */
  reached: z.array(z.string()),
});
export type TestReach = z.infer<typeof testReach>;

const cache = z.object({
  files: z.record(z.string(), z.object({ hash: z.string(), tests: z.array(testReach) })),
});

/** Per test file, its tests and the functions that each reaches. */
export type Reach = ReadonlyMap<string, readonly TestReach[]>;

/**
 * Runs the files once with functions that log their calls. What was measured for the same tests, code and SQL is
 * taken from `.stryker/`.
 */
export async function measureReach(options: {
  lanes: number;
  files: readonly string[];
  functions: readonly SqlFunction[];
  isStopped: () => boolean;
}): Promise<Reach> {
  const { files, functions, isStopped } = options;
  const known = await readCache();
  const base = hashOf([
    ...sourceFiles('src', 'test/support'),
    ...['functions', 'migrations'].flatMap((folder) => sqlFiles(`sql/lead-bot/${folder}`)),
    ...sqlFiles('sql/lead-scoring'),
  ]);
  const hashes = new Map(files.map((file) => [file, hashOf([file], base)]));
  const missing = files.filter((file) => known[file]?.hash !== hashes.get(file));
  if (missing.length > 0) {
    console.error(`Measuring which functions ${missing.length} test files reach …`);
    await mkdir(dirname(CACHE), { recursive: true });
  }
  const queue = missing.values();
  const measure = async (): Promise<void> => {
    const lane = await openLane();
    try {
      await lane.observe();
      await lane.put(LOG_CALL, ...functions.map(logging));
      lane.takeLog();
      for (const file of queue) {
        const tests = await lane.run(file);
        if (isStopped()) return;
        const failing = tests.filter(({ failed }) => failed);
        // On a busy machine a test may only have been slow: it is measured again next time.
        const isSlow = failing.some(({ error }) => isTimeout(error));
        const hash = isSlow ? '' : (hashes.get(file) ?? '');
        known[file] = { hash, tests: reachOf(tests, lane.takeLog()) };
        await writeFile(CACHE, JSON.stringify({ files: known }));
        const failures = failing.length > 0 ? `, ${failing.length} fail` : '';
        console.error(`  ${file}: ${tests.length} tests${failures}`);
      }
    } finally {
      await lane.close();
    }
  };
  const lanes = Math.min(options.lanes, missing.length);
  await Promise.all(Array.from({ length: lanes }, measure));
  return new Map(files.map((file) => [file, known[file]?.tests ?? []]));
}

async function readCache(): Promise<z.infer<typeof cache>['files']> {
  try {
    return cache.parse(JSON.parse(await readFile(CACHE, 'utf8'))).files;
  } catch {
    return {};
  }
}

function hashOf(files: readonly string[], seed = ''): string {
  const hash = createHash('sha256').update(seed);
  for (const file of files) hash.update(`${file}\n${readSource(file)}\n`);
  return hash.digest('hex');
}

/** In a schema of its own, since tests list what is in ours. */
const LOG_CALL = `
  create schema if not exists mutation;
  grant usage on schema mutation to public;
  create or replace function mutation.log_call(p_name text) returns void language plpgsql
  as $$ begin raise log 'reached %', p_name; end $$;`;

/** The function, logging each call. */
function logging({ file, name, sql, language, body }: SqlFunction): string {
  const inserted = (at: number, text: string) => sql.slice(0, at) + text + sql.slice(at);
  if (language === 'sql') return inserted(body.start, ` select mutation.log_call('${name}'); `);
  const begin = tokensOf(sql, body.start, body.end).find(({ text }) => text === 'begin');
  if (begin === undefined) throw new Error(`${file} has no begin`);
  return inserted(begin.end, ` raise log 'reached %', '${name}'; `);
}

/** The time of a call in seconds, and the function's name. */
const CALL = /^\d+\.\d{3} LOG: {2}reached \w+$/gm;

function reachOf(
  tests: readonly { id: string; name: string; failed: boolean; startedAt: number; ms: number }[],
  log: string,
): TestReach[] {
  // A function may be called a million times.
  const lines = new Set(log.match(CALL));
  const calls = [...lines].map((line) => {
    const [at, , , name = ''] = line.split(/ +/);
    return { at: Number(at) * 1000, name };
  });
  const during = ({ startedAt, ms }: { startedAt: number; ms: number }, at: number) =>
    at >= startedAt - 2 && at <= startedAt + ms + 2;
  // By what the file does before its tests, for all of them.
  const shared = calls.filter(({ at }) => !tests.some((test) => during(test, at)));
  return tests.map((test) => ({
    id: test.id,
    name: test.name,
    ms: Math.round(test.ms),
    fails: test.failed,
    reached: [
      ...new Set(
        [...calls.filter(({ at }) => during(test, at)), ...shared].map(({ name }) => name),
      ),
    ],
  }));
}
