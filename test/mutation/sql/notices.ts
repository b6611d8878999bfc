import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { ROOT } from './lane.ts';

const FILE = `${ROOT}/.stryker/sql-notices`;

/** Which test file noticed each mutant, in this and earlier runs, so that it can be tried first. */
export interface Notices {
  /** How often a test file has noticed a mutant of a function, as `function file`. */
  readonly ofFunction: ReadonlyMap<string, number>;
  /** As `mutant file`. */
  has(mutant: string, file: string): boolean;
  add(mutant: string, file: string): void;
}

export function openNotices(): Notices {
  const lines = existsSync(FILE) ? readFileSync(FILE, 'utf8').split('\n') : [];
  const known = new Set<string>();
  const ofFunction = new Map<string, number>();
  const remember = (line: string): boolean => {
    const [mutant = '', file = ''] = line.split(' ');
    if (file === '' || known.has(line)) return false;
    known.add(line);
    const key = `${mutant.split(':')[0]} ${file}`;
    ofFunction.set(key, (ofFunction.get(key) ?? 0) + 1);
    return true;
  };
  for (const line of lines) remember(line);
  return {
    ofFunction,
    has: (mutant, file) => known.has(`${mutant} ${file}`),
    add(mutant, file) {
      if (!remember(`${mutant} ${file}`)) return;
      mkdirSync(`${ROOT}/.stryker`, { recursive: true });
      appendFileSync(FILE, `${mutant} ${file}\n`);
    },
  };
}
