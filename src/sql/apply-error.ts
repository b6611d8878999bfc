/** What went wrong, in words for the person at the terminal; no password and no row in it. */
export class ApplyError extends Error {
  override name = 'ApplyError';
}
