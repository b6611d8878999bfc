/** What each step announces with `raise info`, so that errors can name the file. */
export const STEP = 'lead-alerts: ';

/** What a step says that is not the same each time. */
export const NOTE = 'lead-alerts note: ';

/** What a step has changed: a word of `Changed:`, or what --private has closed. */
export const CHANGED = 'lead-alerts changed: ';
export const CLOSED = 'lead-alerts closed: ';

/** Ends with a semicolon even where the file does not: the next step must not become a part of it. */
export const step = (name: string, sql: string) =>
  `do $do$ begin raise info '${STEP}${name}'; end $do$;\n\n${sql.trim()}${sql.trim().endsWith(';') ? '' : '\n;'}`;

/** A DO block around PL/pgSQL that may hold whole files. */
export const doBlock = (block: string) => `do ${dollarQuoted('guard', block)};`;

/** A statement of PL/pgSQL that says what was changed. */
export const reportChange = (what: string) => `raise info '${CHANGED}${what}';`;

/** Dollar quotes around text that may hold dollar quotes itself. */
export function dollarQuoted(name: string, text: string): string {
  let tag = `$${name}$`;
  for (let n = 1; text.includes(tag); n += 1) tag = `$${name}${n}$`;
  return `${tag}\n${text.trim()}\n${tag}`;
}

/** The Supabase CLI prints every message. Hundreds of lines about steps would bury what matters. */
export const withoutNotices = (script: string): string =>
  script
    .replaceAll(
      new RegExp(`^do \\$do\\$ begin raise info '${STEP}(.*)'; end \\$do\\$;$`, 'gm'),
      '-- $1',
    )
    .replaceAll(new RegExp(`^ *raise info '${CHANGED}.*';\\n`, 'gm'), '');
