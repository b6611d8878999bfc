import {
  type Logger,
  type WebAPICallResult,
  WebClient,
  type WebClientOptions,
} from '@slack/web-api';
import type { Meter } from '../core/ports.ts';
import { judge } from './slack-verdict.ts';

export interface SlackAccess {
  /** Bot token; the app token when checking that one. */
  botToken: string;
  /** Undefined for the real Slack. */
  apiUrl: string | undefined;
  /** The SDK would log to the console by default. */
  sdkLog: Logger;
  /** Called when Slack answers a call, even with an error. */
  onAnswer?: () => void;
  meter?: Meter;
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

/** A client whose calls are measured. The SDK makes each of its methods call `apiCall`. */
class MeteredClient extends WebClient {
  readonly #meter: Meter | undefined;

  constructor(meter: Meter | undefined, token: string, options: WebClientOptions) {
    super(token, options);
    this.#meter = meter;
  }

  override apiCall(method: string, options?: Record<string, unknown>): Promise<WebAPICallResult> {
    return measuredCall(this.#meter, method, () => super.apiCall(method, options));
  }
}

/** Makes a call of Slack, and measures it. */
export async function measuredCall<T>(
  meter: Meter | undefined,
  method: string,
  call: () => Promise<T>,
): Promise<T> {
  const startedAt = performance.now();
  try {
    return await call();
  } catch (error) {
    meter?.add('slack_errors_total', { code: judge(error).reason });
    throw error;
  } finally {
    const seconds = (performance.now() - startedAt) / 1_000;
    meter?.observe('slack_call_duration_seconds', { method }, seconds);
  }
}

const clientWith = (
  { botToken, apiUrl, sdkLog, onAnswer, meter }: SlackAccess,
  options: WebClientOptions,
): WebClient =>
  new MeteredClient(meter, botToken, {
    ...options,
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
    logger: sdkLog,
    fetch: async (url, init) => {
      const response = await fetch(url, init);
      if (response.ok) onAnswer?.();
      return response;
    },
  });
