import { type Logger, WebClient, type WebClientOptions } from '@slack/web-api';

export interface SlackAccess {
  /** Bot token, or the app token where that is asked about. */
  botToken: string;
  /** Undefined is the real Slack. */
  apiUrl: string | undefined;
  /** The SDK's own words go here; by default it would write them to the console. */
  sdkLog: Logger;
  /** Called whenever Slack has answered a call, whatever it said. */
  onAnswer?: () => void;
}

/**
 * A client that makes each call once, for `timeoutMs` at most. The SDK would repeat a post that timed out
 * although Slack may have taken it, and wait out a rate limit: whoever calls decides that.
 */
export const slackClient = (access: SlackAccess, timeoutMs: number): WebClient =>
  clientWith(access, {
    retryConfig: { retries: 0 },
    timeout: timeoutMs,
    rejectRateLimitedCalls: true,
  });

/** The same, but with three tries: for calls that can be repeated, by one who has time. */
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
