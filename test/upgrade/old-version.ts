import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type BotProcess, startBot } from '../../src/sandbox/demo/bot-process.ts';

const run = promisify(execFile);
const repository = join(import.meta.dirname, '..', '..');

/** The last commit before polls, accounts, offers and steps: the state that upgrades are tried from. */
export const OLD_COMMIT = '9bb4b54';

/** An earlier state of this repository in a folder of its own. It runs with today's node_modules. */
export interface OldVersion {
  readonly folder: string;
  /** The SQL of that version as one script. */
  printSql(): Promise<string>;
  /** Runs that version's own db:apply. */
  applySql(databaseUrl: string): Promise<void>;
  startBot(
    env: Readonly<Record<string, string>>,
    onLine?: (line: string) => void,
  ): Promise<BotProcess>;
  /** Runs that version's own `npm run erase`. Resolves even if something is left. */
  erase(whom: string, env: Readonly<Record<string, string>>): Promise<void>;
  remove(): Promise<void>;
}

/**
 * Takes a commit out of git.
 * @throws if the history doesn't reach back to it, as in a shallow clone
 */
export async function checkOut(commit: string): Promise<OldVersion> {
  const folder = await mkdtemp(join(tmpdir(), 'lead-alerts-upgrade-'));
  const archive = join(folder, 'archive.tar');
  try {
    await run('git', ['-C', repository, 'archive', `--output=${archive}`, commit]);
    await run('tar', ['-xf', archive, '-C', folder]);
    await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'));
  } catch (error) {
    await rm(folder, { recursive: true });
    throw new Error(`Commit ${commit} can't be read from git: this needs the whole history.`, {
      cause: error,
    });
  }
  const node = async (
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<string> => {
    const options = { cwd: folder, env: { PATH: process.env['PATH'], ...env }, maxBuffer: 1e8 };
    return (await run(process.execPath, args, options)).stdout;
  };
  return {
    folder,
    printSql: () => node(['src/sql/db-apply.ts', '--print']),
    async applySql(databaseUrl) {
      await node(['src/sql/db-apply.ts'], { DATABASE_URL: databaseUrl });
    },
    startBot: (env, onLine = () => {}) => startBot(env, onLine, [], join(folder, 'src', 'main.ts')),
    async erase(whom, env) {
      await node(['src/ops/erase.ts', whom, '--wait', '20'], env).catch((error: unknown) => {
        if (!(error instanceof Error && 'code' in error && error.code === 1)) throw error;
      });
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
