import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ROOT } from './lane.ts';

const FILE = `${ROOT}/.stryker/sql-notices`;

/** Which test file noticed each mutant, in this and earlier runs, so that it can be tried first. */
export interface Notices {
  /** How often the file has noticed mutants of the same function; more than any count if it noticed this one. */
  weight(mutant: string, file: string): number;
  add(mutant: string, file: string): void;
}

export function openNotices(): Notices {
  const known = new Set<string>();
  const counts = new Map<string, number>();
  const countedAs = (mutant: string, file: string) => `${mutant.split(':')[0]} ${file}`;
  const remember = (mutant: string, file: string): boolean => {
    const line = `${mutant} ${file}`;
    if (known.has(line)) return false;
    known.add(line);
    const key = countedAs(mutant, file);
    counts.set(key, (counts.get(key) ?? 0) + 1);
    return true;
  };
  const text = existsSync(FILE) ? readFileSync(FILE, 'utf8') : '';
  for (const line of text.split('\n')) {
    const [mutant, file] = line.split(' ');
    if (mutant !== undefined && file !== undefined) remember(mutant, file);
  }
  return {
    weight: (mutant, file) =>
      known.has(`${mutant} ${file}`)
        ? Number.MAX_SAFE_INTEGER
        : (counts.get(countedAs(mutant, file)) ?? 0),
    add(mutant, file) {
      if (!remember(mutant, file)) return;
      mkdirSync(dirname(FILE), { recursive: true });
      appendFileSync(FILE, `${mutant} ${file}\n`);
    },
  };
}
