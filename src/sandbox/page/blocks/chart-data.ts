/** What a `data_visualization` block shows, and where its parts go. */

export interface Segment {
  label: string;
  /** More than 0. */
  value: number;
}

export interface Series {
  name: string;
  /** One for each category, in their order. */
  values: readonly number[];
}

export interface PieChart {
  kind: 'pie';
  title: string;
  segments: readonly Segment[];
}

export interface AxisChart {
  kind: 'bar' | 'line' | 'area';
  title: string;
  categories: readonly string[];
  series: readonly Series[];
  xLabel: string;
  yLabel: string;
}

type Fields = Record<string, unknown>;

/** Null for a block that Slack would not have taken. */
export function readChart(block: { type: string }): PieChart | AxisChart | null {
  const { title, chart } = fieldsOf(block);
  const { type, segments, series, axis_config: axis } = fieldsOf(chart);
  if (type === 'pie')
    return { kind: type, title: textOf(title), segments: listOf(segments).map(readPoint) };
  if (type !== 'bar' && type !== 'line' && type !== 'area') return null;
  const { categories, x_label: x, y_label: y } = fieldsOf(axis);
  const names = listOf(categories).map(textOf);
  return {
    kind: type,
    title: textOf(title),
    categories: names,
    series: listOf(series).map((one) => readSeries(fieldsOf(one), names)),
    xLabel: textOf(x),
    yLabel: textOf(y),
  };
}

function readSeries({ name, data }: Fields, categories: readonly string[]): Series {
  const points = new Map(listOf(data).map((one) => [readPoint(one).label, readPoint(one).value]));
  return { name: textOf(name), values: categories.map((label) => points.get(label) ?? 0) };
}

function readPoint(point: unknown): Segment {
  const { label, value } = fieldsOf(point);
  return { label: textOf(label), value: typeof value === 'number' ? value : 0 };
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value))
    : {};
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Round numbers that span the values and 0, about `wanted` of them, ascending. */
export function ticksFor(values: readonly number[], wanted: number): number[] {
  const least = Math.min(0, ...values);
  const most = Math.max(0, ...values);
  const span = most - least || 1;
  const rough = span / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((one) => one * power >= rough) ?? 10;
  const whole = values.every(Number.isInteger);
  const step = whole ? Math.max(1, factor * power) : factor * power;
  const first = Math.floor(least / step);
  const last = Math.ceil((most || step) / step);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

const full = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });
const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });

export const formatNumber = (value: number): string => full.format(value);
/** At most five characters or so, for a place without room. */
export const formatShort = (value: number): string =>
  Math.abs(value) < 10_000 ? full.format(value) : short.format(value);

/** The color of a series or segment; theme.css has twelve. */
export const colorAt = (index: number): string => `var(--series-${(index % 12) + 1})`;

/** The outline of a slice of a pie around (0, 0), for an SVG path. Turns are from 0 at the top to 1. */
export function slicePath(from: number, to: number, radius: number): string {
  if (to - from >= 1)
    return `M0 ${-radius}A${radius} ${radius} 0 1 1 0 ${radius}A${radius} ${radius} 0 1 1 0 ${-radius}Z`;
  const at = (turn: number) =>
    `${(radius * Math.sin(2 * Math.PI * turn)).toFixed(2)} ${(-radius * Math.cos(2 * Math.PI * turn)).toFixed(2)}`;
  return `M0 0L${at(from)}A${radius} ${radius} 0 ${to - from > 0.5 ? 1 : 0} 1 ${at(to)}Z`;
}
