import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDER = 'test/planted';

export interface NamedTest {
  file: string;
  title: string;
}

/** A bug that a patch puts into the code, and the test that must fail with it. */
export interface PlantedBug {
  name: string;
  /** Path from the repository root. */
  patch: string;
  /** One sentence about what goes wrong. */
  bug: string;
  /** The promise it breaks, and where that is written. */
  breaks: string;
  caughtBy: NamedTest;
}

/** The header of a patch, which `git apply` skips. */
const HEADER = /^Bug: (.+)\nBreaks: (.+)\nCaught by: (\S+) › (.+)\n\n(?=diff --git )/;

/** All planted bugs, sorted by name. @throws if a patch has no header */
export function plantedBugs(): PlantedBug[] {
  return readdirSync(`${ROOT}${FOLDER}`)
    .filter((file) => file.endsWith('.patch'))
    .sort()
    .map((file) => {
      const patch = `${FOLDER}/${file}`;
      const header = HEADER.exec(readFileSync(`${ROOT}${patch}`, 'utf8'));
      const [, bug, breaks, test, title] = header ?? [];
      if (!bug || !breaks || !test || !title) {
        throw new Error(`${patch} does not start with the lines Bug, Breaks and Caught by`);
      }
      return {
        name: file.slice(0, -'.patch'.length),
        patch,
        bug,
        breaks,
        caughtBy: { file: test, title },
      };
    });
}
