/** Exponential: `firstMs` after the first failure, doubled with each further one, up to `capMs`. */
export const backoff = (failures: number, firstMs: number, capMs: number): number =>
  Math.min(capMs, firstMs * 2 ** (failures - 1));
