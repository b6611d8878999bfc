import { differenceInCalendarDays } from 'date-fns/differenceInCalendarDays';

type Sql = <Row extends Record<string, unknown>>(text: string) => Promise<Row[]>;

/** The dump says that it was made at this moment. */
export const MADE_AT = new Date('2026-11-26T12:00:00Z');

/**
 * Every row of the lead tables and of the bot as SQL, to be run by a superuser on a database that has the
 * tables and no rows. Nothing that depends on the cluster: transaction ids become "seen" or "not yet seen".
 */
export async function rowsAsSql(sql: Sql): Promise<string> {
  await sql(`set time zone 'UTC'`);
  const tables = await sql<{ name: string; columns: string[]; identity: string | null }>(`
    select c.oid::regclass::text as name,
           array_agg(quote_ident(a.attname) order by a.attnum) filter (where a.attgenerated = '') as columns,
           max(quote_ident(a.attname)) filter (where a.attidentity <> '') as identity
      from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relkind = 'r' and c.relnamespace in ('public'::regnamespace, 'lead_bot'::regnamespace)
       and c.oid::regclass::text <> 'lead_bot.migrations'
     group by c.oid
     order by 1`);
  const parts = ['set session_replication_role = replica;', "set time zone 'UTC';"];
  for (const { name, columns, identity } of tables) {
    const values = columns.map((column) => literal(name, column)).join(", ', ', ");
    const rows = await sql<{ row: string }>(
      `select concat('(', ${values}, ')') as row from ${name} t order by ${orderOf(columns)}`,
    );
    if (rows.length === 0) continue;
    const overriding = identity === null ? '' : ' overriding system value';
    parts.push(
      `insert into ${name} (${columns.join(', ')})${overriding} values\n${rows.map(({ row }) => `  ${row}`).join(',\n')};`,
    );
    if (identity !== null) {
      parts.push(
        `select setval(pg_get_serial_sequence('${name}', '${identity}'), (select max(${identity}) from ${name}));`,
      );
    }
  }
  return `${parts.join('\n\n')}\n\nset session_replication_role = origin;\n`;
}

function literal(table: string, column: string): string {
  if (column === 'seen_before') return "'pg_current_xact_id()'";
  if (table === 'lead_bot.lead_snapshots' && column === 'txid') {
    return `(select case when t.txid < p.seen_before then '''0''' else 'pg_current_xact_id()' end
               from lead_bot.poll_state p)`;
  }
  return `quote_nullable(t.${column}::text)`;
}

/** Ids are random: what is older comes first. */
const TIMES = ['opened_at', 'created_at', 'signup_at', 'entered_at', 'at', 'seen_at', 'scored_at'];

function orderOf(columns: readonly string[]): string {
  const time = TIMES.find((column) => columns.includes(column));
  return [...(time === undefined ? [] : [`t.${time}`]), 't::text'].join(', ');
}

/** Ids numbered in their order of appearance, so that two dumps of the same states can be compared. */
export function numberIds(...texts: readonly string[]): string[] {
  const numbers = new Map<string, string>();
  return texts.map((text) =>
    text.replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, (id) => {
      const next = `00000000-0000-4000-8000-${String(numbers.size + 1).padStart(12, '0')}`;
      const known = numbers.get(id) ?? next;
      numbers.set(id, known);
      return known;
    }),
  );
}

/**
 * Moves every time of a dump as if what happened at `from` had happened at `to`: instants and Slack's
 * timestamps by whole seconds, dates by calendar days in UTC.
 */
export function moveTimes(text: string, from: Date, to: Date): string {
  const seconds = Math.round((to.getTime() - from.getTime()) / 1000);
  const days = differenceInCalendarDays(atNoonUtc(to), atNoonUtc(from));
  return text
    .replace(
      /\b(20\d\d-\d\d-\d\d)(?:([ T])(\d\d:\d\d:\d\d)((?:\.\d+)?(?:\+00(?::00)?|Z)))?/g,
      (_, date: string, blank: string | undefined, time: string, rest: string) => {
        const moved =
          blank === undefined
            ? plus(`${date}T00:00:00Z`, days * 86_400)
            : plus(`${date}T${time}Z`, seconds);
        return blank === undefined
          ? moved.slice(0, 10)
          : `${moved.slice(0, 10)}${blank}${moved.slice(11, 19)}${rest}`;
      },
    )
    .replace(
      /\b(1[7-9]\d{8})\.(\d{6})\b/g,
      (_, whole: string, micros: string) => `${Number(whole) + seconds}.${micros}`,
    )
    .replace(/<!date\^(\d{10})/g, (_, whole: string) => `<!date^${Number(whole) + seconds}`);
}

const plus = (instant: string, seconds: number): string =>
  new Date(Date.parse(instant) + seconds * 1000).toISOString();

const atNoonUtc = (date: Date): Date => new Date(`${date.toISOString().slice(0, 10)}T12:00:00`);
