export interface Row {
  what: string;
  goal: string;
  measured: string;
  /** Cost of a plain implementation on the same data. */
  plain?: string;
  met: boolean | null;
  /** All samples, for `--json`. */
  figures?: unknown;
}

export const count = (n: number): string => n.toLocaleString('en-US');

export function ms(value: number): string {
  if (value >= 10_000) return `${(value / 1000).toFixed(1)} s`;
  if (value >= 100) return `${count(Math.round(value))} ms`;
  return `${value.toFixed(value < 1 ? 2 : 1)} ms`;
}

export function table(rows: readonly Row[]): string {
  const isCompared = rows.some((row) => row.plain !== undefined);
  const met = (row: Row): string => (row.met === null ? '' : row.met ? 'yes' : '**no**');
  const line = (what: string, goal: string, measured: string, plain: string, met: string) =>
    `| ${[what, goal, measured, ...(isCompared ? [plain] : []), met].join(' | ')} |`;
  return [
    line('what', 'goal', 'measured', 'plain', 'met'),
    isCompared ? '|---|---|---|---|---|' : '|---|---|---|---|',
    ...rows.map((row) => line(row.what, row.goal, row.measured, row.plain ?? '', met(row))),
  ].join('\n');
}
