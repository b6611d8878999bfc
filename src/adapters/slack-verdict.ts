import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api';
import type { Verdict } from '../core/message.ts';

/** https://docs.slack.dev/reference/methods/chat.postMessage#errors and …/chat.update#errors, …/chat.delete#errors, …/views.publish#errors */
const VERDICTS: Readonly<Record<string, Verdict['kind'] | 'pause-everything'>> = {
  // "It's possible some aspect of the operation succeeded before the error was raised."
  fatal_error: 'unclear',
  internal_error: 'unclear',
  service_unavailable: 'unclear',
  request_timeout: 'unclear',

  ratelimited: 'later',
  rate_limited: 'later',
  message_limit_exceeded: 'later',
  team_added_to_org: 'later',
  org_login_required: 'later',

  invalid_blocks: 'plain',
  invalid_blocks_format: 'plain',
  block_mismatch: 'plain',
  msg_blocks_too_long: 'plain',
  msg_too_long: 'plain',

  channel_not_found: 'pause',
  not_in_channel: 'pause',
  is_archived: 'pause',
  is_inactive: 'pause',
  restricted_action: 'pause',
  restricted_action_read_only_channel: 'pause',
  restricted_action_thread_only_channel: 'pause',
  ekm_access_denied: 'pause',
  app_access_restricted: 'pause',

  // Of the reader of a direct message.
  user_not_found: 'pause',
  user_not_visible: 'pause',
  user_disabled: 'pause',
  cannot_dm_bot: 'pause',
  messages_tab_disabled: 'pause',

  invalid_auth: 'pause-everything',
  not_authed: 'pause-everything',
  token_revoked: 'pause-everything',
  token_expired: 'pause-everything',
  account_inactive: 'pause-everything',
  missing_scope: 'pause-everything',
  not_allowed_token_type: 'pause-everything',
  no_permission: 'pause-everything',
  team_access_not_granted: 'pause-everything',

  message_not_found: 'gone',
  cant_update_message: 'frozen',
  edit_window_closed: 'frozen',
  cant_delete_message: 'dead',
  compliance_exports_prevent_deletion: 'dead',
  thread_not_found: 'dead',
  cannot_reply_to_message: 'dead',
  restricted_action_non_threadable_channel: 'dead',
  restricted_action_thread_locked: 'dead',
  no_text: 'dead',
  metadata_too_large: 'dead',
  invalid_metadata_format: 'dead',
  invalid_metadata_schema: 'dead',
  invalid_arguments: 'dead',

  // Of a Home tab. Someone else may have published it in the same moment.
  hash_conflict: 'unclear',
  not_enabled: 'dead',
  view_too_large: 'dead',
};

const WAIT_WITHOUT_HINT_MS = 30_000;

/** Codes for certificates that Node doesn't trust. */
const NOT_TRUSTED = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** What to check when a call didn't reach Slack, by the verdict's reason; null if unknown. */
export function adviceOnConnection(reason: string): string | null {
  if (NOT_TRUSTED.has(reason)) {
    return `Slack's certificate is not trusted (${reason}). If a proxy presents its own, set NODE_EXTRA_CA_CERTS to its CA file`;
  }
  return /^(?:proxy_|UND_ERR_PRX_)/.test(reason)
    ? `the proxy does not let the bot through to Slack (${reason}): check HTTPS_PROXY`
    : null;
}

/** Codes for connections that were never made: nothing was sent. */
const NEVER_SENT = new Set([
  ...NOT_TRUSTED,
  // The proxy closed the connection before opening a tunnel.
  'UND_ERR_PRX_CONN',
  'UND_ERR_PRX_TLS',
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Judges a failure of a Slack call that was made once and not retried by the SDK. */
export function judge(error: unknown): Verdict {
  if (error instanceof WebAPIRateLimitedError) {
    return {
      kind: 'later',
      reason: 'ratelimited',
      afterMs: Math.max(1, error.retryAfter) * 1000,
      wholeChannel: true,
      counts: false,
    };
  }
  if (error instanceof WebAPIPlatformError) return judgeCode(error.data.error);
  if (error instanceof WebAPIHTTPError)
    return { kind: 'unclear', reason: `http_${error.statusCode}` };
  if (error instanceof WebAPIRequestError) {
    const code = proxyRefusal(error) ?? causeCode(error);
    return code !== null && (NEVER_SENT.has(code) || code.startsWith('proxy_'))
      ? { kind: 'later', reason: code, afterMs: 5_000, wholeChannel: false, counts: false }
      : { kind: 'unclear', reason: code ?? error.original.name };
  }
  // The SDK throws a plain Error for a 429 without Retry-After. Anything else is a bug of ours.
  if (error instanceof Error && /retry.*header/i.test(error.message)) {
    return later('ratelimited', false);
  }
  return { kind: 'unclear', reason: error instanceof Error ? error.name : 'unknown' };
}

function judgeCode(code: unknown): Verdict {
  // Something between Slack and us answered: a body that isn't JSON arrives as the "code", one without a code as
  // undefined.
  if (typeof code !== 'string' || !/^[a-z][a-z0-9_]{1,60}$/.test(code)) {
    return { kind: 'unclear', reason: 'unreadable_answer' };
  }
  const kind = Object.hasOwn(VERDICTS, code) ? VERDICTS[code] : undefined;
  switch (kind) {
    case undefined:
      // Unknown refusals are retried a few times, then reported.
      return later(code, true);
    case 'later':
      return later(code, false);
    case 'pause':
      return { kind, reason: code, everything: false };
    case 'pause-everything':
      return { kind: 'pause', reason: code, everything: true };
    default:
      return { kind, reason: code };
  }
}

const later = (reason: string, counts: boolean): Verdict => ({
  kind: 'later',
  reason,
  afterMs: WAIT_WITHOUT_HINT_MS,
  wholeChannel: !counts,
  counts,
});

/** `proxy_407` etc. if the proxy refused a tunnel. undici gives the status only in the message. */
function proxyRefusal(error: unknown): string | null {
  for (const { message } of causesOf(error)) {
    const status = /^Proxy (?:response|Authentication Required) \((\d{3})\)/.exec(message)?.[1];
    if (status !== undefined) return `proxy_${status}`;
  }
  return null;
}

function causeCode(error: unknown): string | null {
  for (const cause of causesOf(error)) {
    if ('code' in cause && typeof cause.code === 'string' && /^[A-Z]/.test(cause.code))
      return cause.code;
  }
  return null;
}

/** The error and its chain of causes, at most five. */
function* causesOf(error: unknown): Generator<Error, void, undefined> {
  for (let cause: unknown = error, depth = 0; cause instanceof Error && depth < 5; depth++) {
    yield cause;
    cause = cause.cause;
  }
}

/** Slack's error code when retrying won't help, else null. */
export function permanentRefusal(error: unknown): string | null {
  if (!(error instanceof WebAPIPlatformError)) return null;
  const verdict = judge(error);
  const transient = verdict.kind === 'unclear' || (verdict.kind === 'later' && !verdict.counts);
  return transient ? null : verdict.reason;
}
