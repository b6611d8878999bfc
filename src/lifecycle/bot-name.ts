import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

/**
 * A name for this process, such as `web-1/4f2c`: the host, and four digits that are new with each start. The database
 * notes it beside what the bot did.
 */
export function nameBot(): string {
  const host = hostname()
    .replace(/[^\w.-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 40);
  return `${host || 'bot'}/${randomBytes(2).toString('hex')}`;
}
