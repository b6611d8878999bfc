const KEY_REFUSED = 'check SUPABASE_KEY: the database rejects it';
const MISSING = 'a table, a column or a function that the bot reads is missing';
const NO_DATABASE = "the API can't reach the database, which may be starting or out of connections";

/** What to do about a database error, by SQLSTATE or PostgREST code. These sentences are logged, so none may contain data. */
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
  '25006': 'the database is read-only: its disk may be full',
  '22023':
    'the database rejects the role of SUPABASE_KEY or an argument of the call: run npm run db:apply',
  '42501':
    'SUPABASE_KEY must be the secret key or a token of the role lead_bot; if it is: run npm run db:apply',
  '42703': MISSING,
  '42883': MISSING,
  '42P01': MISSING,
  '53100': "the database's disk is full",
  '53200': 'the database is out of memory',
  '53300': NO_DATABASE,
  '55P03': 'timed out waiting for a lock on a table that the bot needs',
  '57014': 'exceeded statement_timeout',
} as const satisfies Readonly<Record<string, string>>;

export const OTHER_VERSION =
  "The database has a different version of the bot's SQL: run npm run db:apply";

export const ASK_THE_DOCTOR = 'npm run doctor shows more';

/** What to do about 42501 (permission denied), unless the key is at fault. */
export const PERMISSION_ADVICE = {
  publicSchema:
    "the bot's roles may not use the schema public: run npm run db:apply, which grants it",
  role: 'the API may not act as the role of SUPABASE_KEY: run npm run db:apply, which grants it',
  ownSchema:
    "the owner of the bot's functions may not use the bot's own tables: run npm run db:apply as the role that owns the schema lead_bot",
  table:
    "the owner of the bot's functions, or of lead_dashboard, may not read lead_dashboard or a table under it",
  other: "the bot lacks a privilege: the project's logs say which",
} as const;

/** First match wins. Postgres names only the object. */
const RIGHTS: readonly [RegExp, keyof typeof PERMISSION_ADVICE | 'key'][] = [
  [/permission denied for schema public\b/, 'publicSchema'],
  [/permission denied to set role/, 'role'],
  [/permission denied for schema lead_bot\b/, 'ownSchema'],
  [
    /permission denied for (?:table|sequence) (?:alerts|alert_\w+|messages|message_\w+|channels|card_channels|lead_marks|lead_pictures|crossings|poll_state|sweep_state|past_alerts|access_refusals|seen_requests|migrations|applied_files)\b/,
    'ownSchema',
  ],
  [
    /permission denied for (?:table|view|materialized view|foreign table|foreign server|schema|sequence|type)\b/,
    'table',
  ],
  [/permission denied for function (?!(?:public\.)?lead_bot_)/, 'table'],
  [/permission denied for function/, 'key'],
];

function deniedRight(message: string): keyof typeof PERMISSION_ADVICE | 'key' {
  return RIGHTS.find(([words]) => words.test(message))?.[1] ?? 'other';
}

/** Whether our key's role lacks EXECUTE on one of the bot's functions. */
export const isKeyRefused = (code: string | null, message: string): boolean =>
  code === '42501' && deniedRight(message) === 'key';

export function adviceOn(code: string | null, message: string): string | null {
  const right = code === '42501' ? deniedRight(message) : 'key';
  if (right !== 'key') return PERMISSION_ADVICE[right];
  return isKnown(code) ? DATABASE_ADVICE[code] : null;
}

const isKnown = (code: string | null): code is keyof typeof DATABASE_ADVICE =>
  code !== null && Object.hasOwn(DATABASE_ADVICE, code);
