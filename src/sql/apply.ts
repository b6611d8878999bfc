import pg from 'pg';
import { type ComposeOptions, composeSql, NOTE, STEP } from './compose.ts';

/** What went wrong, in words for the person at the terminal; no password in it. */
export class ApplyError extends Error {
  override name = 'ApplyError';
}

/**
 * Brings the database to what `sql/` says, in one transaction: it is done wholly or not at all.
 * Runs the very text that `composeSql` returns.
 *
 * @param report gets one short line per step, and an indented one for what a step says it has done
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
    if (message?.startsWith(NOTE)) report(`  ${message.slice(NOTE.length)}`);
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

function explain(error: unknown, announced: string, script: string): string {
  if (!(error instanceof pg.DatabaseError)) {
    const message = error instanceof Error ? error.message : String(error);
    return `The connection broke in ${announced} (${message}). Nothing was changed; run it again.`;
  }
  const { step, line } = whereabouts(error, announced, script);
  const place = step.endsWith('.sql') ? `sql/${step}` : step;
  const lines = [
    `${place}${line === undefined ? '' : `:${line}`}: ${error.message} (${error.code ?? 'no code'})`,
    error.detail ? `Detail: ${error.detail}` : '',
    error.hint ? `Hint: ${error.hint}` : '',
    error.code === '42501'
      ? 'DATABASE_URL must be of the role postgres, the owner of the database.'
      : '',
    'Nothing was changed.',
  ];
  return lines.filter((text) => text !== '').join('\n');
}

/**
 * Which file, and which line of it where Postgres gives a position. A syntax error stops the script
 * before its first step is announced, so a position in the script counts more than the announcement.
 */
function whereabouts(
  error: pg.DatabaseError,
  announced: string,
  script: string,
): { step: string; line?: number } {
  const lineIn = (text: string) => text.split('\n').length;
  if (error.internalPosition && error.internalQuery) {
    // A file executed inside a guard; its text begins after one line break.
    const before = error.internalQuery.slice(0, Number(error.internalPosition) - 1);
    return { step: announced, line: lineIn(before.replace(/^\n/, '')) };
  }
  if (!error.position) return { step: announced };
  // Postgres counts characters, JavaScript counts an emoji as two.
  const before = [...script].slice(0, Number(error.position) - 1).join('');
  const mark = before.lastIndexOf(`raise info '${STEP}`);
  if (mark < 0) return { step: announced };
  const name = mark + `raise info '${STEP}`.length;
  const step = script.slice(name, script.indexOf("'", name));
  const file = before.slice(before.indexOf('\n\n', name) + 2);
  return file.startsWith('do $guard') ? { step } : { step, line: lineIn(file) };
}
