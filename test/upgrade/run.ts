import { parseArgs } from 'node:util';
import { makeDump } from './make-dump.ts';
import { measureApply } from './measure.ts';
import { OLD_COMMIT } from './old-version.ts';
import { playUpgrade } from './play.ts';

const HELP = `npm run upgrade                     a rolling upgrade from ${OLD_COMMIT} with two bots each, under load; then looks for
                                    anything lost, duplicated or stale. Takes two minutes
npm run upgrade -- --from COMMIT    from another commit
npm run upgrade -- --back           also back to the old bots on the new schema, and forward again
npm run upgrade -- --seed 7         repeats the leads and gestures of an earlier run (but not its exact timing)
npm run upgrade -- --size 100000     how long db:apply takes on a database with so many leads and closed alerts, and how
                                    long calls of old bots wait meanwhile
npm run upgrade -- --dump           writes test/upgrade/${OLD_COMMIT} anew: a database of that commit and what its bots
                                    have posted

All need the whole git history.`;

const { values: flags } = parseArgs({
  options: {
    from: { type: 'string', default: OLD_COMMIT },
    back: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    size: { type: 'string' },
    dump: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (flags.help) console.log(HELP);
else if (flags.dump) await makeDump();
else if (flags.size !== undefined) {
  const { applySeconds, longestCallMs, failedCalls, lines } = await measureApply(
    flags.from,
    Number(flags.size),
  );
  console.log(lines.join('\n'));
  console.log(
    `db:apply: ${applySeconds.toFixed(1)} s. Longest poll of an old bot meanwhile: ${(longestCallMs / 1000).toFixed(1)} s, ${failedCalls} failed`,
  );
} else {
  const { phases, problems, complaints } = await playUpgrade(
    flags.from,
    Number(flags.seed),
    flags.back,
  );
  for (const { name, leads, gestures, slowestMs, slowestCardMs } of phases) {
    console.log(
      `${name.padEnd(28)} ${gestures} gestures, slowest ${slowestMs.toFixed(0)} ms; ${leads} new leads, slowest card ${slowestCardMs.toFixed(0)} ms`,
    );
  }
  console.log(`Warnings and errors of bots:\n  ${complaints.join('\n  ') || 'none'}`);
  console.log(`Lost, duplicated or stale:\n  ${problems.join('\n  ') || 'nothing'}`);
  if (problems.length > 0) process.exitCode = 1;
}
