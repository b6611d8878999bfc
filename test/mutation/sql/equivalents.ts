import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Mutant } from './mutants.ts';

const list = z.array(
  z.strictObject({
    id: z.string(),
    /** As `changeOf` writes it, for readers. */
    change: z.string(),
    /** Why nobody could tell the difference. */
    reason: z.string().min(10),
  }),
);

/** Mutants that behave like the original. They aren't sampled. */
export const equivalents = (): z.infer<typeof list> =>
  list.parse(JSON.parse(readFileSync(new URL('equivalent.json', import.meta.url), 'utf8')));

/** The change in one line, with some words around it: `where [a.id = b.id → true] and …`. */
export function changeOf({ from, to }: Pick<Mutant, 'from' | 'to'>): string {
  const words = (text: string): string[] => text.split(' ');
  const [before, after] = [words(from), words(to)];
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const middle = (all: readonly string[]): string => all.slice(start, all.length - end).join(' ');
  const lead = before.slice(Math.max(0, start - 8), start);
  const tail = before.slice(before.length - end, before.length - end + 8);
  return [
    ...(start > lead.length ? ['…'] : []),
    ...lead,
    `[${middle(before)} → ${middle(after)}]`,
    ...tail,
    ...(end > tail.length ? ['…'] : []),
  ].join(' ');
}
