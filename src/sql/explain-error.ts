import pg from 'pg';

/** Data errors and constraint violations: Postgres quotes the row in their message. */
const QUOTES_ROWS = /^(?:22|23)/;

export const sqlFile = (step: string): string => (step.endsWith('.sql') ? `sql/${step}` : step);

export function explainError(error: unknown, step: string, script: string): string {
  if (!(error instanceof pg.DatabaseError)) {
    const message = error instanceof Error ? error.message : String(error);
    return `Lost the connection in ${step} (${message}). Nothing was changed; run db:apply again.`;
  }
  const line = lineOf(error, script);
  const quotes = QUOTES_ROWS.test(error.code ?? '');
  const problem = quotes ? 'existing rows conflict with it' : error.message;
  const lines = [
    `${sqlFile(step)}${line === undefined ? '' : `:${line}`}: ${problem} (${error.code ?? 'no code'})`,
    error.detail && !quotes ? `Detail: ${error.detail}` : '',
    quotes && error.constraint ? `Constraint: ${error.constraint}` : '',
    error.hint ? `Hint: ${error.hint}` : '',
    error.code === '42501' ? adviceOnRights(error.message) : '',
    'Nothing was changed.',
  ];
  return lines.filter((text) => text !== '').join('\n');
}

const adviceOnRights = (message: string): string =>
  message.startsWith('must be owner of')
    ? 'It belongs to another role. Make the role of DATABASE_URL its owner, or a member of the owning role, and run db:apply again.'
    : 'DATABASE_URL must use the role postgres, the owner of the database.';

/** The line of the file. Unknown when Postgres gives a position in a nested statement. */
function lineOf(
  { internalPosition, internalQuery }: pg.DatabaseError,
  script: string,
): number | undefined {
  // Each file runs as a dollar-quoted string that starts with a line break.
  if (!internalPosition || !internalQuery || !script.includes(`$${internalQuery}$`))
    return undefined;
  // Postgres counts code points, JavaScript counts UTF-16 units.
  const before = [...internalQuery].slice(0, Number(internalPosition) - 1).join('');
  return before.replace(/^\n/, '').split('\n').length;
}
