import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { parseEnv } from 'node:util';

/**
 * Preloaded by the npm scripts (`node --import`): adds settings from `.env` that the environment lacks. Unlike Node's
 * --env-file-if-exists, it prints nothing if there is no file.
 */
const text = readDotEnv();
if (text !== null) {
  const before = process.env['NODE_EXTRA_CA_CERTS'];
  // Otherwise `ALERT_CHANNEL=#hot-leads` would parse as empty and we couldn't explain what is wrong.
  const quoted = text.replace(/^(\s*(?:export\s+)?\w+_CHANNEL\s*=)(#\S.*)$/gm, '$1"$2"');
  for (const [name, value] of Object.entries(parseEnv(quoted))) process.env[name] ??= value;
  const certificates = process.env['NODE_EXTRA_CA_CERTS'];
  // Node reads this variable only at startup.
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

/** On failure, continues without them as Node does. */
function trust(file: string): void {
  try {
    setDefaultCACertificates([...getCACertificates('default'), readFileSync(file, 'utf8')]);
  } catch (error) {
    console.error(
      `NODE_EXTRA_CA_CERTS: can't load certificates from that file (${codeOf(error)}).`,
    );
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
