import type { Clock } from './clock.ts';

/**
 * Starts to measure; the function that it returns says how many ms have passed, by the clock that says
 * more. The monotonic clock may stand still while a virtual machine is suspended, and the wall clock may be
 * set back. Where a lease is measured, too much costs another try and too little a second copy.
 */
export function stopwatch(clock: Clock): () => number {
  const monotonic = clock.now();
  const wall = clock.wall();
  return () => Math.max(clock.now() - monotonic, clock.wall() - wall);
}
