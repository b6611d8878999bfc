import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Child {
  readonly pid: number;
  /** The last 4 kB or so of stdout and stderr, for error messages. */
  readonly tail: () => string;
  /** Resolves when the process has ended, in whatever way. */
  readonly ended: Promise<void>;
  readonly hasEnded: () => boolean;
  /** Null while it runs, and if a signal ended it. */
  readonly exitCode: () => number | null;
  /** Sends the signal, and SIGKILL if the process is still running after the grace period. */
  readonly stop: (signal: NodeJS.Signals, graceMs?: number) => Promise<void>;
}

export interface ChildOptions {
  env?: Record<string, string>;
  /** User to run as; requires root. */
  owner?: { uid: number; gid: number };
  /** Folder to remove if we die without stopping the child. */
  removeOnCrash?: string;
  onOutput?: (text: string) => void;
}

/**
 * Starts a process in its own process group, so that Ctrl-C in the terminal reaches only us and we decide
 * the order of shutdown. If we die without stopping it (SIGKILL, a crash), a watchdog shell sees its stdin
 * close and ends the child.
 */
export async function startChild(
  command: string,
  args: readonly string[],
  options: ChildOptions = {},
): Promise<Child> {
  const child = spawn(command, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
    ...options.owner,
  });
  let tail = '';
  const keep = (chunk: Buffer) => {
    const text = chunk.toString('utf8');
    tail = (tail + text).slice(-4096);
    options.onOutput?.(text);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  await once(child, 'spawn');
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} started without a process id`);

  const watchdog = watch(pid, options.removeOnCrash ?? '');
  const ended = once(child, 'close').then(() => {
    watchdog.kill('SIGKILL');
  });
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;

  return {
    pid,
    tail: () => tail.trim(),
    ended,
    hasEnded,
    exitCode: () => child.exitCode,
    async stop(signal, graceMs = 5_000) {
      if (!hasEnded()) child.kill(signal);
      const hammer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await ended;
      clearTimeout(hammer);
    },
  };
}

function watch(pid: number, folder: string): ChildProcess {
  // QUIT stops PostgreSQL at once. Other processes may have inherited it as ignored.
  const script = `read -r _
    kill -QUIT "$1" && kill -TERM "$1" && sleep 0.3 && kill -KILL "$1"
    [ -z "$2" ] || rm -rf -- "$2"`;
  const watchdog = spawn('/bin/sh', ['-c', script, 'sh', String(pid), folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watchdog.on('error', () => {}); // Without a shell, children can outlive us only if we get a SIGKILL.
  watchdog.unref();
  return watchdog;
}
