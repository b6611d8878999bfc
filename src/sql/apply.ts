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
  /** `lock_timeout` of each try. */
  lockTimeoutMs: number;
  /** Pause before each retry. */
  pausesMs: readonly number[];
}

export interface ApplyOptions extends ComposeOptions {
  retry?: RetryPolicy;
}

type Report = (line: string) => void;

// Other sessions queue behind a statement that waits for a lock, so give up early and retry.
const DEFAULT_RETRY: RetryPolicy = {
  lockTimeoutMs: 3_000,
  pausesMs: [1_000, 2_000, 5_000, 10_000],
};

/**
 * Brings the database up to date with `sql/`: first one transaction, which leaves alone what is
 * already in place, then the indexes on tables with rows, one at a time.
 *
 * @param report gets a progress line for anything slow, an indented line per note of a step, a summary
 *   of the changes, and last whether the public key can read or change leads
 * @throws ApplyError naming the file and the fix
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
  let lock: pg.Client | undefined;
  try {
    lock = await acquireApplyLock(databaseUrl, report);
    const changes = await applyWithRetries(client, databaseUrl, script, {
      retry,
      report,
      isPrivateAsked: options.private === true,
    });
    const before = changes.get('index') ?? 0;
    const indexes = await buildIndexes(client, databaseUrl, query, report);
    if (before + indexes.size > 0) changes.set('index', before + indexes.size);
    report(summarize(changes));
    const warning = await describeExposure(client);
    if (warning !== '') report(warning);
    else if (changes.has('lead tables') && options.private !== false) report(PRIVATE);
  } finally {
    await lock?.end().catch(() => {});
    await client.end().catch(() => {});
  }
}

const PRIVATE = "The leads are private: the project's public key can't read or change them.";

/** Lock timeout and deadlock. Postgres has rolled back in both cases. */
const LOCK_ERRORS = new Set(['55P03', '40P01']);

/** @returns the number of changes of each kind */
async function applyWithRetries(
  client: pg.Client,
  databaseUrl: string,
  script: string,
  {
    retry,
    report,
    isPrivateAsked,
  }: {
    retry: RetryPolicy;
    report: Report;
    isPrivateAsked: boolean;
  },
): Promise<Map<string, number>> {
  const { lockTimeoutMs, pausesMs } = retry;
  const tries = pausesMs.length + 1;
  const pid = await pidOf(client);
  for (let attempt = 1; ; attempt += 1) {
    let blocked: Blocked | undefined;
    const stopWatching = watch(databaseUrl, lockTimeoutMs / 4, async (watcher) => {
      blocked = (await findBlockers(watcher, pid)) ?? blocked;
    });
    const run = await runOnce(client, script, isPrivateAsked, report);
    await stopWatching();
    if (run.error === undefined) return run.changes;
    const pause = pausesMs[attempt - 1];
    const isLocked = run.error instanceof pg.DatabaseError && LOCK_ERRORS.has(run.error.code ?? '');
    if (!isLocked)
      throw new ApplyError(explainError(run.error, run.step, script), { cause: run.error });
    const problem = `${blocked?.relation ?? 'A table'} is locked by ${blocked?.by ?? 'another transaction'}`;
    if (pause === undefined) {
      throw new ApplyError(gaveUpMessage(problem, blocked, run.step, tries), { cause: run.error });
    }
    report(`${problem}. Trying again in ${duration(pause)} (${attempt + 1} of ${tries}).`);
    await client.query('rollback');
    await sleep(pause);
  }
}

function gaveUpMessage(
  problem: string,
  blocked: Blocked | undefined,
  step: string,
  tries: number,
): string {
  const end = blocked?.pids.map((pid) => `select pg_terminate_backend(${pid});`).join(' ');
  return [
    `${problem}, and ${sqlFile(step)} needs to change it. Gave up after ${tries} tries; nothing was changed.`,
    `Run db:apply again once that transaction has ended${end ? `, or end it yourself: ${end}` : '.'}`,
  ].join('\n');
}

interface Run {
  changes: Map<string, number>;
  /** The last step that was started. */
  step: string;
  error?: unknown;
}

async function runOnce(
  client: pg.Client,
  script: string,
  isPrivateAsked: boolean,
  report: Report,
): Promise<Run> {
  const run: Run = { changes: new Map(), step: 'the start of the script' };
  const count = (what: string) => run.changes.set(what, (run.changes.get(what) ?? 0) + 1);
  const notes: string[] = [];
  const listen = ({ message = '' }: { message?: string | undefined }) => {
    if (message.startsWith(STEP)) run.step = message.slice(STEP.length);
    if (message.startsWith(CHANGED)) count(message.slice(CHANGED.length));
    if (message.startsWith(NOTE) && (isPrivateAsked || run.step !== PRIVATE_FILE)) {
      notes.push(message.slice(NOTE.length));
    }
    if (message.startsWith(CLOSED) && isPrivateAsked) {
      run.changes.set('access', 1);
      notes.push(message.slice(CLOSED.length));
    }
  };
  client.on('notice', listen);
  try {
    await client.query(script);
    for (const line of notes) report(`  ${line}`);
  } catch (error) {
    run.error = error;
  } finally {
    client.off('notice', listen);
  }
  return run;
}

const LABELS: Readonly<Record<string, readonly [one: string, many?: string]>> = {
  'lead tables': ['the lead tables'],
  role: ['the role lead_bot'],
  extension: ['the extension pg_trgm'],
  migration: ['1 migration', 'migrations'],
  function: ['1 function', 'functions'],
  index: ['1 index', 'indexes'],
  providers: ['the list of mail providers'],
  access: ['who can read and change leads'],
  'sample leads': ['the sample leads'],
};

/** `Changed: 2 functions, 1 index.` */
function summarize(changes: ReadonlyMap<string, number>): string {
  const parts = Object.entries(LABELS).flatMap(([what, [one, many]]) => {
    const n = changes.get(what) ?? 0;
    if (n === 0) return [];
    return n > 1 && many !== undefined ? `${n} ${many}` : one;
  });
  return parts.length === 0 ? 'Nothing to change.' : `Changed: ${parts.join(', ')}.`;
}

/** What the public key can read or change, as a sentence; empty if nothing, or if the check fails. */
async function describeExposure(client: pg.Client): Promise<string> {
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
      key === 'relations' ? `read leads in ${names}` : `change leads in ${names}`,
    );
    return `Anyone with the project's public key can ${can.join(', and ')}. To close that: npm run db:apply -- --private`;
  } catch {
    return '';
  }
}
