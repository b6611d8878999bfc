const KEY_REFUSED = 'check SUPABASE_KEY: the database does not accept it';
const MISSING = 'a table, a column or a function that the bot reads is missing';
const NO_DATABASE =
  'the API does not reach the database, which may be starting or out of connections';

/**
 * What to do about an error of the database, by SQLSTATE or PostgREST's code. The log says these sentences
 * as they are, so none has room for data.
 */
export const DATABASE_ADVICE = {
  PGRST000: NO_DATABASE,
  PGRST001: NO_DATABASE,
  PGRST002: NO_DATABASE,
  PGRST003: NO_DATABASE,
  PGRST106:
    'the API does not expose the schema public: add it under Settings → Data API → Exposed schemas',
  PGRST202: "the bot's SQL is missing or old: run npm run db:apply",
  PGRST301: KEY_REFUSED,
  PGRST302: KEY_REFUSED,
  PGRST303: KEY_REFUSED,
  '25006': 'the database takes no writes: its disk may be full',
  '42501': 'SUPABASE_KEY must be the secret key or a token of the role lead_bot',
  '42703': MISSING,
  '42883': MISSING,
  '42P01': MISSING,
  '53100': 'the disk of the database is full',
  '53200': 'the database is out of memory',
  '53300': NO_DATABASE,
  '55P03': 'it waited too long for a lock: something holds one on a table that the bot needs',
  '57014': 'it took longer than statement_timeout allows',
} as const satisfies Readonly<Record<string, string>>;

export const OTHER_VERSION =
  "The bot's SQL in the database is of another version than this code: run npm run db:apply";

/** It tries what has failed, and names what is wrong. */
export const ASK_THE_DOCTOR = 'npm run doctor says more';

/** A right that the bot's own functions lack: no other key would help. */
export const NO_RIGHT_ON_A_TABLE =
  "the owner of the bot's functions may not read lead_dashboard or a table under it";

/** What the view reads in the way, rather than a function of the bot that the key may not call. */
const ON_A_TABLE =
  /permission denied for (?:table|view|materialized view|foreign table|function (?!lead_bot_)|schema (?!public))/;

/** Whether Postgres refuses (42501) something to the owner of the bot's functions, and not to our key. */
export const isRefusedOnATable = (code: string | null, message: string): boolean =>
  code === '42501' && ON_A_TABLE.test(message);

export function adviceOn(code: string | null, message: string): string | null {
  if (isRefusedOnATable(code, message)) return NO_RIGHT_ON_A_TABLE;
  return isKnown(code) ? DATABASE_ADVICE[code] : null;
}

const isKnown = (code: string | null): code is keyof typeof DATABASE_ADVICE =>
  code !== null && Object.hasOwn(DATABASE_ADVICE, code);
