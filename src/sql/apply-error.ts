/** An error worded for the operator. Never contains a password or data of a row. */
export class ApplyError extends Error {
  override name = 'ApplyError';
}
