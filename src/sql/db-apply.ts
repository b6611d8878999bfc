import { parseArgs } from 'node:util';
import { applySql } from './apply.ts';
import { ApplyError } from './apply-error.ts';
import { type ComposeOptions, composeSql } from './compose.ts';
import { writeMigration } from './migration-file.ts';

const HELP = `npm run db:apply -- [options]

Puts the bot's SQL onto DATABASE_URL (from the environment or .env). Safe to run again at any time, also
while leads are written: existing leads are left alone, what has not changed is not touched. Indexes on
big tables are built one by one, without keeping anyone from writing.

  --print       write the script to stdout instead, for Supabase's SQL editor
                (npm run --silent db:apply -- --print > lead-alerts.sql)
  --migration FOLDER
                write the script as a migration for the Supabase CLI instead: FOLDER/<timestamp>_lead_alerts.sql,
                unless the newest one there says the same. Needs no database
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
  let flags: {
    print?: boolean;
    migration?: string;
    private?: boolean;
    seed?: boolean;
    help?: boolean;
  };
  try {
    flags = parseArgs({
      allowNegative: true,
      options: {
        print: { type: 'boolean' },
        migration: { type: 'string' },
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
  const { print = false, migration, seed = false, private: isPrivate } = flags;
  const options = {
    leadScoring: true,
    seed,
    ...(isPrivate !== undefined && { private: isPrivate }),
  };
  if (migration !== undefined) {
    if (print) {
      console.error(`--print and --migration exclude each other.\n\n${HELP}`);
      return 2;
    }
    return migrationInto(migration, options);
  }
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

async function migrationInto(folder: string, options: ComposeOptions): Promise<number> {
  try {
    const file = await writeMigration(folder, options, new Date());
    console.log(file ? `Wrote ${file}.` : 'Nothing to change: the newest migration says the same.');
    return 0;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    console.error(`No migration was written: ${error.message}`);
    return 1;
  }
}

// Whoever reads --print may stop early, as `head` does.
process.stdout.on('error', () => process.exit());
process.exitCode = await main();
