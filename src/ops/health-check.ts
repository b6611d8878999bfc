import { listeningPort } from '../settings.ts';

/**
 * The container's health check: exits with 0 if /healthz answers, else 1. Without a port, the bot counts as healthy
 * while its container runs.
 */
const port = listeningPort(process.env);
const answer =
  port === null
    ? null
    : await fetch(`http://127.0.0.1:${port}/healthz`, {
        signal: AbortSignal.timeout(4_000),
      }).catch(() => null);
process.exit(port === null || answer?.ok === true ? 0 : 1);
