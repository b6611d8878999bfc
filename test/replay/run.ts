import { parseArgs } from 'node:util';
import { makeDatabase } from '../../src/sandbox/supabase/database.ts';
import { urlFor } from '../../src/sandbox/supabase/postgres.ts';
import { startSupabase } from '../../src/sandbox/supabase/supabase.ts';
import { VirtualDatabase } from '../simulator/virtual-database.ts';
import { replay } from './replay.ts';
import { applyReplaySql } from './replay-sql.ts';
import { report } from './report.ts';
import { judge } from './verdicts.ts';

const USAGE = `npm run replay -- [--seed 1] [--days 30] [--leads 10000] [--aes 12] [--hot 20]
  --seed   same seed, same weeks
  --days   simulated days, the first of which is a Monday
  --leads  developers
  --aes    account executives, in four time zones
  --hot    companies that turn hot on a working day, besides mass re-scores`;

function readOptions() {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      days: { type: 'string', default: '30' },
      leads: { type: 'string', default: '10000' },
      aes: { type: 'string', default: '12' },
      hot: { type: 'string', default: '20' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return null;
  const whole = (name: 'seed' | 'days' | 'leads' | 'aes' | 'hot', least: number, most: number) => {
    const value = Number(values[name]);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new Error(`--${name} must be a whole number from ${least} to ${most}`);
  };
  return {
    seed: whole('seed', 0, 2 ** 31),
    days: whole('days', 2, 60),
    leads: whole('leads', 50, 100_000),
    aes: whole('aes', 2, 99),
    hotPerDay: whole('hot', 1, 1_000),
  };
}

type Options = NonNullable<ReturnType<typeof readOptions>>;

async function run(options: Options): Promise<boolean> {
  const startedAt = performance.now();
  const seconds = (): string => `${((performance.now() - startedAt) / 1_000).toFixed(0)} s`;
  const supabase = await startSupabase();
  try {
    await makeDatabase(supabase.cluster, 'replay');
    await applyReplaySql(urlFor(supabase.cluster, 'postgres', 'replay'), options.aes);
    const database = await VirtualDatabase.connectForOneRun(
      urlFor(supabase.cluster, 'supabase_admin', 'replay'),
      options.seed,
    );
    try {
      const evidence = await replay(database, {
        ...options,
        say: (line) => console.log(`${seconds().padStart(6)}  ${line}`),
      });
      const verdicts = await judge(evidence, (text) => database.read(evidence.endsAt, text));
      console.log(report(evidence, verdicts));
      console.log(`${seconds()} in all.`);
      return verdicts.every(({ holds }) => holds);
    } finally {
      await database.end();
    }
  } finally {
    await supabase.stop();
  }
}

try {
  const options = readOptions();
  if (options === null) console.log(USAGE);
  else process.exitCode = (await run(options)) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(USAGE);
  process.exitCode = 1;
}
