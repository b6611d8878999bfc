import { isObject, type JsonObject, objectsIn, stringIn } from './json.ts';

/** A chart or data table as lines of text; `null` for any other block. */
export function describeData(block: unknown): string[] | null {
  if (!isObject(block)) return null;
  if (block['type'] === 'data_visualization') return describeChart(block);
  if (block['type'] === 'data_table') return describeTable(block);
  return null;
}

function describeChart(block: JsonObject): string[] {
  const chart = isObject(block['chart']) ? block['chart'] : {};
  const title = `${stringIn(block, 'title') ?? ''} (${stringIn(chart, 'type') ?? ''} chart)`;
  const points = (given: unknown): string =>
    objectsIn(given)
      .map((one) => `${String(one['label'])} ${String(one['value'])}`)
      .join(', ');
  if (chart['type'] === 'pie') return [title, `  ${points(chart['segments'])}`];
  const series = objectsIn(chart['series']).map(
    (one) => `  ${String(one['name'])}: ${points(one['data'])}`,
  );
  return [title, ...series];
}

function describeTable(block: JsonObject): string[] {
  const rows = Array.isArray(block['rows']) ? block['rows'] : [];
  const texts = rows.map((row) => objectsIn(row).map(cellText));
  const widths = (texts[0] ?? []).map((_, column) =>
    Math.max(...texts.map((row) => row[column]?.length ?? 0)),
  );
  const lines = texts.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join(' | ')
      .trimEnd(),
  );
  return [stringIn(block, 'caption') ?? '', ...lines.map((line) => `  ${line}`)];
}

/** The text of a cell, or of everything in a rich text. */
export function cellText(cell: JsonObject): string {
  const { text, value } = cell;
  if (typeof text === 'string') return text;
  const inner = objectsIn(cell['elements']).map(cellText).join('');
  return inner === '' && value !== undefined ? String(value) : inner;
}
