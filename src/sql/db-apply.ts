import { parseArgs } from 'node:util';
import { applySql } from './apply.ts';
import { ApplyError } from './apply-error.ts';
import { type ComposeOptions, composeSql } from './compose.ts';
import { writeMigration } from './migration-file.ts';

const HELP = `npm run db:apply -- [options]

Applies the bot's SQL to DATABASE_URL (from the environment or .env). Safe to run at any time, even while
leads are written: it leaves existing leads alone and touches only what has changed. Indexes on big tables
are built one at a time, without blocking writes.

  --print       write the script to stdout instead, for Supabase's SQL editor
                (npm run --silent db:apply -- --print > lead-alerts.sql)
  --migration FOLDER
                write the script as a migration for the Supabase CLI instead, to
                FOLDER/<timestamp>_lead_alerts.sql, unless the newest one there is identical. Needs no
                database
  --private     also close the leads to the project's public key: drop the policies with "using (true)",
                set security_invoker on lead_dashboard, revoke access from anon and authenticated. Reports
                each change; later runs keep them, with or without this option. The default for lead
                tables that db:apply creates
  --no-private  create the lead tables as open as given, with their demo policies
  --seed        also insert the five sample leads, if there are no leads yet
  --help        show this text

Exit codes: 0 done, 1 failed (the message says whether anything was changed), 2 wrong usage.
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
      console.error(`Use either --print or --migration, not both.\n\n${HELP}`);
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
    console.log(file ? `Wrote ${file}.` : 'Nothing to change: the newest migration is identical.');
    return 0;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    console.error(`Can't write the migration: ${error.message}`);
    return 1;
  }
}

// The reader of --print may close the pipe early, as `head` does.
process.stdout.on('error', () => process.exit());
process.exitCode = await main();
