import { spawnSync } from 'node:child_process';
import { dirname, resolve } from 'node:path';

/**
 * Applies a patch to a folder, or only checks whether it applies. The folder need not be a repository.
 * @returns git's error, or null if the patch applies
 * @throws without git
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
    // Otherwise git would resolve paths from the root of an enclosing repository.
    env: { ...process.env, GIT_CEILING_DIRECTORIES: dirname(resolve(folder)) },
  });
  if (error !== undefined) {
    throw new Error(`planted bugs need git, which failed to run: ${error.message}`);
  }
  return status === 0 ? null : stderr.trim();
}
