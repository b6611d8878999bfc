import type { Clock } from './clock.ts';

/**
 * Starts a stopwatch; the returned function gives the elapsed ms, by whichever clock shows more. The monotonic clock
 * may stop while a virtual machine is suspended, and the wall clock may be set back. For a lease, overestimating costs
 * a retry and underestimating a duplicate post.
 */
export function stopwatch(clock: Clock): () => number {
  const monotonic = clock.now();
  const wall = clock.wall();
  return () => Math.max(clock.now() - monotonic, clock.wall() - wall);
}
