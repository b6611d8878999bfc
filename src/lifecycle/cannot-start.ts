/** Retrying won't help: the process ends with this sentence. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}

/** Why nothing can listen on the port that PORT names. */
export function portProblem(port: number, error: unknown): CannotStart {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return new CannotStart(`Port ${port} can't be opened (${code}). Check PORT.`);
}
