import { readdir, readFile } from 'node:fs/promises';

/** `CLK_TCK` of every Linux that runs Node. */
const TICKS_PER_SECOND = 100;

/** CPU seconds of one process, with all its threads. 0 when it has ended. */
export async function cpuSeconds(pid: number): Promise<number> {
  const fields = await statOf(pid);
  return fields === null ? 0 : (ticks(fields, 'user') + ticks(fields, 'system')) / TICKS_PER_SECOND;
}

/**
 * CPU seconds of this process's descendants with a name, such as all backends of `postgres`. Includes those that have
 * ended, once their parent has noticed.
 */
export async function cpuSecondsOf(name: string): Promise<number> {
  const all = await everyProcess();
  const children = Map.groupBy(all, ({ parent }) => parent);
  let sum = 0;
  const visit = (pid: number): void => {
    for (const child of children.get(pid) ?? []) {
      if (child.name === name) sum += child.ticks;
      visit(child.pid);
    }
  };
  visit(process.pid);
  return sum / TICKS_PER_SECOND;
}

export async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kilobytes === undefined) throw new Error('no VmRSS in /proc');
  return Number(kilobytes) / 1024;
}

interface Process {
  pid: number;
  parent: number;
  name: string;
  /** Its own, and those of its children that have ended. */
  ticks: number;
}

async function everyProcess(): Promise<Process[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const all = await Promise.all(
    pids.map(async (pid): Promise<Process | null> => {
      const fields = await statOf(pid);
      if (fields === null) return null;
      return {
        pid,
        parent: Number(fields.rest[1]),
        name: fields.name,
        ticks:
          ticks(fields, 'user') +
          ticks(fields, 'system') +
          ticks(fields, 'children user') +
          ticks(fields, 'children system'),
      };
    }),
  );
  return all.filter((one) => one !== null);
}

interface Stat {
  name: string;
  /** From the state on, the third field of proc_pid_stat(5). */
  rest: readonly string[];
}

const AT = { user: 11, system: 12, 'children user': 13, 'children system': 14 } as const;

const ticks = ({ rest }: Stat, which: keyof typeof AT): number => Number(rest[AT[which]] ?? 0);

async function statOf(pid: number): Promise<Stat | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  // The name may hold blanks and parentheses.
  const [, name, rest] = /^\d+ \((.*)\) (.*)$/s.exec(text ?? '') ?? [];
  return name === undefined || rest === undefined ? null : { name, rest: rest.split(' ') };
}
