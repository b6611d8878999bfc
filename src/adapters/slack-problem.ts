import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError } from '@slack/web-api';
import { z } from 'zod';
import { adviceOnConnection, judge } from './slack-verdict.ts';

/** One line: why Slack can't be used, and what to check. */
export function describeSlackOutage(error: unknown): string {
  const { reason } = judge(error);
  const answers = error instanceof WebAPIPlatformError || error instanceof WebAPIRateLimitedError;
  if (error instanceof z.ZodError || (answers && reason === 'unreadable_answer')) {
    return 'What answers is not Slack: check SLACK_API_URL, and what stands between';
  }
  if (answers) return `Slack answers with ${reason}`;
  if (error instanceof WebAPIHTTPError) return `Slack answers with HTTP ${error.statusCode}`;
  const way = adviceOnConnection(reason);
  return way === null
    ? 'Slack does not answer: check the network and SLACK_API_URL'
    : `${way.charAt(0).toUpperCase()}${way.slice(1)}`;
}
