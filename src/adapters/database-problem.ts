import { adviceOn, isKeyRefused, OTHER_VERSION } from '../core/database-advice.ts';
import { DatabaseError, UnexpectedAnswer } from './supabase-client.ts';

/** Errors that retrying won't help. */
const FATAL_CODES: Readonly<Record<string, string>> = {
  PGRST301:
    'SUPABASE_KEY is not accepted. Check that it belongs to the project of SUPABASE_URL and has not expired.',
  PGRST302:
    'SUPABASE_KEY is not accepted. Check that it belongs to the project of SUPABASE_URL and has not expired.',
  PGRST303: 'SUPABASE_KEY has expired or is not yet valid.',
  '42501':
    "SUPABASE_KEY may not call the bot's functions. It must be the secret key, or a token of the role lead_bot; if it is, run npm run db:apply, which grants that again.",
};

/** The gateway's 401 has no code. */
const REFUSED_AT_THE_DOOR =
  'SUPABASE_KEY is not accepted. Check that it belongs to the project of SUPABASE_URL and has not expired. Beside a token of the role lead_bot, SUPABASE_PUBLISHABLE_KEY must be set.';

/** The message to exit with, or null when retrying may help. */
export function fatalDatabaseProblem(error: unknown): string | null {
  if (!(error instanceof DatabaseError)) return null;
  // Another key wouldn't help either, but someone may grant the right again.
  if (error.code === '42501' && !isKeyRefused(error.code, error.message)) return null;
  if (error.code !== null && Object.hasOwn(FATAL_CODES, error.code))
    return FATAL_CODES[error.code] ?? null;
  return error.status === 401 ? REFUSED_AT_THE_DOOR : null;
}

/** The database's error in short; null when it doesn't answer. */
export function databaseAnswer(error: unknown): string | null {
  const code = error instanceof DatabaseError ? error.code : null;
  // PostgREST's own codes for no database.
  return code === null || code.startsWith('PGRST00')
    ? null
    : `the database answers with the error ${code}`;
}

/** What failed and what to check, for the doctor. */
export function databaseProblem(error: unknown): string {
  const fatal = fatalDatabaseProblem(error);
  if (fatal !== null) return fatal;
  if (error instanceof UnexpectedAnswer) return `${describeDatabaseOutage(error)}.`;
  const known = error instanceof DatabaseError && error.code === 'PGRST202';
  if (!(error instanceof DatabaseError) || error.code === null || known) {
    return `${describeDatabaseOutage(error)}.`;
  }
  const advice = adviceOn(error.code, error.message) ?? 'look into the logs of the project';
  return `The database answers with the error ${error.code}: ${advice}.`;
}

/** The error that came back, with its known cause. */
function whatItAnswered({ code, status, message }: DatabaseError): string {
  if (code !== null) {
    const advice = adviceOn(code, message) ?? 'look into the logs of the project';
    return `Supabase answers with the error ${code}: ${advice}`;
  }
  return `${BY_STATUS[status] ?? 'What answers at SUPABASE_URL is not as Supabase should be: check SUPABASE_URL'} (HTTP ${status})`;
}

/** The gateway's errors have no code. */
const BY_STATUS: Readonly<Record<number, string>> = {
  200: "What answers is not Supabase's API: check SUPABASE_URL, and what stands between, such as the sign-in page of a network",
  404: "What answers at SUPABASE_URL is not Supabase's API: check SUPABASE_URL",
  429: 'Supabase has had too many requests',
  500: "Supabase's gateway has an error of its own: look into the logs of the project",
  502: "Supabase's gateway does not reach the API, which may be starting",
  503: "Supabase's gateway does not reach the API, which may be starting",
  504: "Supabase's gateway got no answer from the API in time",
  540: 'The project is paused: restore it in the dashboard of Supabase',
};

/** One line: why Supabase can't be used, and what to check. */
export function describeDatabaseOutage(error: unknown): string {
  if (error instanceof DatabaseError && error.code === 'PGRST202') {
    return "The bot's SQL is not in this database: run npm run db:apply";
  }
  if (error instanceof UnexpectedAnswer) return OTHER_VERSION;
  if (error instanceof DatabaseError && (error.code !== null || error.status > 0)) {
    return whatItAnswered(error);
  }
  return 'Supabase does not answer: check SUPABASE_URL';
}
