import { pino } from 'pino';

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

/** JSON lines on standard output. */
export function createLog(level: string): Log {
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime });
  const write =
    (method: 'debug' | 'info' | 'warn' | 'error') =>
    (event: string, { error, ...fields }: LogFields = {}) =>
      logger[method](error === undefined ? fields : { ...fields, ...describe(error) }, event);
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
}

/** An error as it may be logged: its class, message and stack, and its code; never its payload. */
function describe(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: typeof error };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return {
    error: error.name,
    message: error.message.slice(0, 300),
    ...(code === undefined ? {} : { code }),
    stack: error.stack
      ?.split('\n')
      .filter((line) => line.startsWith('    at '))
      .slice(0, 6)
      .map((line) => line.trim()),
  };
}
