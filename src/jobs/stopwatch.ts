/**
 * Starts to measure; the function that it returns says how many ms have passed, by the clock that says
 * more. The monotonic clock may stand still while a virtual machine is suspended, and the wall clock may be
 * set back. Where a lease is measured, too much costs another try and too little a second copy.
 */
export function stopwatch(): () => number {
  const monotonic = performance.now();
  const wall = Date.now();
  return () => Math.max(performance.now() - monotonic, Date.now() - wall);
}
