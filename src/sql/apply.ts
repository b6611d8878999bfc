import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { ApplyError } from './apply-error.ts';
import { acquireApplyLock, connectToApply } from './apply-lock.ts';
import { buildIndexes } from './build-indexes.ts';
import { type ComposeOptions, composeTransaction, pendingIndexesQuery } from './compose.ts';
import { explainError, sqlFile } from './explain-error.ts';
import { type Blocked, duration, findBlockers, pidOf, watch } from './lock-holders.ts';
import { PRIVATE_FILE } from './steps/lead-table-rights.ts';
import { CHANGED, CLOSED, NOTE, STEP } from './steps/step.ts';

export interface RetryPolicy {
  /** How long a statement waits for a lock. */
  lockTimeoutMs: number;
  /** How long to stay away before each further try. */
  pausesMs: readonly number[];
}

export interface ApplyOptions extends ComposeOptions {
  retry?: RetryPolicy;
}

type Report = (line: string) => void;

// Everyone else waits behind a statement that waits, so it gives up soon and comes back later.
const DEFAULT_RETRY: RetryPolicy = {
  lockTimeoutMs: 3_000,
  pausesMs: [1_000, 2_000, 5_000, 10_000],
};

/**
 * Brings the database to what `sql/` says. First one transaction, which is done wholly or not at all
 * and touches nothing that is as it should be; then the indexes on tables with rows, one by one.
 *
 * @param report gets a line for whatever takes long, an indented one for what a step says it has done,
 *   at the end what was changed, and last whether the leads are open to the public key
 * @throws ApplyError naming the file and what to do
 */
export async function applySql(
  databaseUrl: string,
  options: ApplyOptions,
  report: Report = () => {},
): Promise<void> {
  const retry = options.retry ?? DEFAULT_RETRY;
  const script = await composeTransaction({ ...options, lockTimeoutMs: retry.lockTimeoutMs });
  const query = await pendingIndexesQuery(options);
  const client = await connectToApply(databaseUrl);
  let turn: pg.Client | undefined;
  try {
    turn = await acquireApplyLock(databaseUrl, report);
    const changes = await applyWithRetries(client, databaseUrl, script, {
      retry,
      report,
      asked: options.private === true,
    });
    const before = changes.get('index') ?? 0;
    const indexes = await buildIndexes(client, databaseUrl, query, report);
    if (before + indexes.size > 0) changes.set('index', before + indexes.size);
    report(summarize(changes));
    const exposed = await warnIfPublic(client);
    if (exposed !== '') report(exposed);
    else if (changes.has('lead tables') && options.private !== false) report(PRIVATE);
  } finally {
    await turn?.end().catch(() => {});
    await client.end().catch(() => {});
  }
}

const PRIVATE = "The leads are private: the project's public key neither reads nor changes any.";

/** Lock timeout; deadlock: in both the database has taken everything back. */
const LOCK_ERRORS = new Set(['55P03', '40P01']);

/** @returns how often each thing was changed */
async function applyWithRetries(
  client: pg.Client,
  databaseUrl: string,
  script: string,
  {
    retry,
    report,
    asked,
  }: {
    retry: RetryPolicy;
    report: Report;
    asked: boolean;
  },
): Promise<Map<string, number>> {
  const { lockTimeoutMs, pausesMs } = retry;
  const tries = pausesMs.length + 1;
  const pid = await pidOf(client);
  for (let attempt = 1; ; attempt += 1) {
    let seen: Blocked | undefined;
    const stopWatching = watch(databaseUrl, lockTimeoutMs / 4, async (watcher) => {
      seen = (await findBlockers(watcher, pid)) ?? seen;
    });
    const run = await runOnce(client, script, asked, report);
    await stopWatching();
    if (run.error === undefined) return run.changes;
    const pause = pausesMs[attempt - 1];
    const stopped = run.error instanceof pg.DatabaseError && LOCK_ERRORS.has(run.error.code ?? '');
    if (!stopped)
      throw new ApplyError(explainError(run.error, run.step, script), { cause: run.error });
    const who = `${seen?.relation ?? 'A table'} is locked by ${seen?.by ?? 'another transaction'}`;
    if (pause === undefined) {
      throw new ApplyError(gaveUpMessage(who, seen, run.step, tries), { cause: run.error });
    }
    report(`${who}. Trying again in ${duration(pause)} (${attempt + 1} of ${tries}).`);
    await client.query('rollback');
    await sleep(pause);
  }
}

function gaveUpMessage(
  who: string,
  seen: Blocked | undefined,
  step: string,
  tries: number,
): string {
  const end = seen?.pids.map((pid) => `select pg_terminate_backend(${pid});`).join(' ');
  return [
    `${who}, and ${sqlFile(step)} has to change it. Tried ${tries} times. Nothing was changed.`,
    `Run db:apply again when that transaction has ended${end ? `, or end it yourself: ${end}` : '.'}`,
  ].join('\n');
}

interface Run {
  changes: Map<string, number>;
  /** Where it was in the end. */
  step: string;
  error?: unknown;
}

async function runOnce(
  client: pg.Client,
  script: string,
  asked: boolean,
  report: Report,
): Promise<Run> {
  const run: Run = { changes: new Map(), step: 'the beginning of the script' };
  const count = (what: string) => run.changes.set(what, (run.changes.get(what) ?? 0) + 1);
  const said: string[] = [];
  const listen = ({ message = '' }: { message?: string | undefined }) => {
    if (message.startsWith(STEP)) run.step = message.slice(STEP.length);
    if (message.startsWith(CHANGED)) count(message.slice(CHANGED.length));
    if (message.startsWith(NOTE) && (asked || run.step !== PRIVATE_FILE)) {
      said.push(message.slice(NOTE.length));
    }
    if (message.startsWith(CLOSED) && asked) {
      run.changes.set('access', 1);
      said.push(message.slice(CLOSED.length));
    }
  };
  client.on('notice', listen);
  try {
    await client.query(script);
    for (const line of said) report(`  ${line}`);
  } catch (error) {
    run.error = error;
  } finally {
    client.off('notice', listen);
  }
  return run;
}

const WORDS: Readonly<Record<string, readonly [one: string, many?: string]>> = {
  'lead tables': ['the lead tables'],
  role: ['the role lead_bot'],
  extension: ['the extension pg_trgm'],
  migration: ['1 migration', 'migrations'],
  function: ['1 function', 'functions'],
  index: ['1 index', 'indexes'],
  providers: ['the list of mail providers'],
  access: ['who may read and change leads'],
  'sample leads': ['the sample leads'],
};

/** `Changed: 2 functions, 1 index.` */
function summarize(changes: ReadonlyMap<string, number>): string {
  const parts = Object.entries(WORDS).flatMap(([what, [one, many]]) => {
    const n = changes.get(what) ?? 0;
    if (n === 0) return [];
    return n > 1 && many !== undefined ? `${n} ${many}` : one;
  });
  return parts.length === 0 ? 'Nothing to change.' : `Changed: ${parts.join(', ')}.`;
}

/** What the public key can read, in a sentence; nothing when it can't be told. */
async function warnIfPublic(client: pg.Client): Promise<string> {
  try {
    await client.query(`set lock_timeout = '1s'`);
    const { rows } = await client.query<{ key: string; names: string }>(
      `select e.key, string_agg(regexp_replace(r ->> 'name', '^public\\.', ''), ', ' order by r ->> 'name') as names
         from jsonb_each(public.lead_bot_exposed()) e, jsonb_array_elements(e.value) r
        where e.key in ('relations', 'writable') and r ->> 'role' = 'anon'
        group by 1 order by 1`,
    );
    if (rows.length === 0) return '';
    const can = rows.map(({ key, names }) =>
      key === 'relations' ? `read leads, in ${names}` : `change leads, in ${names}`,
    );
    return `Whoever has the project's public key can ${can.join(', and ')}. npm run db:apply -- --private closes that.`;
  } catch {
    return '';
  }
}
