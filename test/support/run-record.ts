import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { z } from 'zod';

/** The finished parts of a long run, so that it can be stopped and go on, and is summed up over all its parts. */
export interface RunRecord<Part> {
  readonly parts: readonly Part[];
  add(part: Part): void;
}

/** @param path of a file with a line of JSON per part. Undefined: only in memory. */
export function openRunRecord<Part>(
  path: string | undefined,
  shape: z.ZodType<Part>,
): RunRecord<Part> {
  if (path === undefined) {
    const parts: Part[] = [];
    return { parts, add: (part) => parts.push(part) };
  }
  mkdirSync(dirname(path), { recursive: true });
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const parts = text
    .split('\n')
    .slice(0, -1)
    .filter((line) => line !== '')
    .map((line) => shape.parse(JSON.parse(line)));
  // A line that a kill has cut off doesn't count: its part runs again.
  if (!text.endsWith('\n')) writeFileSync(path, text.slice(0, text.lastIndexOf('\n') + 1));
  return {
    parts,
    add(part) {
      appendFileSync(path, `${JSON.stringify(part)}\n`);
      parts.push(part);
    },
  };
}

/** The commit that runs, for a record. */
export function runningCode(): string {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty', '--exclude=*'], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'unknown';
  }
}

/** "1 h 5 min", "3 min", "20 s". */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
