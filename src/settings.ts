/** How a variable of the environment is read, by the bot and by the health check of its container alike. */
export type Vars = Readonly<Record<string, string | undefined>>;

/** Without blanks around the values; an empty variable counts as missing. */
export const filled = (vars: Vars): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(vars)
      .map(([name, value]) => [name, value?.trim()])
      .filter(([, value]) => value !== undefined && value !== ''),
  );

const DEFAULT_PORT = 3000;

/**
 * The port on which the bot answers over HTTP: `PORT`, else 3000 in HTTP mode, else none. Of a `PORT` that is
 * no number comes NaN.
 */
export function listeningPort(vars: Vars): number | null {
  const { PORT, SLACK_APP_TOKEN } = filled(vars);
  if (PORT !== undefined) return /^\d+$/.test(PORT) ? Number(PORT) : Number.NaN;
  return SLACK_APP_TOKEN === undefined ? DEFAULT_PORT : null;
}
