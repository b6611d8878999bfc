/**
 * The container's health check: exits with 0 if /healthz answers, else 1. Without a port, the bot counts as healthy
 * while its container runs. With `--until-ready` it waits up to 30 s for /readyz, and prints what keeps the bot from
 * being ready: for updates of one bot after the other.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { listeningPort } from '../settings.ts';

const WAIT_MS = 30_000;
const EVERY_MS = 500;

const port = listeningPort(process.env);

const ask = (path: string): Promise<Response | null> =>
  fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(4_000) }).catch(
    () => null,
  );

async function isHealthy(): Promise<boolean> {
  return port === null || (await ask('/healthz'))?.ok === true;
}

async function becomesReady(): Promise<boolean> {
  const end = performance.now() + WAIT_MS;
  for (;;) {
    const answer = port === null ? null : await ask('/readyz');
    if (answer?.ok === true) return true;
    if (port === null || performance.now() >= end) {
      console.error((await answer?.text()) ?? 'The bot opens no port, or does not answer on it.');
      return false;
    }
    await sleep(EVERY_MS);
  }
}

const good = await (process.argv.includes('--until-ready') ? becomesReady() : isHealthy());
process.exit(good ? 0 : 1);
