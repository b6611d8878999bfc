import { pino } from 'pino';
import { describeError } from './redact.ts';

/**
 * The only fields that reach a log line: ids, counts, codes. No name, e-mail address, token or text
 * of a lead or an AE has a field to be in.
 */
export interface LogFields {
  messageId?: string;
  alertId?: string;
  developerId?: string;
  channel?: string;
  /** Slack user id. */
  user?: string;
  kind?: string;
  action?: string;
  outcome?: string;
  reason?: string;
  /** What the one who runs the bot can do about it; a sentence of ours. */
  advice?: string;
  /** SQLSTATE, PostgREST's or Slack's error code. */
  code?: string | number;
  fields?: readonly string[];
  attempt?: number;
  ms?: number;
  opened?: number;
  joined?: number;
  left?: number;
  returned?: number;
  cooled?: number;
  found?: number;
  count?: number;
  port?: number;
  mode?: string;
  team?: string;
  localDate?: string;
  /** Short id that an AE was shown together with an apology. */
  incident?: string;
  error?: unknown;
}

export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

/** The same at run time: what is typed may still carry more than its type says. */
const FIELDS: Readonly<Record<keyof Omit<LogFields, 'error'>, true>> = {
  messageId: true,
  alertId: true,
  developerId: true,
  channel: true,
  user: true,
  kind: true,
  action: true,
  outcome: true,
  reason: true,
  advice: true,
  code: true,
  fields: true,
  attempt: true,
  ms: true,
  opened: true,
  joined: true,
  left: true,
  returned: true,
  cooled: true,
  found: true,
  count: true,
  port: true,
  mode: true,
  team: true,
  localDate: true,
  incident: true,
};

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
