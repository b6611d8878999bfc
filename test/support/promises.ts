import { expect } from 'vitest';
import { image, only } from './dockerfile.ts';
import { readSource } from './source-files.ts';

const first = (pattern: RegExp, file: string): string => {
  const [, found] = pattern.exec(readSource(file)) ?? [];
  if (found === undefined) throw new Error(`${file} has nothing like ${pattern}`);
  return found;
};

/** After a SIGTERM, as the README promises it. */
export const FINISH_WITHIN_SECONDS = Number(
  first(/exits\s+with\s+0\s+within\s+(\d+) s/, 'README.md'),
);

/** Where the image answers health checks. */
export const PORT = Number(/PORT=(\d+)/.exec(only(image, 'ENV'))?.[1]);

/** Resident memory as docs/performance.md and docs/image.md state it, in MB. */
export function neededMemoryMb(): { bot: number; withHealthCheck: number } {
  const [row = ''] = /^\| Resident memory .*$/m.exec(readSource('docs/performance.md')) ?? [];
  const measured = row.split('|')[3] ?? '';
  const figures = [...measured.matchAll(/(\d+) MB/g)].map(([, mb]) => Number(mb));
  expect(figures).not.toEqual([]);
  const bot = Math.max(...figures);
  return { bot, withHealthCheck: bot + Number(first(/(\d+) MB for 0\.\d s/, 'docs/image.md')) };
}

/** The names of all settings, those of `npm run db:apply` included. */
export function knownSettings(): string[] {
  const inEnv = [...readSource('src/env.ts').matchAll(/^ {2}([A-Z][A-Z_]+):/gm)];
  const inExample = [...readSource('.env.example').matchAll(/^#?([A-Z][A-Z_]+)=/gm)];
  return [...inEnv, ...inExample].map(([, name = '']) => name);
}
