/** Prefixes of the notices (`raise info`) that the script sends. STEP: which step starts. */
export const STEP = 'lead-alerts: ';

/** Something the operator should know. */
export const NOTE = 'lead-alerts note: ';

/** A change of this kind, counted in the summary; and what --private has closed. */
export const CHANGED = 'lead-alerts changed: ';
export const CLOSED = 'lead-alerts closed: ';

/** Announces the step. Adds a final semicolon if the SQL lacks one. */
export const step = (name: string, sql: string) =>
  `do $do$ begin raise info '${STEP}${name}'; end $do$;\n\n${sql.trim()}${sql.trim().endsWith(';') ? '' : '\n;'}`;

/** Wraps PL/pgSQL, which may contain whole files, in a DO block. */
export const doBlock = (block: string) => `do ${dollarQuoted('guard', block)};`;

/** PL/pgSQL that reports a change. */
export const reportChange = (what: string) => `raise info '${CHANGED}${what}';`;

/** Dollar-quotes text that may contain dollar quotes itself. */
export function dollarQuoted(name: string, text: string): string {
  let tag = `$${name}$`;
  for (let n = 1; text.includes(tag); n += 1) tag = `$${name}${n}$`;
  return `${tag}\n${text.trim()}\n${tag}`;
}

/** The Supabase CLI prints every notice, and hundreds of steps would bury the ones that matter. */
export const withoutNotices = (script: string): string =>
  script
    .replaceAll(
      new RegExp(`^do \\$do\\$ begin raise info '${STEP}(.*)'; end \\$do\\$;$`, 'gm'),
      '-- $1',
    )
    .replaceAll(new RegExp(`^ *raise info '${CHANGED}.*';\\n`, 'gm'), '');
