import { parseArgs } from 'node:util';
import { applySql } from './apply.ts';
import { ApplyError } from './apply-error.ts';
import { composeSql } from './compose.ts';

const HELP = `npm run db:apply -- [options]

Puts the bot's SQL onto DATABASE_URL (from the environment or .env). Safe to run again at any time, also
while leads are written: existing leads are left alone, what has not changed is not touched. Indexes on
big tables are built one by one, without keeping anyone from writing.

  --print       write the script to stdout instead, for Supabase's SQL editor
                (npm run --silent db:apply -- --print > lead-alerts.sql)
  --private     also let nobody read the leads with the project's public key any more: drops the policies
                with "using (true)", sets security_invoker on lead_dashboard, takes SELECT from anon and
                authenticated. Says what it does; later runs keep it, with or without this option. In lead
                tables that db:apply makes itself this is done without being asked
  --no-private  makes lead tables as open as they are given, with their demo policies
  --seed        also insert the five sample leads, if there are no leads at all
  --help        this text

Exit codes: 0 done, 1 failed (it says whether anything was changed), 2 wrong usage.
`;

async function main(): Promise<number> {
  let flags: { print?: boolean; private?: boolean; seed?: boolean; help?: boolean };
  try {
    flags = parseArgs({
      allowNegative: true,
      options: {
        print: { type: 'boolean' },
        private: { type: 'boolean' },
        seed: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
    return 2;
  }
  if (flags.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const { print = false, seed = false, private: isPrivate } = flags;
  const options = {
    leadScoring: true,
    seed,
    ...(isPrivate !== undefined && { private: isPrivate }),
  };
  if (print) {
    process.stdout.write(await composeSql(options));
    return 0;
  }
  try {
    await applySql(process.env['DATABASE_URL'] ?? '', options, (line) => console.log(line));
  } catch (error) {
    if (!(error instanceof ApplyError)) throw error;
    console.error(error.message);
    return 1;
  }
  return 0;
}

// Whoever reads --print may stop early, as `head` does.
process.stdout.on('error', () => process.exit());
process.exitCode = await main();
