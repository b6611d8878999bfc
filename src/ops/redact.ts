import {
  ASK_THE_DOCTOR,
  DATABASE_ADVICE,
  OTHER_VERSION,
  PERMISSION_ADVICE,
} from '../core/database-advice.ts';
import { LEAD_TABLES } from '../core/lead-tables.ts';

/** For our own sentences, whose only special character is the dot. */
const escaped = (text: string): string => text.replaceAll('.', '\\.');

const RELATIONS = ['lead_dashboard', ...LEAD_TABLES].join('|');

/**
 * The only parts of third-party error messages that are logged. Postgres, parsers and Slack's SDK may quote the data
 * they failed on; these fragments have room only for a number or a name from our own schema. Keep the list short: an
 * error's class, code and stack are logged anyway.
 */
const FRAGMENTS: readonly RegExp[] = [
  /fetch failed/,
  /\b(?:ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH)\b/,
  // Postgres.
  /canceling statement due to statement timeout/,
  new RegExp(`relation "(?:public\\.)?(?:${RELATIONS})" does not exist`),
  /column (?:[a-z]\.)?"?(?:developer_id|company_domain|tier|total_score)"? does not exist/,
  new RegExp(`permission denied for (?:table|view) (?:${RELATIONS})\\b`),
  // Slack's SDK.
  /http request failed/,
  /\bAn API error occurred/,
  /\bAn HTTP protocol error occurred: statusCode = \d{3}/,
  // The SDK's own log lines, which have no class, code or stack.
  /An incoming event was not acknowledged within \d+ (?:ms|seconds)/,
  /ack\(\) has already been called/,
  /Authorization of incoming event did not succeed/,
  /A rate limit was exceeded/,
  /Failed to send a WebSocket message/,
  /WebSocket error occurred/,
  /Unexpected server response: \d{3}/,
  /socket hang up/,
  /must be (?:less|more) than \d+ characters/,
  /missing_charset|superfluous_charset|missing_text_in_message/,
  /Failed to retrieve a new WSS URL/,
  /A p[io]ng wasn't received from the server before the timeout/,
  /Malformed request body/,
  // Where Slack found a bad argument, not what it was.
  /\[json-pointer:[/\w]{1,120}\]/,
  // Ours.
  /\blead_bot_[a-z_]{2,30}\b/,
  /(?:HTTP \d{3} )?after \d{1,7} ms/,
  new RegExp(
    [
      ...Object.values(DATABASE_ADVICE),
      ...Object.values(PERMISSION_ADVICE),
      OTHER_VERSION,
      ASK_THE_DOCTOR,
    ]
      .map(escaped)
      .join('|'),
  ),
  /Slack did not take a private answer: HTTP \d{3}/,
];

const ALL = new RegExp(FRAGMENTS.map((fragment) => `(?:${fragment.source})`).join('|'), 'g');

/** The loggable fragments of a text, in order; null if there are none. */
export function redact(text: string): string | null {
  const found = text.match(ALL);
  return found === null ? null : [...new Set(found)].join(', ').slice(0, 300);
}

const NAME = /^[A-Za-z]\w{0,60}$/;
const CODE = /^[A-Za-z0-9_]{1,60}$/;
/** A stack frame. */
const FRAME = /^at (?:[\w$.<>#[\] ]{1,120} \()?(?:file:\/\/|node:|\/)[\w@+%./-]{1,300}:\d+:\d+\)?$/;

/** An error as it is logged. */
export interface RedactedError {
  error: string;
  code?: string;
  /** Slack's code, such as `invalid_blocks`. */
  refusal?: string;
  message?: string;
  /** Fields that don't parse, and why: `tier: invalid_value`. */
  fields?: readonly string[];
  cause?: string;
  stack?: readonly string[];
}

export function describeError(thrown: unknown): RedactedError {
  const error = unwrapped(thrown);
  if (!(error instanceof Error)) return { error: typeof error };
  const name = NAME.test(error.name) ? error.name : 'Error';
  const code = codeOf(error);
  const refusal = refusalOf(error);
  const message = redact(error.message);
  const fields = fieldsOf(error) ?? fieldsOf(error.cause);
  const cause = describeCauses(error);
  return {
    error: name,
    ...(code === null ? {} : { code }),
    ...(refusal === null ? {} : { refusal }),
    ...(message === null ? {} : { message }),
    ...(fields === null ? {} : { fields }),
    ...(cause === null ? {} : { cause }),
    stack: framesOf(error),
  };
}

/** Bolt wraps what a listener throws. */
function unwrapped(error: unknown): unknown {
  const wraps = error instanceof Error && codeOf(error) === 'slack_bolt_unknown_error';
  return wraps && 'original' in error ? error.original : error;
}

function codeOf(error: Error): string | null {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return CODE.test(code) ? code : null;
}

/** Slack's codes are words. A body that isn't JSON also arrives as a code. */
function refusalOf(error: Error): string | null {
  if (!('data' in error) || typeof error.data !== 'object' || error.data === null) return null;
  const code = 'error' in error.data ? error.data.error : null;
  return typeof code === 'string' && /^[a-z][a-z0-9_]{1,60}$/.test(code) ? code : null;
}

/** Classes and codes of an error's causes: `TypeError, Error ECONNREFUSED`. */
function describeCauses(error: Error): string | null {
  const causes: string[] = [];
  for (let cause = error.cause; cause instanceof Error && causes.length < 5; cause = cause.cause) {
    const name = NAME.test(cause.name) ? cause.name : 'Error';
    const code = codeOf(cause);
    causes.push(code === null ? name : `${name} ${code}`);
  }
  return causes.length === 0 ? null : causes.join(', ');
}

/** Paths and codes of zod's issues; their messages may quote values. */
function fieldsOf(error: unknown): string[] | null {
  if (!(error instanceof Error)) return null;
  if (error.name !== 'ZodError' && error.name !== '$ZodError') return null;
  if (!('issues' in error) || !Array.isArray(error.issues)) return null;
  return error.issues.slice(0, 5).map((issue: unknown) => {
    if (typeof issue !== 'object' || issue === null) return 'unknown';
    const path = 'path' in issue && Array.isArray(issue.path) ? issue.path : [];
    const code = 'code' in issue && typeof issue.code === 'string' ? issue.code : 'wrong';
    const steps = path.map((step: unknown) =>
      typeof step === 'number' || (typeof step === 'string' && /^[a-z_]{1,40}$/.test(step))
        ? step
        : '?',
    );
    return `${steps.join('.') || '(all)'}: ${CODE.test(code) ? code : 'wrong'}`;
  });
}

function framesOf({ stack, message }: Error): string[] {
  return (stack ?? '')
    .replace(message, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => FRAME.test(line))
    .slice(0, 6);
}
