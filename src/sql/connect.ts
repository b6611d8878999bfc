import pg from 'pg';
import { aroundTheValue, otherKind } from '../settings.ts';

/** Why there is no connection to DATABASE_URL and what to do, without the password. */
export class CannotConnect extends Error {
  override readonly name = 'CannotConnect';
}

/**
 * Connects to the database as its owner.
 * @param command which of the commands it is, for the database's list of connections
 * @throws CannotConnect
 */
export async function connect(databaseUrl: string, command: string): Promise<pg.Client> {
  const url = parseUrl(databaseUrl);
  const where = `${url.hostname}:${url.port || '5432'}`;
  const client = new pg.Client({
    connectionString: withLibpqSsl(url),
    connectionTimeoutMillis: 10_000,
    application_name: `lead-alerts ${command}`,
    // Nothing is heard of a statement that runs for an hour, and firewalls forget such connections.
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
  });
  // A connection that breaks is reported by the query under way, or by the next one.
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
  const around = aroundTheValue(text);
  if (around !== null) throw new CannotConnect(`DATABASE_URL ${around}.`);
  const example = 'postgresql://user:password@host:5432/postgres';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // An @ after the host means that a part of the password was taken for host and port.
  const cut = url !== undefined && /@/.test(`${url.pathname}${url.search}${url.hash}`);
  if (!url || cut || !/^postgres(ql)?:$/.test(url.protocol) || url.hostname === '') {
    const other = otherKind('DATABASE_URL', text);
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
      `DATABASE_URL is that of the transaction pooler, which keeps no session. Take that of the session pooler, with port 5432 (${WHERE_IT_IS}).`,
    );
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

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
