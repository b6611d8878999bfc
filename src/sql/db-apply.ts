import { parseArgs } from 'node:util';
import { ApplyError, applySql } from './apply.ts';
import { composeSql } from './compose.ts';

const HELP = `npm run db:apply -- [options]

Puts the bot's SQL onto DATABASE_URL (from the environment or .env). Safe to run again at any time:
existing leads are left alone, each migration runs once, functions are replaced.

  --print   write the script to stdout instead, for Supabase's SQL editor
            (npm run --silent db:apply -- --print > lead-alerts.sql)
  --private also let nobody read the leads with the project's public key any more: drops the policies
            with "using (true)", sets security_invoker on lead_dashboard, takes SELECT from anon and
            authenticated. Says what it does; later runs keep it, with or without this option
  --seed    also insert the five sample leads, if there are no leads at all
  --help    this text

Exit codes: 0 done, 1 failed (nothing was changed), 2 wrong usage.
`;

async function main(): Promise<number> {
  let flags: { print?: boolean; private?: boolean; seed?: boolean; help?: boolean };
  try {
    flags = parseArgs({
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
  const { seed = false, private: isPrivate = false } = flags;
  const options = { leadScoring: true, seed, private: isPrivate };
  if (flags.print) {
    process.stdout.write(await composeSql(options));
    return 0;
  }
  try {
    await applySql(process.env['DATABASE_URL'] ?? '', options, (line) => console.log(`  ${line}`));
  } catch (error) {
    if (!(error instanceof ApplyError)) throw error;
    console.error(error.message);
    return 1;
  }
  console.log('Done. The database is ready for the bot.');
  return 0;
}

// Whoever reads --print may stop early, as `head` does.
process.stdout.on('error', () => process.exit());
process.exitCode = await main();
