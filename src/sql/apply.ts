import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { ApplyError } from './apply-error.ts';
import { buildIndexes } from './build-indexes.ts';
import {
  CHANGED,
  CLOSED,
  type ComposeOptions,
  composeTransaction,
  indexesLeft,
  LOCK_KEY,
  NOTE,
  PRIVATE_STEP,
  STEP,
} from './compose.ts';
import { CannotConnect, connect } from './connect.ts';
import { type Blocked, blockedBy, describe, duration, pidOf, watch } from './lock-holders.ts';

export interface Patience {
  /** How long a statement waits for a lock. */
  lockTimeoutMs: number;
  /** How long to stay away before each further try. */
  pausesMs: readonly number[];
}

export interface ApplyOptions extends ComposeOptions {
  patience?: Patience;
}

type Report = (line: string) => void;

// Everyone else waits behind a statement that waits, so it gives up soon and comes back later.
const PATIENCE: Patience = { lockTimeoutMs: 3_000, pausesMs: [1_000, 2_000, 5_000, 10_000] };

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
  const patience = options.patience ?? PATIENCE;
  const script = await composeTransaction({ ...options, lockTimeoutMs: patience.lockTimeoutMs });
  const query = await indexesLeft(options);
  const client = await reach(databaseUrl);
  let turn: pg.Client | undefined;
  try {
    turn = await takeTurn(databaseUrl, report);
    const changes = await applyPatiently(client, databaseUrl, script, {
      patience,
      report,
      asked: options.private === true,
    });
    const before = changes.get('index') ?? 0;
    const indexes = await buildIndexes(client, databaseUrl, query, report);
    if (before + indexes.size > 0) changes.set('index', before + indexes.size);
    report(inWords(changes));
    const exposed = await exposure(client);
    if (exposed !== '') report(exposed);
    else if (changes.has('lead tables') && options.private !== false) report(PRIVATE);
  } finally {
    await turn?.end().catch(() => {});
    await client.end().catch(() => {});
  }
}

const PRIVATE = "The leads are private: the project's public key neither reads nor changes any.";

const reach = (databaseUrl: string): Promise<pg.Client> =>
  connect(databaseUrl, 'db:apply').catch((error: unknown) => {
    throw error instanceof CannotConnect ? new ApplyError(error.message) : error;
  });

/**
 * A connection that holds the lock of `db:apply` until it ends. It stays in a transaction without a
 * snapshot, for which no build of an index waits; and it asks anew rather than wait in line, since
 * whoever waits in a statement has a snapshot.
 */
async function takeTurn(databaseUrl: string, report: Report): Promise<pg.Client> {
  const turn = await reach(databaseUrl);
  try {
    for (let saidSo = false; ; saidSo = true) {
      await turn.query(
        'begin isolation level read committed; set local idle_in_transaction_session_timeout = 0',
      );
      const { rows } = await turn.query<{ mine: boolean }>(
        `select pg_try_advisory_xact_lock(${LOCK_KEY}) as mine`,
      );
      if (rows[0]?.mine) return turn;
      await turn.query('rollback');
      if (!saidSo)
        report(`Another db:apply is at work on this database${await whose(turn)}. Waiting for it.`);
      await sleep(250);
    }
  } catch (error) {
    await turn.end().catch(() => {});
    throw error;
  }
}

/** Who holds the lock of `db:apply`. */
async function whose(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ pid: number }>(
    `select l.pid from pg_locks l
      where l.locktype = 'advisory' and l.granted and l.objsubid = 1
        and l.database = (select oid from pg_database where datname = current_database())
        and (l.classid::bigint << 32) | l.objid::bigint = ${LOCK_KEY}`,
  );
  return rows.length === 0
    ? ''
    : `: ${await describe(
        client,
        rows.map(({ pid }) => pid),
      )}`;
}

/** Lock timeout; deadlock: in both the database has taken everything back. */
const IN_THE_WAY = new Set(['55P03', '40P01']);

/** @returns how often each thing was changed */
async function applyPatiently(
  client: pg.Client,
  databaseUrl: string,
  script: string,
  {
    patience,
    report,
    asked,
  }: {
    patience: Patience;
    report: Report;
    asked: boolean;
  },
): Promise<Map<string, number>> {
  const { lockTimeoutMs, pausesMs } = patience;
  const tries = pausesMs.length + 1;
  const pid = await pidOf(client);
  for (let attempt = 1; ; attempt += 1) {
    let seen: Blocked | undefined;
    const stopWatching = watch(databaseUrl, lockTimeoutMs / 4, async (watcher) => {
      seen = (await blockedBy(watcher, pid)) ?? seen;
    });
    const run = await runOnce(client, script, asked, report);
    await stopWatching();
    if (run.error === undefined) return run.changes;
    const pause = pausesMs[attempt - 1];
    const stopped = run.error instanceof pg.DatabaseError && IN_THE_WAY.has(run.error.code ?? '');
    if (!stopped) throw new ApplyError(explain(run.error, run.step, script), { cause: run.error });
    const who = `${seen?.relation ?? 'A table'} is locked by ${seen?.by ?? 'another transaction'}`;
    if (pause === undefined) {
      throw new ApplyError(gaveUp(who, seen, run.step, tries), { cause: run.error });
    }
    report(`${who}. Trying again in ${duration(pause)} (${attempt + 1} of ${tries}).`);
    await client.query('rollback');
    await sleep(pause);
  }
}

function gaveUp(who: string, seen: Blocked | undefined, step: string, tries: number): string {
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
    if (message.startsWith(NOTE) && (asked || run.step !== PRIVATE_STEP)) {
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
function inWords(changes: ReadonlyMap<string, number>): string {
  const parts = Object.entries(WORDS).flatMap(([what, [one, many]]) => {
    const n = changes.get(what) ?? 0;
    if (n === 0) return [];
    return n > 1 && many !== undefined ? `${n} ${many}` : one;
  });
  return parts.length === 0 ? 'Nothing to change.' : `Changed: ${parts.join(', ')}.`;
}

/** What the public key can read, in a sentence; nothing when it can't be told. */
async function exposure(client: pg.Client): Promise<string> {
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

/** Of data that does not fit and of constraints Postgres quotes what is in the row. */
const QUOTES_ROWS = /^(?:22|23)/;

const sqlFile = (step: string): string => (step.endsWith('.sql') ? `sql/${step}` : step);

function explain(error: unknown, step: string, script: string): string {
  if (!(error instanceof pg.DatabaseError)) {
    const message = error instanceof Error ? error.message : String(error);
    return `The connection broke in ${step} (${message}). Nothing was changed; run it again.`;
  }
  const line = lineOf(error, script);
  const quotes = QUOTES_ROWS.test(error.code ?? '');
  const said = quotes ? 'a row of the tables is in the way' : error.message;
  const lines = [
    `${sqlFile(step)}${line === undefined ? '' : `:${line}`}: ${said} (${error.code ?? 'no code'})`,
    error.detail && !quotes ? `Detail: ${error.detail}` : '',
    quotes && error.constraint ? `Constraint: ${error.constraint}` : '',
    error.hint ? `Hint: ${error.hint}` : '',
    error.code === '42501' ? adviceOnRights(error.message) : '',
    'Nothing was changed.',
  ];
  return lines.filter((text) => text !== '').join('\n');
}

const adviceOnRights = (message: string): string =>
  message.startsWith('must be owner of')
    ? 'It belongs to another role. Mend as that role: alter its owner to the role of DATABASE_URL, or grant that role yours; then run it again.'
    : 'DATABASE_URL must be of the role postgres, the owner of the database.';

/** Which line of its file, where Postgres gives a position in that; not in a statement inside of it. */
function lineOf(
  { internalPosition, internalQuery }: pg.DatabaseError,
  script: string,
): number | undefined {
  // Files are executed from between dollar quotes, and begin after a line break.
  if (!internalPosition || !internalQuery || !script.includes(`$${internalQuery}$`))
    return undefined;
  // Postgres counts characters, JavaScript counts an emoji as two.
  const before = [...internalQuery].slice(0, Number(internalPosition) - 1).join('');
  return before.replace(/^\n/, '').split('\n').length;
}
