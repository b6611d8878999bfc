import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { type NamedTest, ROOT } from './planted-bug.ts';

export interface TestOutcome {
  passed: boolean;
  /** Failure messages. Each starts with the name of the error. */
  failures: readonly string[];
}

export interface Scratch {
  folder: string;
  /** Runs these tests. @returns their outcomes; null for tests that did not run @throws without a report */
  test(tests: readonly NamedTest[]): Promise<(TestOutcome | null)[]>;
  remove(): Promise<void>;
}

const report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});

/** Copies the repository to a temporary folder, without dot files and node_modules. */
export async function makeScratch(): Promise<Scratch> {
  const folder = await mkdtemp(join(tmpdir(), 'lead-alerts-planted-'));
  const copy = join(folder, 'copy');
  await mkdir(copy);
  await cp(ROOT, copy, {
    recursive: true,
    filter: (from) => !/^(?:\.|node_modules$)/.test(from.slice(ROOT.length)),
  });
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));

  return {
    folder: copy,
    async test(tests) {
      const files = new Set(tests.map(({ file }) => file));
      const titles = tests.map(({ title }) => title.replace(/[^\p{L}\p{N} ]/gu, '\\$&'));
      const vitest = [join('node_modules', 'vitest', 'vitest.mjs'), 'run', ...files];
      const only = [`--testNamePattern=(?:${titles.join('|')})$`];
      const json = ['--reporter=json', '--outputFile=report.json'];
      const output = await run(process.execPath, [...vitest, ...only, ...json], copy);
      const text = await readFile(join(copy, 'report.json'), 'utf8').catch(() => {
        throw new Error(`vitest wrote no report: ${output.trim().slice(-500)}`);
      });
      const { testResults } = report.parse(JSON.parse(text));
      return tests.map(({ file, title }) => {
        const { assertionResults } =
          testResults.find(({ name }) => name.endsWith(`/${file}`)) ?? {};
        const found = assertionResults?.find(({ fullName }) => fullName === title);
        if (found === undefined) return null;
        return { passed: found.status === 'passed', failures: found.failureMessages ?? [] };
      });
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Runs a command and returns its output, whatever its exit code. */
function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    child.on('error', reject);
    child.on('close', () => resolve(output));
  });
}
