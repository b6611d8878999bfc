import { pino } from 'pino';
import { describeError } from './redact.ts';

/**
 * The only fields that reach a log line: ids, counts, codes. Names, e-mail addresses, tokens and text
 * from leads or AEs have no field.
 */
const FIELDS = {
  messageId: 'string',
  alertId: 'string',
  developerId: 'string',
  channel: 'string',
  /** Slack user id. */
  user: 'string',
  kind: 'string',
  action: 'string',
  outcome: 'string',
  reason: 'string',
  /** What the operator can do about it, in our own words. */
  advice: 'string',
  fields: 'strings',
  attempt: 'number',
  ms: 'number',
  opened: 'number',
  joined: 'number',
  left: 'number',
  returned: 'number',
  cooled: 'number',
  found: 'number',
  count: 'number',
  mode: 'string',
  /** Name of this process, as the rows have it. */
  bot: 'string',
  team: 'string',
  localDate: 'string',
  /** Short id shown to the AE with the apology. */
  incident: 'string',
} as const satisfies Record<string, keyof FieldTypes>;

interface FieldTypes {
  string: string;
  strings: readonly string[];
  number: number;
}

export type LogFields = {
  [Name in keyof typeof FIELDS]?: FieldTypes[(typeof FIELDS)[Name]];
} & { error?: unknown };

export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

/** Drops unlisted fields at runtime too: an object may have more fields than its type. */
const allowed = (fields: object): object =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => Object.hasOwn(FIELDS, name)));

/** JSON lines on standard output. */
export function createLog(level: string): Log {
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime });
  const write =
    (method: 'debug' | 'info' | 'warn' | 'error') =>
    (event: string, { error, ...fields }: LogFields = {}) =>
      logger[method](
        { ...allowed(fields), ...(error === undefined ? {} : describeError(error)) },
        event,
      );
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
}
