import pg from 'pg';
import { type ComposeOptions, composeSql, NOTE, STEP } from './compose.ts';
import { CannotConnect, connect } from './connect.ts';

/** What went wrong, in words for the person at the terminal; no password and no row in it. */
export class ApplyError extends Error {
  override name = 'ApplyError';
}

/**
 * Brings the database to what `sql/` says, in one transaction: it is done wholly or not at all.
 * Runs the very text that `composeSql` returns.
 *
 * @param report gets one short line per step, and an indented one for what a step says it has done
 * @throws ApplyError naming the file and what to do
 */
export async function applySql(
  databaseUrl: string,
  options: ComposeOptions,
  report: (line: string) => void = () => {},
): Promise<void> {
  const script = await composeSql(options);
  const client = await connect(databaseUrl, 'db:apply').catch((error: unknown) => {
    throw error instanceof CannotConnect ? new ApplyError(error.message) : error;
  });
  let current = 'the beginning of the script';
  client.on('notice', ({ message }) => {
    if (message?.startsWith(NOTE)) report(`  ${message.slice(NOTE.length)}`);
    if (!message?.startsWith(STEP)) return;
    current = message.slice(STEP.length);
    report(current);
  });
  try {
    await client.query(script);
  } catch (error) {
    throw new ApplyError(explain(error, current, script), { cause: error });
  } finally {
    await client.end().catch(() => {});
  }
}

/** Of data that does not fit and of constraints Postgres quotes what is in the row. */
const QUOTES_ROWS = /^(?:22|23)/;

function explain(error: unknown, announced: string, script: string): string {
  if (!(error instanceof pg.DatabaseError)) {
    const message = error instanceof Error ? error.message : String(error);
    return `The connection broke in ${announced} (${message}). Nothing was changed; run it again.`;
  }
  const { step, line } = whereabouts(error, announced, script);
  const place = step.endsWith('.sql') ? `sql/${step}` : step;
  const quotes = QUOTES_ROWS.test(error.code ?? '');
  const said = quotes ? 'a row of the tables is in the way' : error.message;
  const lines = [
    `${place}${line === undefined ? '' : `:${line}`}: ${said} (${error.code ?? 'no code'})`,
    error.detail && !quotes ? `Detail: ${error.detail}` : '',
    quotes && error.constraint ? `Constraint: ${error.constraint}` : '',
    error.hint ? `Hint: ${error.hint}` : '',
    error.code === '42501'
      ? 'DATABASE_URL must be of the role postgres, the owner of the database.'
      : '',
    'Nothing was changed.',
  ];
  return lines.filter((text) => text !== '').join('\n');
}

/**
 * Which file, and which line of it where Postgres gives a position. A syntax error stops the script
 * before its first step is announced, so a position in the script counts more than the announcement.
 */
function whereabouts(
  error: pg.DatabaseError,
  announced: string,
  script: string,
): { step: string; line?: number } {
  const lineIn = (text: string) => text.split('\n').length;
  if (error.internalPosition && error.internalQuery) {
    // A file executed inside a guard; its text begins after one line break.
    const before = error.internalQuery.slice(0, Number(error.internalPosition) - 1);
    return { step: announced, line: lineIn(before.replace(/^\n/, '')) };
  }
  if (!error.position) return { step: announced };
  // Postgres counts characters, JavaScript counts an emoji as two.
  const before = [...script].slice(0, Number(error.position) - 1).join('');
  const mark = before.lastIndexOf(`raise info '${STEP}`);
  if (mark < 0) return { step: announced };
  const name = mark + `raise info '${STEP}`.length;
  const step = script.slice(name, script.indexOf("'", name));
  const file = before.slice(before.indexOf('\n\n', name) + 2);
  return file.startsWith('do $guard') ? { step } : { step, line: lineIn(file) };
}
