/** One line of Prometheus' text format. */
export interface Sample {
  name: string;
  labels: Readonly<Record<string, string>>;
  value: number;
}

/** Reads the text format as prom-client writes it. @throws on a line that is none of it */
export function parseMetrics(text: string): Sample[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', inside = '', value = ''] =
        /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      if (name === '') throw new Error(`not a metric: ${line}`);
      const labels = [...inside.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)].map(
        ([, label = '', word = '']) => [label, word],
      );
      return { name, labels: Object.fromEntries(labels), value: Number(value) };
    });
}

/** The value of the one sample with these labels; undefined if there is none. */
export const valueIn = (
  samples: readonly Sample[],
  name: string,
  labels: Sample['labels'] = {},
): number | undefined =>
  samples.find(
    (one) =>
      one.name === `lead_alerts_${name}` &&
      Object.entries(labels).every(([label, value]) => one.labels[label] === value),
  )?.value;
