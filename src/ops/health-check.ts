import { listeningPort } from '../settings.ts';

/**
 * For the container's health check: exit 0 when the process on its port says that it lives, else 1. Where the bot
 * opens no port nothing can be asked, and nothing is said against it: a bot that ends takes its container along.
 */
const port = listeningPort(process.env);
const answer =
  port === null
    ? null
    : await fetch(`http://127.0.0.1:${port}/healthz`, {
        signal: AbortSignal.timeout(4_000),
      }).catch(() => null);
process.exit(port === null || answer?.ok === true ? 0 : 1);
