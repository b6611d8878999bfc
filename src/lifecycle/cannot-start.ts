/** Retrying won't help: the process prints this message and exits. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}

export function portProblem(port: number, error: unknown, setting = 'PORT'): CannotStart {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return new CannotStart(`Port ${port} can't be opened (${code}). Check ${setting}.`);
}
