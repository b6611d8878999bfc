import type { TestDatabase } from './supabase.ts';

type Sql = Pick<TestDatabase, 'sql'>;

export type Counts = Readonly<Record<string, number | string>>;

/** Erases one person or company in the database, as `npm run erase` does. */
export async function erase({ sql }: Sql, whom: string): Promise<Counts> {
  const called = whom.includes('@') ? 'erase_person' : 'erase_company';
  const [row] = await sql<{ counts: Counts }>(`select lead_bot.${called}($1) as counts`, [whom]);
  return row?.counts ?? {};
}

export interface Left {
  channel: string;
  kind: string;
  refused: boolean;
  paused: boolean;
  reason: string | null;
  count: number;
}

/** Messages still to remove from Slack or to redraw. */
export async function erasuresLeft({ sql }: Sql): Promise<Left[]> {
  const [row] = await sql<{ left: Left[] }>('select lead_bot.erasures_left() as left');
  return row?.left ?? [];
}

/** Every column of the bot's and the lead tables that contains this text, as `table.column`. */
export async function placesOf({ sql }: Sql, text: string): Promise<string[]> {
  const tables = await sql<{ name: string; column: string }>(
    `select c.oid::regclass::text as name, a.attname as column
       from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relkind = 'r' and c.relnamespace in ('lead_bot'::regnamespace, 'public'::regnamespace)
        and c.oid <> 'lead_bot.mail_providers'::regclass
      order by 1, 2`,
  );
  const places: string[] = [];
  for (const { name, column } of tables) {
    const found = await sql(
      `select from ${name} t where strpos(lower(to_jsonb(t) ->> '${column}'), lower($1)) > 0 limit 1`,
      [text],
    );
    if (found.length > 0) places.push(`${name}.${column}`);
  }
  return places;
}
