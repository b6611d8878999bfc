import type { Workspace } from './workspace.ts';

export interface UntilOptions {
  /** Default 20 s. */
  timeoutMs?: number;
  /** Named in the error of a timeout. */
  what?: string;
}

/**
 * Runs the predicate after every change, and resolves with its first value that is not `undefined`, `null`
 * or `false`. A timeout's error includes the workspace's state.
 */
export function until<Value>(
  workspace: Workspace,
  predicate: () => Value | undefined | null | false,
  options: UntilOptions,
  dump: () => string,
): Promise<Value> {
  const { timeoutMs = 20_000, what = 'the expected change' } = options;
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      workspace.watchers.delete(look);
      clearTimeout(timer);
    };
    const look = (): void => {
      try {
        const value = predicate();
        if (value === undefined || value === null || value === false) return;
        stop();
        resolve(value);
      } catch (error) {
        stop();
        reject(error);
      }
    };
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`No sign of ${what} after ${timeoutMs} ms.\n${dump()}`));
    }, timeoutMs);
    workspace.watchers.add(look);
    look();
  });
}
