import { type Logger, LogLevel } from '@slack/bolt';
import type { Log } from './log.ts';

/**
 * Slack's SDK with our log. Its debug lines hold whole payloads, names and texts included, so they
 * go nowhere, whatever the level.
 */
export function sdkLog(log: Pick<Log, 'warn' | 'error'>): Logger {
  const say = (parts: unknown[]): string =>
    parts
      .map((part) => (part instanceof Error ? part.message : typeof part === 'string' ? part : ''))
      .join(' ')
      .slice(0, 300);
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
