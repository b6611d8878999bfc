import { adviceOn, isKeyRefused, OTHER_VERSION } from '../core/database-advice.ts';
import { DatabaseError, UnexpectedAnswer } from './supabase-client.ts';

const KEY_REJECTED =
  'SUPABASE_KEY is not accepted. Check that it belongs to the project at SUPABASE_URL and has not expired.';

/** By SQLSTATE or PostgREST code. Retrying won't help. */
const FATAL_CODES: Readonly<Record<string, string>> = {
  PGRST301: KEY_REJECTED,
  PGRST302: KEY_REJECTED,
  PGRST303: 'SUPABASE_KEY has expired or is not yet valid.',
  '42501':
    "SUPABASE_KEY may not call the bot's functions. It must be the secret key, or a token of the role lead_bot; if it is, npm run db:apply restores the grants.",
};

/** The gateway's 401 has no code. */
const REJECTED_BY_GATEWAY = `${KEY_REJECTED} A token of the role lead_bot also needs SUPABASE_PUBLISHABLE_KEY.`;

/** The message to exit with, or null when retrying may help. */
export function fatalDatabaseProblem(error: unknown): string | null {
  if (!(error instanceof DatabaseError)) return null;
  // Another key wouldn't help either, but someone may grant the right again.
  if (error.code === '42501' && !isKeyRefused(error.code, error.message)) return null;
  if (error.code !== null && Object.hasOwn(FATAL_CODES, error.code))
    return FATAL_CODES[error.code] ?? null;
  return error.status === 401 ? REJECTED_BY_GATEWAY : null;
}

/** The database's error code, in a few words; null if the database didn't answer. */
export function databaseAnswer(error: unknown): string | null {
  const code = error instanceof DatabaseError ? error.code : null;
  // PGRST00x: PostgREST can't reach the database.
  return code === null || code.startsWith('PGRST00') ? null : `the database returned error ${code}`;
}

/** What failed and what to check, for the doctor. */
export function databaseProblem(error: unknown): string {
  const fatal = fatalDatabaseProblem(error);
  if (fatal !== null) return fatal;
  if (error instanceof UnexpectedAnswer) return `${describeDatabaseOutage(error)}.`;
  if (!(error instanceof DatabaseError) || error.code === null || error.code === 'PGRST202') {
    return `${describeDatabaseOutage(error)}.`;
  }
  const advice = adviceOn(error.code, error.message) ?? SEE_LOGS;
  return `The database returned error ${error.code}: ${advice}.`;
}

const SEE_LOGS = "check the project's logs";

function describeAnswer({ code, status, message }: DatabaseError): string {
  if (code !== null) {
    const advice = adviceOn(code, message) ?? SEE_LOGS;
    return `Supabase returned error ${code}: ${advice}`;
  }
  return `${BY_STATUS[status] ?? 'SUPABASE_URL returned an unexpected answer: check SUPABASE_URL'} (HTTP ${status})`;
}

/** The gateway's errors have no code. */
const BY_STATUS: Readonly<Record<number, string>> = {
  200: "The answer is not from Supabase's API: check SUPABASE_URL and anything in between, such as a network's sign-in page",
  404: 'There is no Supabase API at SUPABASE_URL: check SUPABASE_URL',
  429: 'Supabase is rate limiting the bot',
  500: "Supabase's gateway failed: check the project's logs",
  502: "Supabase's gateway can't reach the API, which may be starting",
  503: "Supabase's gateway can't reach the API, which may be starting",
  504: "Supabase's gateway timed out waiting for the API",
  540: 'The project is paused: restore it in the Supabase dashboard',
};

/** One line: why Supabase can't be used, and what to check. */
export function describeDatabaseOutage(error: unknown): string {
  if (error instanceof DatabaseError && error.code === 'PGRST202') {
    return "The bot's SQL is not in this database: run npm run db:apply";
  }
  if (error instanceof UnexpectedAnswer) return OTHER_VERSION;
  if (error instanceof DatabaseError && (error.code !== null || error.status > 0)) {
    return describeAnswer(error);
  }
  return 'Supabase does not answer: check SUPABASE_URL';
}
