import type { JsonObject } from './json.ts';

/**
 * What a Web API method answers: HTTP 200 whichever it is. The errors are codes that Slack documents
 * for the method, but for these: `local_slack_…` marks what is not built here, `thread_not_found`
 * from chat.postMessage and `unsupported argument` are stricter than Slack, and the `expired_url`,
 * `used_url` and `invalid_payload` of response URLs are only known from use.
 */
export type ApiResponse = ({ ok: true } & JsonObject) | ({ ok: false; error: string } & JsonObject);

export function refuse(error: string, more: JsonObject = {}): ApiResponse {
  return { ok: false, error, ...more };
}

/** With the reasons where Slack puts them, and where the SDK logs them from. */
export function refuseWithReasons(error: string, problems: readonly string[]): ApiResponse {
  if (problems.length === 0) return refuse(error);
  return refuse(error, {
    errors: [...problems],
    response_metadata: { messages: problems.map((one) => `[ERROR] ${one}`) },
  });
}
