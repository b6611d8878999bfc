import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { parseEnv } from 'node:util';

/**
 * Preloaded by the npm scripts (`node --import`): takes what `.env` says and the environment does not, and
 * is silent when there is no such file, which Node's own --env-file-if-exists is not.
 */
const text = readDotEnv();
if (text !== null) {
  const before = process.env['NODE_EXTRA_CA_CERTS'];
  // Of `ALERT_CHANNEL=#hot-leads` nothing would be left, and nobody could say what is wrong with it.
  const named = text.replace(/^(\s*(?:export\s+)?\w+_CHANNEL\s*=)(#\S.*)$/gm, '$1"$2"');
  for (const [name, value] of Object.entries(parseEnv(named))) process.env[name] ??= value;
  const certificates = process.env['NODE_EXTRA_CA_CERTS'];
  // Node reads this variable when it starts, which is over.
  if (before === undefined && certificates) trust(certificates);
}

function readDotEnv(): string | null {
  try {
    return readFileSync('.env', 'utf8');
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') return null;
    console.error(`.env can't be read (${code}).`);
    process.exit(1);
  }
}

/** Goes on without them, as Node does. */
function trust(file: string): void {
  try {
    setDefaultCACertificates([...getCACertificates('default'), readFileSync(file, 'utf8')]);
  } catch (error) {
    console.error(`NODE_EXTRA_CA_CERTS names a file without certificates (${codeOf(error)}).`);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
