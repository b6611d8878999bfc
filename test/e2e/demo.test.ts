import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DEMO = fileURLToPath(new URL('../../src/sandbox/demo/demo.ts', import.meta.url));

interface Demo {
  pid: number;
  printed(): string;
  /** Resolves with the printed address, once both cards are posted. */
  url: Promise<string>;
  /** Resolves with the exit code. */
  ended: Promise<number | null>;
}

const started: Demo[] = [];
afterAll(() => {
  for (const { pid } of started) if (stateOf(pid) !== null) process.kill(pid, 'SIGKILL');
});

const startDemo = (...flags: string[]): Promise<Demo> => start(process.execPath, [DEMO, ...flags]);

/** In its own process group, like in a terminal. */
async function start(command: string, args: readonly string[]): Promise<Demo> {
  const child = spawn(command, args, {
    cwd: ROOT,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  const { promise: url, resolve, reject } = Promise.withResolvers<string>();
  url.catch(() => {}); // With --once there is none.
  const read = (chunk: Buffer) => {
    printed += chunk;
    const address = /Open\s+(http\S+)/.exec(printed)?.[1];
    if (address !== undefined) resolve(address);
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  const ended = once(child, 'close').then(() => {
    reject(new Error(`The demo has ended:\n${printed}`));
    return child.exitCode;
  });
  await once(child, 'spawn');
  const demo = { pid: child.pid ?? 0, printed: () => printed, url, ended };
  started.push(demo);
  return demo;
}

interface Running {
  parent: number;
  /** In clock ticks since boot. Tells a process from a later one with the same id. */
  startedAt: string;
}

/** Null for a process that doesn't exist or is a zombie. */
function stateOf(pid: number): Running | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may contain anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return null;
    return { parent: Number(fields[1]), startedAt: fields[19] ?? '' };
  } catch {
    return null;
  }
}

/** Start times by process id, of a process and all its descendants. */
function familyOf(pid: number): Map<number, string> {
  const all = new Map<number, Running>();
  for (const name of readdirSync('/proc')) {
    const state = /^\d+$/.test(name) ? stateOf(Number(name)) : null;
    if (state !== null) all.set(Number(name), state);
  }
  const belongs = (one: number | undefined): boolean =>
    one === pid || (one !== undefined && one > 1 && belongs(all.get(one)?.parent));
  return new Map(
    [...all].filter(([one]) => belongs(one)).map(([one, { startedAt }]) => [one, startedAt]),
  );
}

const survivorsOf = (family: Map<number, string>): number[] =>
  [...family].filter(([pid, at]) => stateOf(pid)?.startedAt === at).map(([pid]) => pid);

test('prints both cards with --once, and who has first call, with triggers and without', async () => {
  const demos = [startDemo('--once'), startDemo('--once', '--without-triggers')];
  for (const demo of await Promise.all(demos)) {
    expect(await demo.ended).toBe(0);
    expect(demo.printed()).toContain('👉 VelocityPay · 88');
    expect(demo.printed()).toContain('offer to connect with VP Eng Sarah Kim');
    expect(demo.printed()).toContain('👉 HomeFront Technologies · 86');
    expect(demo.printed()).toContain('Firestore-to-Postgres migration review');
    for (const who of ['@U0ALICE', '@U0BEN']) {
      expect(demo.printed()).toContain(`→ ${who} has first call until`);
    }
    expect(demo.printed()).toContain(
      'Direct message to Ben Osei\n  You have first call on HomeFront',
    );
    expect(demo.printed()).toContain('Account owner: @U0BEN');
    expect(demo.printed().match(/\[Claim lead\] \[Details\]/g)).toHaveLength(2);
  }
});

test('runs two demos side by side, and leaves no process after Ctrl-C or a SIGTERM to npm', async () => {
  const inTerminal = startDemo();
  const byNpm = start('npm', ['run', 'demo']);
  const demos = await Promise.all([inTerminal, byNpm]);
  const urls = await Promise.all(demos.map(({ url }) => url));
  expect(new Set(urls).size).toBe(2);
  for (const url of urls) expect((await fetch(url)).status).toBe(200);

  const endings = [
    { demo: await inTerminal, end: (pid: number) => process.kill(-pid, 'SIGINT') },
    { demo: await byNpm, end: (pid: number) => process.kill(pid, 'SIGTERM') },
  ];
  for (const { demo, end } of endings) {
    const family = familyOf(demo.pid);
    // PostgreSQL with its workers, PostgREST and the bot.
    expect(family.size).toBeGreaterThan(4);
    end(demo.pid);
    await demo.ended;
    await expect.poll(() => survivorsOf(family), { timeout: 5_000 }).toEqual([]);
  }
  expect(await demos[0]?.ended).toBe(0);
}, 60_000);

test('refuses an unknown option and lists the known ones', async () => {
  const demo = await startDemo('--twice');
  expect(await demo.ended).toBe(2);
  expect(demo.printed()).toContain("Unknown option '--twice'");
  expect(demo.printed()).toContain('npm run demo -- --once');
});
