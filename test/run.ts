import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

// `npm test` checks types and lint, then runs every test. With arguments, it only passes them to Vitest:
// npm test -- test/blocks/format.test.ts
// `npm run check` checks types and lint and runs the unit tests, in parallel.

const running = new Set<ChildProcess>();

// Ctrl-C also reaches Vitest and PostgreSQL, which shut down by themselves. Wait for them.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {
  for (const child of running) child.kill();
});

process.exitCode = await run(process.argv.slice(2));

async function run([first, ...others]: readonly string[]): Promise<number> {
  if (first === '--check') {
    // One process per worker instead of per file halves the time. `npm test` isolates the files.
    const quick = ['--project', 'unit', '--no-isolate', ...others];
    const [vitestCode, checksCode] = await Promise.all([vitest(quick), checks()]);
    return vitestCode || checksCode;
  }
  if (first !== undefined) return vitest([first, ...others]);
  return (await checks()) || vitest([]);
}

function vitest(options: readonly string[]): Promise<number> {
  return ended(spawn('vitest', ['run', ...options], { stdio: 'inherit' }));
}

/** Types and lint. Prints only problems. */
async function checks(): Promise<number> {
  const codes = await Promise.all([
    quiet('tsc', ['--noEmit', '--incremental', '--pretty']),
    quiet('biome', ['check', '--colors=force', '.']),
  ]);
  return codes.find((code) => code !== 0) ?? 0;
}

async function quiet(command: string, options: readonly string[]): Promise<number> {
  const child = spawn(command, options, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [code, stdout, stderr] = await Promise.all([
    ended(child),
    text(child.stdout),
    text(child.stderr),
  ]);
  if (code !== 0) process.stderr.write(`${command}:\n${stdout}${stderr}\n`);
  return code;
}

async function ended(child: ChildProcess): Promise<number> {
  running.add(child);
  const [code] = await once(child, 'close');
  running.delete(child);
  return typeof code === 'number' ? code : 1;
}
