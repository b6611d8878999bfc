import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Child {
  readonly pid: number;
  /** The last lines of stdout and stderr, for error messages; about 4 kB. */
  readonly tail: () => string;
  /** Settles when the process has ended, however it ended. */
  readonly ended: Promise<void>;
  readonly hasEnded: () => boolean;
  /** Null while it runs, and when a signal ended it. */
  readonly exitCode: () => number | null;
  /** Sends the signal, and SIGKILL when the process is still there after the grace period. */
  readonly stop: (signal: NodeJS.Signals, graceMs?: number) => Promise<void>;
}

export interface ChildOptions {
  env?: Record<string, string>;
  /** Runs as this user; only root may ask for it. */
  owner?: { uid: number; gid: number };
  /** Folder to remove if this process dies without stopping the child. */
  removeOnCrash?: string;
  onOutput?: (text: string) => void;
}

/**
 * Starts a process in a group of its own, so that a Ctrl-C in the terminal reaches only us and we
 * decide the order in which things stop. Should we die without a chance to stop it (SIGKILL, a
 * crash), a waiting shell notices that its input closed and ends the child.
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
  // QUIT makes PostgreSQL leave at once; others may have inherited an order to ignore it.
  const script = `read -r _
    kill -QUIT "$1" && kill -TERM "$1" && sleep 0.3 && kill -KILL "$1"
    [ -z "$2" ] || rm -rf -- "$2"`;
  const watchdog = spawn('/bin/sh', ['-c', script, 'sh', String(pid), folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watchdog.on('error', () => {}); // No shell: children then outlive only a SIGKILL of ours.
  watchdog.unref();
  return watchdog;
}
