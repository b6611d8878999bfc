import { type Logger, WebClient, type WebClientOptions } from '@slack/web-api';

export interface SlackAccess {
  /** Bot token; the app token when checking that one. */
  botToken: string;
  /** Undefined for the real Slack. */
  apiUrl: string | undefined;
  /** The SDK would log to the console by default. */
  sdkLog: Logger;
  /** Called when Slack answers a call, even with an error. */
  onAnswer?: () => void;
}

/**
 * Makes each call once. The SDK would retry a post that timed out, although Slack may have accepted it, and would
 * wait out rate limits: callers decide that themselves.
 */
export const slackClient = (access: SlackAccess, timeoutMs: number): WebClient =>
  clientWith(access, {
    retryConfig: { retries: 0 },
    timeout: timeoutMs,
    rejectRateLimitedCalls: true,
  });

/** Retries three times and waits out rate limits. For idempotent calls that aren't urgent. */
export const retryingSlackClient = (access: SlackAccess, timeoutMs: number): WebClient =>
  clientWith(access, { retryConfig: { retries: 3 }, timeout: timeoutMs });

const clientWith = (
  { botToken, apiUrl, sdkLog, onAnswer }: SlackAccess,
  options: WebClientOptions,
): WebClient =>
  new WebClient(botToken, {
    ...options,
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
    logger: sdkLog,
    fetch: async (url, init) => {
      const response = await fetch(url, init);
      if (response.ok) onAnswer?.();
      return response;
    },
  });
