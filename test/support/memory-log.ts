import type { Log, LogFields } from '../../src/ops/log.ts';

interface LogLine extends LogFields {
  level: keyof Log;
  event: string;
}

/** A log in memory that a test can await lines of. */
export interface MemoryLog extends Log {
  lines: LogLine[];
  /** Resolves with the first matching line, past or future. */
  next(level: keyof Log, event: RegExp): Promise<LogLine>;
}

export function memoryLog(): MemoryLog {
  const lines: LogLine[] = [];
  const waiting = new Set<() => void>();
  const write = (level: keyof Log) => (event: string, fields?: LogFields) => {
    lines.push({ ...fields, level, event });
    for (const look of waiting) look();
  };
  return {
    lines,
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    next: (level, event) =>
      new Promise((resolve) => {
        const look = (): void => {
          const line = lines.find((one) => one.level === level && event.test(one.event));
          if (line === undefined) return;
          waiting.delete(look);
          resolve(line);
        };
        waiting.add(look);
        look();
      }),
  };
}
