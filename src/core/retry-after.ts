/** Upper bound for Retry-After. */
const LONGEST_MS = 30_000;

/** How long the server that failed asked to be left alone, 0 to 30,000 ms; 0 when it did not say. */
export function retryAfterMs(error: unknown): number {
  if (!(error instanceof Error) || !('retryAfterMs' in error)) return 0;
  const { retryAfterMs: ms } = error;
  return typeof ms === 'number' && ms > 0 ? Math.min(ms, LONGEST_MS) : 0;
}
