import { type Logger, LogLevel } from '@slack/bolt';
import type { Log } from './log.ts';
import { redact } from './redact.ts';

/** Slack's code at the end of the SDK's message about a refusal. */
const SLACK_CODE = /An API error occurred: ([a-z][a-z0-9_]{1,60})\)?$/;

/**
 * Our log for Slack's SDK. Its debug lines contain whole payloads, so they are dropped at any level. Its warnings are
 * redacted.
 */
export function sdkLog(log: Pick<Log, 'warn' | 'error'>): Logger {
  const describe = (parts: unknown[]): string => {
    const words = parts.map((part) =>
      part instanceof Error ? part.message : typeof part === 'string' ? part : '',
    );
    const code = words.map((word) => SLACK_CODE.exec(word)?.[1]).find((one) => one !== undefined);
    const text = redact(words.join(' ')) ?? 'not logged: it may contain data';
    return code === undefined ? text : `${text}: ${code}`;
  };
  return {
    debug() {},
    info() {},
    warn: (...parts: unknown[]) => log.warn('slack sdk', { reason: describe(parts) }),
    error: (...parts: unknown[]) => log.error('slack sdk', { reason: describe(parts) }),
    setLevel() {},
    getLevel: () => LogLevel.WARN,
    setName() {},
  };
}

/** For calls whose caller reports failures, so each is logged once. */
export const mutedSdkLog: Logger = sdkLog({ warn() {}, error() {} });
