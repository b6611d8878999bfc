import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError } from '@slack/web-api';
import { z } from 'zod';
import { adviceOnConnection, judge } from './slack-verdict.ts';

/** One line: why Slack can't be used, and what to check. */
export function describeSlackOutage(error: unknown): string {
  const { reason } = judge(error);
  const answered = error instanceof WebAPIPlatformError || error instanceof WebAPIRateLimitedError;
  if (error instanceof z.ZodError || (answered && reason === 'unreadable_answer')) {
    return 'The answer is not from Slack: check SLACK_API_URL and anything in between';
  }
  if (answered) return `Slack returned ${reason}`;
  if (error instanceof WebAPIHTTPError) return `Slack returned HTTP ${error.statusCode}`;
  const advice = adviceOnConnection(reason);
  return advice === null
    ? 'Slack does not answer: check the network and SLACK_API_URL'
    : `${advice.charAt(0).toUpperCase()}${advice.slice(1)}`;
}
