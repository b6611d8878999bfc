import { parseArgs } from 'node:util';
import { z } from 'zod';
import { duration, openRunRecord, runningCode } from '../support/run-record.ts';
import { Figures, killRound } from './round.ts';

const HELP = `npm run kill                   kills bots, Postgres and PostgREST 50 times under load, then looks for lost or duplicated messages
npm run kill -- --times 2000   kills more often, in rounds of 50, each with a new database and Slack
npm run kill -- --seed 7       repeats the kills, leads, gestures and faults of an earlier run (but not its exact timing)
  --record FILE   keeps what is done: with the same file and --seed, the next run goes on where this one stopped,
                  runs failed rounds again, and sums up all of it
  --minutes N     begins no more rounds after this time
Exits with 1 if a round fails, and with 0 if it was only stopped.`;

const PER_ROUND = 50;

/** A line of the record. */
const Part = z.object({
  code: z.string(),
  seed: z.number(),
  times: z.number(),
  problems: z.array(z.string()),
  /** Null if the round could not be completed. */
  figures: Figures.nullable(),
});
type Part = z.infer<typeof Part>;

const { values: flags } = parseArgs({
  options: {
    times: { type: 'string', default: String(PER_ROUND) },
    seed: { type: 'string' },
    record: { type: 'string' },
    minutes: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (flags.help) {
  console.log(HELP);
  process.exit(0);
}
const times = wholeNumber('--times', flags.times);
const firstSeed = flags.seed === undefined ? anySeed() : wholeNumber('--seed', flags.seed);
const minutes = flags.minutes === undefined ? null : wholeNumber('--minutes', flags.minutes);
if (flags.record !== undefined && flags.seed === undefined) refuse('--record needs --seed.');

const rounds = Array.from({ length: Math.ceil(times / PER_ROUND) }, (_, index) => ({
  seed: firstSeed + index,
  times: Math.min(PER_ROUND, times - index * PER_ROUND),
}));
const record = openRunRecord(flags.record, Part);
/** The last try of a round counts. */
const lastTry = (round: { seed: number; times: number }): Part | undefined =>
  record.parts.findLast((part) => part.seed === round.seed && part.times === round.times);
const isBroken = ({ problems }: Part): boolean => problems.length > 0;

const pending = rounds.filter((round) => {
  const part = lastTry(round);
  return part === undefined || isBroken(part);
});
const code = runningCode();
const startedAt = performance.now();
for (const [index, { seed, times: count }] of pending.entries()) {
  const elapsed = performance.now() - startedAt;
  if (minutes !== null && elapsed > minutes * 60_000) break;
  const part = await play(seed, count);
  record.add(part);
  const left = ((performance.now() - startedAt) / (index + 1)) * (pending.length - index - 1);
  const { figures, problems } = part;
  console.log(
    `round ${index + 1} of ${pending.length}, seed ${seed}: ${figures?.messages ?? 0} messages, ${figures?.postedTwice ?? 0} posted twice until the recheck, ${problems.length} problems, ${figures?.seconds.toFixed(0) ?? '?'} s; ${duration(left)} left`,
  );
  if (!isBroken(part)) continue;
  console.log(problems.map((what) => `  ${what}`).join('\n'));
  console.log(`  Repeat: npm run kill -- --times ${count} --seed ${seed}`);
}
process.exit(summarize() ? 0 : 1);

async function play(seed: number, count: number): Promise<Part> {
  try {
    return { code, seed, times: count, ...(await killRound(seed, count)) };
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    const problems = [`the round was not completed: ${cause}`];
    return { code, seed, times: count, problems, figures: null };
  }
}

/** Prints the totals of all rounds on record. Returns whether all passed. */
function summarize(): boolean {
  const parts = rounds.flatMap((round) => lastTry(round) ?? []);
  const all = parts.flatMap(({ figures }) => figures ?? []);
  const sum = (of: (figures: Figures) => number): number =>
    all.reduce((total, figures) => total + of(figures), 0);
  const broken = parts.filter(isBroken).length;
  const [first] = all;
  console.log(
    [
      ...Object.keys(first?.kills ?? {}).map((victim) => [
        `killed: ${victim}`,
        sum(({ kills }) => Object.entries(kills).find(([name]) => name === victim)?.[1] ?? 0),
      ]),
      ['messages', sum(({ messages }) => messages)],
      ['posts confirmed by Slack', sum(({ posts }) => posts)],
      ['updates confirmed by Slack', sum(({ updates }) => updates)],
      ['Slack calls with a fault', sum(({ faults }) => faults)],
      ['acknowledged gestures', sum(({ gestures }) => gestures)],
      ['  of these claims, releases and contacts', sum(({ steps }) => steps)],
      ['posted twice until the recheck', sum(({ postedTwice }) => postedTwice)],
      ['seconds', sum(({ seconds }) => seconds).toFixed(0)],
      ['rounds with anything lost, duplicated or stuck', `${broken} of ${parts.length}`],
      ...(parts.length < rounds.length
        ? [['rounds left: run the same command again', rounds.length - parts.length]]
        : []),
      ...(flags.record === undefined
        ? []
        : [['at', [...new Set(parts.map((part) => part.code))].join(', ')]]),
    ]
      .map(([what, figure]) => `${String(what).padEnd(46)} ${figure}`)
      .join('\n'),
  );
  return broken === 0;
}

function wholeNumber(flag: string, text: string): number {
  return /^[1-9]\d{0,8}$/.test(text)
    ? Number(text)
    : refuse(`${flag} must be a whole number above 0.`);
}

function refuse(why: string): never {
  console.error(`${why}\n\n${HELP}`);
  process.exit(2);
}

function anySeed(): number {
  return 1 + Math.floor(Math.random() * 1e8);
}
