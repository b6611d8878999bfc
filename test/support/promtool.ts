import { spawnSync } from 'node:child_process';

const run = (args: readonly string[], input?: string) =>
  spawnSync('promtool', args, { encoding: 'utf8', ...(input !== undefined && { input }) });

/** Debian's package `prometheus` has it. */
export const promtoolIsHere = run(['--version']).error === undefined;
if (!promtoolIsHere && process.env['VITEST']) {
  console.log('Skipped: the tests of the rules need promtool: apt-get install prometheus');
}

/** What promtool says if it is not content; empty if it is. */
export function promtool(args: readonly string[], input?: string): string {
  const { status, stdout, stderr } = run(args, input);
  return status === 0 ? '' : `${stdout}${stderr}`;
}
