const FUNCTIONS_AND_VIEWS =
  /\bcreate\s+(?:or\s+replace\s+)?(function|procedure|view)\s+(\w+\.\w+)/gi;
const TRIGGERS =
  /\bcreate\s+(?:or\s+replace\s+)?(?:constraint\s+)?trigger\s+(\w+)\s[^;]*?\son\s+(\w+\.\w+)/gi;

/**
 * What a file of `functions/` makes, read from its text: `function public.lead_bot_take`,
 * `view lead_bot.leads`, `trigger append_only lead_bot.alert_events`. Also what stands inside of a DO
 * block. Names are schema-qualified everywhere in `sql/`; others are not found.
 */
export function createdObjects(sql: string): string[] {
  const text = sql.replaceAll(/--.*$/gm, '');
  const found = [
    ...[...text.matchAll(FUNCTIONS_AND_VIEWS)].map(
      ([, kind, name]) => `${kind?.toLowerCase() === 'view' ? 'view' : 'function'} ${name}`,
    ),
    ...[...text.matchAll(TRIGGERS)].map(([, name, table]) => `trigger ${name} ${table}`),
  ];
  return [...new Set(found.map((object) => object.toLowerCase()))].sort();
}
