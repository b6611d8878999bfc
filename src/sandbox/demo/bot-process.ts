import { fileURLToPath } from 'node:url';
import { type Child, startChild } from '../supabase/child.ts';

export interface BotProcess {
  readonly pid: number;
  /** Resolves when the process has ended. */
  ended: Promise<void>;
  hasEnded(): boolean;
  /** Null while it runs, and if a signal ended it. */
  exitCode(): number | null;
  /** The last lines of its output, for error messages. */
  tail(): string;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/**
 * Starts the real bot as a process. Only `env` configures it: settings of the shell or of a `.env` file
 * don't reach it.
 * @param onLine called with every line it logs
 * @param nodeFlags options for Node itself
 * @param main default: this version's
 */
export async function startBot(
  env: Readonly<Record<string, string>>,
  onLine: (line: string) => void,
  nodeFlags: readonly string[] = [],
  main: string = fileURLToPath(new URL('../../main.ts', import.meta.url)),
): Promise<BotProcess> {
  let rest = '';
  const child: Child = await startChild(process.execPath, [...nodeFlags, main], {
    env: { ...unset, ...env },
    onOutput(text) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    },
  });
  return {
    pid: child.pid,
    ended: child.ended,
    hasEnded: child.hasEnded,
    exitCode: child.exitCode,
    tail: child.tail,
    stop: () => child.stop('SIGTERM', 20_000),
    kill: () => child.stop('SIGKILL'),
  };
}

/** An empty variable counts as missing. */
const unset = Object.fromEntries(
  [
    'SLACK_BOT_TOKEN',
    'SLACK_APP_TOKEN',
    'SLACK_SIGNING_SECRET',
    'SLACK_API_URL',
    'PORT',
    'SUPABASE_URL',
    'SUPABASE_KEY',
    'SUPABASE_PUBLISHABLE_KEY',
    'ALERT_CHANNEL',
    'DIGEST_CHANNEL',
    'POLL_SCHEDULE',
    'DIGEST_SCHEDULE',
    'EMPTY_DIGEST',
    'TIMEZONE',
    'FIRST_RUN',
    'MAX_CARDS_PER_POLL',
    'REARM_AFTER',
    'RETENTION_DAYS',
    'HISTORY_DAYS',
    'ALLOW_GUESTS',
    'ALLOW_EXTERNAL',
    'MANAGERS',
    'ROTATION',
    'FIRST_CALL',
    'WORKING_HOURS',
    'HOLIDAYS',
    'ON_DUTY',
    'CLAIM_WITHIN',
    'CONTACT_WITHIN',
    'FOLLOW_UP_AFTER',
    'QUIET_AFTER_NOT_A_FIT',
    'OUTCOME_WEBHOOK_URL',
    'OUTCOME_WEBHOOK_SECRET',
    'OUTCOME_WEBHOOK_PEOPLE',
    'METRICS_PORT',
    'METRICS_TOKEN',
    'LOG_LEVEL',
    // Everything it talks to is on this machine.
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'NO_PROXY',
    'http_proxy',
    'https_proxy',
    'no_proxy',
  ].map((name) => [name, '']),
);
