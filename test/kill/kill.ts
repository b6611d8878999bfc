import { parseArgs } from 'node:util';
import { type Figures, killRound } from './round.ts';

const HELP = `npm run kill                   kills bots, Postgres and PostgREST 50 times under load, and looks for what was lost or doubled
npm run kill -- --times 2000   as often as asked, in rounds of 50, each with a database and a Slack of its own
npm run kill -- --seed 7       the kills, leads, gestures and faults of an earlier run (real processes still have moments of their own)`;

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
let brokenRounds = 0;
for (let done = 0, seed = firstSeed; done < times; done += PER_ROUND, seed += 1) {
  const count = Math.min(PER_ROUND, times - done);
  const { figures, broken } = await killRound(seed, count);
  all.push(figures);
  console.log(
    `${done + count} of ${times} kills, seed ${seed}: ${figures.messages} messages, ${figures.doubledBeforeSweep} doubled before the sweep, ${broken.length} broken, ${figures.seconds.toFixed(0)} s`,
  );
  if (broken.length > 0) {
    brokenRounds += 1;
    console.log(broken.map((what) => `  ${what}`).join('\n'));
    console.log(`  Again: npm run kill -- --times ${count} --seed ${seed}`);
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
    ['messages that should stand', sum(({ messages }) => messages)],
    ['posts that Slack confirmed', sum(({ posts }) => posts)],
    ['updates that Slack confirmed', sum(({ updates }) => updates)],
    ['calls at which Slack misbehaved', sum(({ faults }) => faults)],
    ['gestures acknowledged', sum(({ gestures }) => gestures)],
    ['claims, releases and contacts among them', sum(({ steps }) => steps)],
    ['doubled before the sweep', sum(({ doubledBeforeSweep }) => doubledBeforeSweep)],
    ['rounds with something lost, doubled or stuck', `${brokenRounds} of ${all.length}`],
  ]
    .map(([what, figure]) => `${String(what).padEnd(46)}${figure}`)
    .join('\n'),
);
process.exit(brokenRounds === 0 ? 0 : 1);

function wholeNumber(flag: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  console.error(`${flag} must be a whole number above 0.\n\n${HELP}`);
  process.exit(2);
}

function anySeed(): number {
  return 1 + Math.floor(Math.random() * 1e8);
}
