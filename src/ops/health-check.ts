/** For the container's health check: exit 0 when the process on PORT says that it lives, else 1. */
const port = process.env['PORT'] ?? '3000';
const answer = await fetch(`http://127.0.0.1:${port}/healthz`, {
  signal: AbortSignal.timeout(4_000),
}).catch(() => null);
process.exit(answer?.ok === true ? 0 : 1);
