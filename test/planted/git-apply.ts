import { spawnSync } from 'node:child_process';
import { dirname, resolve } from 'node:path';

/**
 * Applies a patch to a folder, or only looks whether it would apply; git need not know the folder.
 * @returns what git has against it; null when it applies
 * @throws when there is no git
 */
export function gitApply(
  folder: string,
  patch: string,
  mode: 'apply' | 'check' = 'apply',
): string | null {
  const args = mode === 'check' ? ['apply', '--check', patch] : ['apply', patch];
  const { error, status, stderr } = spawnSync('git', args, {
    cwd: folder,
    encoding: 'utf8',
    // In a folder of a larger repository git would take the paths from the root of that.
    env: { ...process.env, GIT_CEILING_DIRECTORIES: dirname(resolve(folder)) },
  });
  if (error !== undefined) {
    throw new Error(`the planted bugs need git, which can't be run: ${error.message}`);
  }
  return status === 0 ? null : stderr.trim();
}
