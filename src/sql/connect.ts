import pg from 'pg';
import { describeMisplaced, strayQuotesOrComment } from '../settings.ts';

/** Why DATABASE_URL can't be reached and what to do. Never contains the password. */
export class CannotConnect extends Error {
  override readonly name = 'CannotConnect';
}

/**
 * Connects to the database as its owner.
 *
 * @param command shows up in `application_name`
 * @throws CannotConnect
 */
export async function connect(databaseUrl: string, command: string): Promise<pg.Client> {
  const url = parseUrl(databaseUrl);
  const where = `${url.hostname}:${url.port || '5432'}`;
  const client = new pg.Client({
    connectionString: withLibpqSsl(url),
    connectionTimeoutMillis: 10_000,
    application_name: `lead-alerts ${command}`,
    // Firewalls drop connections that are silent during a long index build.
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
  });
  // The current or next query reports a broken connection.
  client.on('error', () => {});
  try {
    await client.connect();
    return client;
  } catch (error) {
    throw new CannotConnect(`Cannot connect to ${where}: ${connectionAdvice(error)}`);
  }
}

const WHERE_IT_IS = 'Supabase dashboard → Connect → Session pooler';

function parseUrl(given: string): URL {
  const text = given.trim();
  if (text === '') {
    throw new CannotConnect(
      `DATABASE_URL is missing (${WHERE_IT_IS}). Put it into .env or the environment.`,
    );
  }
  const around = strayQuotesOrComment(text);
  if (around !== null) throw new CannotConnect(`DATABASE_URL ${around}.`);
  const example = 'postgresql://user:password@host:5432/postgres';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // An @ after the host: part of an unescaped password was parsed as host and port.
  const cut = url !== undefined && /@/.test(`${url.pathname}${url.search}${url.hash}`);
  if (!url || cut || !/^postgres(ql)?:$/.test(url.protocol) || url.hostname === '') {
    const other = describeMisplaced('DATABASE_URL', text);
    throw new CannotConnect(
      other === null
        ? `DATABASE_URL is malformed. It looks like ${example}; write characters such as @ : / # ? ` +
            `in the password as %40 %3A %2F %23 %3F (${WHERE_IT_IS}).`
        : `DATABASE_URL must be like ${example} (${WHERE_IT_IS}); ${other}.`,
    );
  }
  if (url.password.includes('YOUR-PASSWORD')) {
    throw new CannotConnect('DATABASE_URL still has the placeholder [YOUR-PASSWORD] in it.');
  }
  if (url.port === '6543' && /\.supabase\.(?:com?|in|red)$/.test(url.hostname)) {
    throw new CannotConnect(
      `DATABASE_URL points at the transaction pooler, which keeps no session. Use the session pooler, on port 5432 (${WHERE_IT_IS}).`,
    );
  }
  return url;
}

/**
 * Reads sslmode as psql does: `require` encrypts without verifying the certificate, because Supabase
 * signs with its own CA. pg alone would read it as verify-full. Remote hosts default to `require`.
 */
function withLibpqSsl(url: URL): string {
  const copy = new URL(url);
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(copy.hostname);
  if (!local && !copy.searchParams.has('sslmode')) copy.searchParams.set('sslmode', 'require');
  if (copy.searchParams.has('sslmode')) copy.searchParams.set('uselibpqcompat', 'true');
  return copy.href;
}

function connectionAdvice(error: unknown): string {
  const inner = error instanceof AggregateError ? error.errors[0] : error;
  const message = inner instanceof Error ? inner.message : String(inner);
  const code = codeOf(inner);
  if (code === 'ECONNREFUSED')
    return 'nothing is listening there. Is the database running, and is the port right?';
  if (code === 'ENOTFOUND' || code === 'ENETUNREACH' || code === 'EAI_AGAIN') {
    return (
      `${message}. Check the host. Supabase's direct connection (db.….supabase.co) needs IPv6; ` +
      'the session pooler (….pooler.supabase.com) works everywhere.'
    );
  }
  if (code === '28P01' || code === '28000') return 'wrong user or password.';
  if (code === '3D000') return 'the server has no such database.';
  if (message.includes('does not support SSL')) {
    return 'the server does not support TLS. If that is intended, add ?sslmode=disable.';
  }
  if (message.includes('timeout'))
    return 'no answer within 10 s. Is a firewall or network restriction in the way?';
  return message;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
