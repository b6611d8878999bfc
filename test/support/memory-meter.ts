import type { Meter } from '../../src/core/ports.ts';

export interface MemoryMeter extends Meter {
  /** Everything measured, as `deliveries_total card shown 1`, in order. */
  lines: string[];
}

export function memoryMeter(): MemoryMeter {
  const lines: string[] = [];
  const note = (name: string, labels: Readonly<Record<string, string>>, value: number): void => {
    lines.push([name, ...Object.values(labels), value].join(' '));
  };
  return { lines, add: (name, labels, by = 1) => note(name, labels, by), observe: note, set: note };
}
