/** Upper bound for Retry-After. */
const LONGEST_MS = 30_000;

/** The server's Retry-After in ms, at most 30,000; 0 without one. */
export function retryAfterMs(error: unknown): number {
  if (!(error instanceof Error) || !('retryAfterMs' in error)) return 0;
  const { retryAfterMs: ms } = error;
  return typeof ms === 'number' && ms > 0 ? Math.min(ms, LONGEST_MS) : 0;
}
