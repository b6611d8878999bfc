import type { Workspace } from './workspace.ts';

export interface UntilOptions {
  /** Milliseconds, 20,000 by default. */
  timeoutMs?: number;
  /** What is waited for, for the error. */
  what?: string;
}

/**
 * Resolves with what the predicate gives once it is neither `undefined`, `null` nor `false`. It is
 * asked again after every change; the error of a timeout tells how things stood.
 */
export function until<Value>(
  workspace: Workspace,
  predicate: () => Value | undefined | null | false,
  options: UntilOptions,
  dump: () => string,
): Promise<Value> {
  const { timeoutMs = 20_000, what = 'what was waited for' } = options;
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
