import pg from 'pg';
import { type ComposeOptions, composeSql, STEP } from './compose.ts';

/** What went wrong, in words for the person at the terminal; no password in it. */
export class ApplyError extends Error {
  override name = 'ApplyError';
}

/**
 * Brings the database to what `sql/` says, in one transaction: it is done wholly or not at all.
 * Runs the very text that `composeSql` returns.
 *
 * @param report gets one short line per step
 * @throws ApplyError naming the file and what to do
 */
export async function applySql(
  databaseUrl: string,
  options: ComposeOptions,
  report: (line: string) => void = () => {},
): Promise<void> {
  const script = await composeSql(options);
  const client = await connect(databaseUrl);
  let current = 'the beginning of the script';
  client.on('notice', ({ message }) => {
    if (!message?.startsWith(STEP)) return;
    current = message.slice(STEP.length);
    report(current);
  });
  client.on('error', () => {}); // The query that is under way reports it.
  try {
    await client.query(script);
  } catch (error) {
    throw new ApplyError(explain(error, current, script), { cause: error });
  } finally {
    await client.end().catch(() => {});
  }
}

async function connect(databaseUrl: string): Promise<pg.Client> {
  const url = parseUrl(databaseUrl);
  const where = `${url.hostname}:${url.port || '5432'}`;
  const client = new pg.Client({
    connectionString: withLibpqSsl(url),
    connectionTimeoutMillis: 10_000,
    application_name: 'lead-alerts db:apply',
  });
  try {
    await client.connect();
    return client;
  } catch (error) {
    throw new ApplyError(`Cannot connect to ${where}: ${connectionAdvice(error)}`);
  }
}

function parseUrl(text: string): URL {
  if (text.trim() === '') {
    throw new ApplyError(
      'DATABASE_URL is missing. Put it into .env or the environment: in Supabase under Connect, ' +
        '"Session pooler" or "Direct connection".',
    );
  }
  const example = 'postgresql://user:password@host:5432/postgres';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^postgres(ql)?:$/.test(url.protocol) || url.hostname === '') {
    throw new ApplyError(
      `DATABASE_URL is malformed. It looks like ${example}; write characters such as @ : / # ? ` +
        'in the password as %40 %3A %2F %23 %3F.',
    );
  }
  if (url.password.includes('YOUR-PASSWORD')) {
    throw new ApplyError('DATABASE_URL still has the placeholder [YOUR-PASSWORD] in it.');
  }
  return url;
}

/**
 * sslmode as psql reads it: `require` encrypts without checking the certificate, since Supabase signs
 * with an authority of its own. pg reads it as verify-full. Beyond this machine, encryption is the default.
 */
function withLibpqSsl(url: URL): string {
  const copy = new URL(url);
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(copy.hostname);
  if (!local && !copy.searchParams.has('sslmode')) copy.searchParams.set('sslmode', 'require');
  if (copy.searchParams.has('sslmode')) copy.searchParams.set('uselibpqcompat', 'true');
  return copy.href;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function connectionAdvice(error: unknown): string {
  const inner = error instanceof AggregateError ? error.errors[0] : error;
  const message = inner instanceof Error ? inner.message : String(inner);
  const code = codeOf(inner);
  if (code === 'ECONNREFUSED')
    return 'nothing listens there. Is the database running, is the port right?';
  if (code === 'ENOTFOUND' || code === 'ENETUNREACH' || code === 'EAI_AGAIN') {
    return (
      `${message}. Check the host. Supabase's direct connection (db.….supabase.co) needs IPv6; ` +
      'the session pooler (….pooler.supabase.com) works everywhere.'
    );
  }
  if (code === '28P01' || code === '28000') return 'user or password is wrong.';
  if (code === '3D000') return 'the server has no such database.';
  if (message.includes('does not support SSL')) {
    return 'the server does not speak TLS. If that is meant, add ?sslmode=disable.';
  }
  if (message.includes('timeout'))
    return 'no answer within 10 s. Is a firewall or a network restriction in between?';
  return message;
}

function explain(error: unknown, step: string, script: string): string {
  if (!(error instanceof pg.DatabaseError)) {
    const message = error instanceof Error ? error.message : String(error);
    return `The connection broke in ${step} (${message}). Nothing was changed; run it again.`;
  }
  const file = step.endsWith('.sql') ? `sql/${step}` : step;
  const lines = [
    `${file}${lineOf(error, step, script)}: ${error.message} (${error.code ?? 'no code'})`,
    ...(error.detail ? [`Detail: ${error.detail}`] : []),
    ...(error.hint ? [`Hint: ${error.hint}`] : []),
    error.code === '42501'
      ? 'DATABASE_URL must be of the role postgres, the owner of the database.'
      : '',
    error.hint?.includes('Nothing was changed') ? '' : 'Nothing was changed.',
  ];
  return lines.filter((line) => line !== '').join('\n');
}

/** `:12` where Postgres says at which character it stopped, and that lies inside a file. */
function lineOf(error: pg.DatabaseError, step: string, script: string): string {
  const newlines = (text: string) => text.split('\n').length;
  if (error.internalPosition && error.internalQuery) {
    // A file that is executed inside a guard; its text begins after one line break.
    const before = error.internalQuery.slice(0, Number(error.internalPosition));
    return `:${newlines(before.replace(/^\n/, ''))}`;
  }
  if (!error.position) return '';
  const start = script.indexOf(`${STEP}${step}'`);
  const fileStart = script.indexOf('\n\n', start) + 2;
  const offset = Number(error.position) - 1;
  return start >= 0 && offset >= fileStart ? `:${newlines(script.slice(fileStart, offset))}` : '';
}
