import {
  ASK_THE_DOCTOR,
  DATABASE_ADVICE,
  OTHER_VERSION,
  RIGHT_ADVICE,
} from '../core/database-advice.ts';

/** For texts of ours: of what means something in an expression they have only the dot. */
const literally = (text: string): RegExp => new RegExp(text.replaceAll('.', '\\.'));

/**
 * What may be logged of the words of others. An error of Postgres, of a parser or of Slack's SDK may quote
 * what it choked on, so of all such texts only these fragments are kept. Each is a text that is written
 * in a library, and has room for nothing but a number.
 */
const FRAGMENTS: readonly RegExp[] = [
  // Node, undici, the system.
  /fetch failed/,
  /The operation was aborted(?: due to timeout)?/,
  /other side closed/,
  /socket hang up/,
  /\b(?:ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH)\b/,
  /\bUND_ERR_[A-Z_]{2,30}\b/,
  /\bEADDRINUSE\b/,
  // Postgres, of what is given or ours.
  /canceling statement due to (?:statement|lock) timeout/,
  /relation "(?:public\.)?(?:lead_dashboard|developer_signups|internal_signals|company_enrichment|stakeholders|expansion_signals|lead_scores)" does not exist/,
  /column (?:[a-z]\.)?"?(?:developer_id|company_domain|tier|total_score)"? does not exist/,
  /permission denied for (?:table|view) (?:lead_dashboard|developer_signups|internal_signals|company_enrichment|stakeholders|expansion_signals|lead_scores)\b/,
  /permission denied (?:for schema (?:public|lead_bot)\b|to set role\b)/,
  /timeout of \d+ ?ms/i,
  // Slack's SDK: web-api.
  /http request failed/,
  /\b(?:A|a)n API error occurred/,
  /\bA request error occurred/,
  /\bAn HTTP protocol error occurred: statusCode = \d{3}/,
  /\bA rate limit was exceeded/,
  /must be (?:less|more) than \d+ characters/,
  /missing_charset|superfluous_charset|missing_text_in_message|phantom_rate_limiting/,
  // socket-mode.
  /Failed to retrieve a new WSS URL/,
  /A p[io]ng wasn't received from the server before the timeout/,
  /WebSocket error(?: occurred)?/,
  /WebSocket not available, skipping ping/,
  /Failed to send (?:a WebSocket message|a message|ping to Slack)/,
  /as the client (?:is not connected|has no active connection)/,
  /Peer did not complete the close handshake in time/,
  /Unexpected server response: \d{3}/,
  // bolt.
  /An incoming event was not acknowledged within \d+ (?:ms|seconds)/,
  /ack\(\) has already been called/,
  /Request body exceeded the maximum allowed size/,
  /Failed to parse and verify the request data/,
  /Failed to parse the request body/,
  /Failed to verify authenticity/,
  /signature mismatch/,
  /unknown signature version/,
  /must differ from system time by no more than \d+ minutes or request is stale/,
  /did not have the expected type/,
  /Malformed request body/,
  /An unexpected error occurred during a request/,
  /An unhandled error occurred (?:after ack\(\) called in a listener|while Bolt processed)/,
  /Could not determine the type of an incoming event/,
  /Authorization of incoming event did not succeed/,
  /Slack API error|Rate limited, retry after \d+s|HTTP error \d{3}/,
  // What Slack says of an argument: where it is, not what it is.
  /\[json-pointer:[/\w]{1,120}\]/,
  // Ours.
  /\blead_bot_[a-z_]{2,30}\b/,
  /(?:HTTP \d{3} )?after \d{1,7} ms/,
  ...[
    ...Object.values(DATABASE_ADVICE),
    ...Object.values(RIGHT_ADVICE),
    OTHER_VERSION,
    ASK_THE_DOCTOR,
  ].map(literally),
  /Slack did not take a private answer: HTTP \d{3}/,
  /a private answer was to be sent to somebody else than Slack/,
  /more than \d+ messages to search/,
  /shutdown took too long/,
  /a message that is to be removed has no drawing/,
];

const ALL = new RegExp(FRAGMENTS.map((fragment) => `(?:${fragment.source})`).join('|'), 'g');

/** The fragments of a text that may be logged, in their order; null when there is none. */
export function redact(text: string): string | null {
  const found = text.match(ALL);
  return found === null ? null : [...new Set(found)].join(', ').slice(0, 300);
}

const NAME = /^[A-Za-z]\w{0,60}$/;
const CODE = /^[A-Za-z0-9_]{1,60}$/;
/** A place in the code, without the words of the error that may be made to look like one. */
const FRAME = /^at (?:[\w$.<>#[\] ]{1,120} \()?(?:file:\/\/|node:|\/)[\w@+%./-]{1,300}:\d+:\d+\)?$/;

/** An error as it may be logged: its class and code, what may be said of it, and where it came from. */
export interface RedactedError {
  error: string;
  code?: string;
  /** Slack's code, such as `invalid_blocks`. */
  refusal?: string;
  message?: string;
  /** Columns that did not parse, and what was wrong with each. */
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
  const cause = error.cause instanceof Error ? describeCause(error.cause) : null;
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

/** Bolt puts what a listener has thrown into an error of its own. */
function unwrapped(error: unknown): unknown {
  const wraps = error instanceof Error && codeOf(error) === 'slack_bolt_unknown_error';
  return wraps && 'original' in error ? error.original : error;
}

function codeOf(error: Error): string | null {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return CODE.test(code) ? code : null;
}

/** A body that is no JSON reaches us as a code, too: Slack's are words. */
function refusalOf(error: Error): string | null {
  if (!('data' in error) || typeof error.data !== 'object' || error.data === null) return null;
  const said = 'error' in error.data ? error.data.error : null;
  return typeof said === 'string' && /^[a-z][a-z0-9_]{1,60}$/.test(said) ? said : null;
}

function describeCause(cause: Error): string | null {
  const code = codeOf(cause);
  const name = NAME.test(cause.name) ? cause.name : 'Error';
  return code === null ? name : `${name} ${code}`;
}

/** Of what zod found wrong, where and how: its messages may quote values. */
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
