import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/**
 * Preloaded by the npm scripts (`node --import`): takes what `.env` says and the environment does not, and
 * is silent when there is no such file, which Node's own --env-file-if-exists is not.
 */
try {
  const before = process.env['NODE_EXTRA_CA_CERTS'];
  process.loadEnvFile();
  const certificates = process.env['NODE_EXTRA_CA_CERTS'];
  // Node reads this variable when it starts, which is over.
  if (before === undefined && certificates) {
    setDefaultCACertificates([...getCACertificates('default'), readFileSync(certificates, 'utf8')]);
  }
} catch (error) {
  const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  if (!missing) throw error;
}
