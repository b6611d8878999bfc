import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDER = 'test/planted';

export interface NamedTest {
  file: string;
  title: string;
}

/** A bug that a patch puts into the code, and the test that has to fail then. */
export interface PlantedBug {
  name: string;
  /** From the root of the repository. */
  patch: string;
  /** What goes wrong, in one sentence. */
  bug: string;
  /** Which promise that breaks, and where it is written. */
  breaks: string;
  caughtBy: NamedTest;
}

/** The header of a patch: what `git apply` skips, up to the first file. */
const HEADER = /^Bug: (.+)\nBreaks: (.+)\nCaught by: (\S+) › (.+)\n\n(?=diff --git )/;

/** Every planted bug, by name. @throws when a patch does not begin with a header */
export function plantedBugs(): PlantedBug[] {
  return readdirSync(`${ROOT}${FOLDER}`)
    .filter((file) => file.endsWith('.patch'))
    .sort()
    .map((file) => {
      const patch = `${FOLDER}/${file}`;
      const header = HEADER.exec(readFileSync(`${ROOT}${patch}`, 'utf8'));
      const [, bug, breaks, test, title] = header ?? [];
      if (!bug || !breaks || !test || !title) {
        throw new Error(`${patch} does not begin with the lines Bug, Breaks and Caught by`);
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
