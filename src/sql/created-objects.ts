const FUNCTIONS_AND_VIEWS =
  /\bcreate\s+(?:or\s+replace\s+)?(function|procedure|view)\s+(\w+\.\w+)/gi;
const TRIGGERS =
  /\bcreate\s+(?:or\s+replace\s+)?(?:constraint\s+)?trigger\s+(\w+)\s[^;]*?\son\s+(\w+\.\w+)/gi;

/**
 * Lists what a file of `functions/` creates: `function public.lead_bot_take`, `view lead_bot.leads`,
 * `trigger append_only lead_bot.alert_events`. Looks inside DO blocks too, and finds only
 * schema-qualified names.
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
