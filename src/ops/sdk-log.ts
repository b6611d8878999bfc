import { type Logger, LogLevel } from '@slack/bolt';
import type { Log } from './log.ts';
import { redact } from './redact.ts';

/** Slack's code at the end of what its SDK makes of a refusal. */
const SLACK_CODE = /An API error occurred: ([a-z][a-z0-9_]{1,60})\)?$/;

/**
 * Slack's SDK with our log. Its debug lines hold whole payloads, names and texts included, so they
 * go nowhere, whatever the level; of its warnings what is known to hold none.
 */
export function sdkLog(log: Pick<Log, 'warn' | 'error'>): Logger {
  const say = (parts: unknown[]): string => {
    const words = parts.map((part) =>
      part instanceof Error ? part.message : typeof part === 'string' ? part : '',
    );
    const code = words.map((text) => SLACK_CODE.exec(text)?.[1]).find((one) => one !== undefined);
    const said = redact(words.join(' ')) ?? 'something that may hold data, and is not logged';
    return code === undefined ? said : `${said}: ${code}`;
  };
  return {
    debug() {},
    info() {},
    warn: (...parts: unknown[]) => log.warn('slack sdk', { reason: say(parts) }),
    error: (...parts: unknown[]) => log.error('slack sdk', { reason: say(parts) }),
    setLevel() {},
    getLevel: () => LogLevel.WARN,
    setName() {},
  };
}

/** For calls whose failures somebody else tells: one line, not two. */
export const mutedSdkLog: Logger = sdkLog({ warn() {}, error() {} });
