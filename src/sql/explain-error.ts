import pg from 'pg';

/** Of data that does not fit and of constraints Postgres quotes what is in the row. */
const QUOTES_ROWS = /^(?:22|23)/;

export const sqlFile = (step: string): string => (step.endsWith('.sql') ? `sql/${step}` : step);

export function explainError(error: unknown, step: string, script: string): string {
  if (!(error instanceof pg.DatabaseError)) {
    const message = error instanceof Error ? error.message : String(error);
    return `The connection broke in ${step} (${message}). Nothing was changed; run it again.`;
  }
  const line = lineOf(error, script);
  const quotes = QUOTES_ROWS.test(error.code ?? '');
  const said = quotes ? 'a row of the tables is in the way' : error.message;
  const lines = [
    `${sqlFile(step)}${line === undefined ? '' : `:${line}`}: ${said} (${error.code ?? 'no code'})`,
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
    ? 'It belongs to another role. Mend as that role: alter its owner to the role of DATABASE_URL, or grant that role yours; then run it again.'
    : 'DATABASE_URL must be of the role postgres, the owner of the database.';

/** Which line of its file, where Postgres gives a position in that; not in a statement inside of it. */
function lineOf(
  { internalPosition, internalQuery }: pg.DatabaseError,
  script: string,
): number | undefined {
  // Files are executed from between dollar quotes, and begin after a line break.
  if (!internalPosition || !internalQuery || !script.includes(`$${internalQuery}$`))
    return undefined;
  // Postgres counts characters, JavaScript counts an emoji as two.
  const before = [...internalQuery].slice(0, Number(internalPosition) - 1).join('');
  return before.replace(/^\n/, '').split('\n').length;
}
