import type { JsonObject } from './json.ts';

/**
 * A Web API response, always HTTP 200. Error codes are the ones Slack documents for the method, except:
 * `local_slack_…` means not implemented here; `thread_not_found` from chat.postMessage and chat.postEphemeral and `unsupported
 * argument` are stricter than Slack; `expired_url`, `used_url` and `invalid_payload` of response URLs are
 * undocumented, but Slack sends them.
 */
export type ApiResponse = ({ ok: true } & JsonObject) | ({ ok: false; error: string } & JsonObject);

export function refuse(error: string, more: JsonObject = {}): ApiResponse {
  return { ok: false, error, ...more };
}

/** Puts the reasons where Slack does, so the SDK logs them. */
export function refuseWithReasons(error: string, problems: readonly string[]): ApiResponse {
  if (problems.length === 0) return refuse(error);
  return refuse(error, {
    errors: [...problems],
    response_metadata: { messages: problems.map((one) => `[ERROR] ${one}`) },
  });
}
