import { parseArgs } from 'node:util';
import { type Figures, killRound } from './round.ts';

const HELP = `npm run kill                   kills bots, Postgres and PostgREST 50 times under load, then looks for lost or duplicated messages
npm run kill -- --times 2000   kills more often, in rounds of 50, each with a new database and Slack
npm run kill -- --seed 7       repeats the kills, leads, gestures and faults of an earlier run (but not its exact timing)`;

const PER_ROUND = 50;

const { values: flags } = parseArgs({
  options: {
    times: { type: 'string', default: String(PER_ROUND) },
    seed: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (flags.help) {
  console.log(HELP);
  process.exit(0);
}
const times = wholeNumber('--times', flags.times);
const firstSeed = flags.seed === undefined ? anySeed() : wholeNumber('--seed', flags.seed);

const all: Figures[] = [];
let failedRounds = 0;
for (let done = 0, seed = firstSeed; done < times; done += PER_ROUND, seed += 1) {
  const count = Math.min(PER_ROUND, times - done);
  const { figures, problems } = await killRound(seed, count);
  all.push(figures);
  console.log(
    `${done + count} of ${times} kills, seed ${seed}: ${figures.messages} messages, ${figures.postedTwice} posted twice until the recheck, ${problems.length} problems, ${figures.seconds.toFixed(0)} s`,
  );
  if (problems.length > 0) {
    failedRounds += 1;
    console.log(problems.map((what) => `  ${what}`).join('\n'));
    console.log(`  Repeat: npm run kill -- --times ${count} --seed ${seed}`);
  }
}

const sum = (of: (figures: Figures) => number): number =>
  all.reduce((total, figures) => total + of(figures), 0);
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
    ['rounds with anything lost, duplicated or stuck', `${failedRounds} of ${all.length}`],
  ]
    .map(([what, figure]) => `${String(what).padEnd(46)}${figure}`)
    .join('\n'),
);
process.exit(failedRounds === 0 ? 0 : 1);

function wholeNumber(flag: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  console.error(`${flag} must be a whole number above 0.\n\n${HELP}`);
  process.exit(2);
}

function anySeed(): number {
  return 1 + Math.floor(Math.random() * 1e8);
}
