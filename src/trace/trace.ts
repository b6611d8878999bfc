import { parseArgs } from 'node:util';
import { BadProxy, routeThroughProxy } from '../proxy.ts';
import { examineLead, type Traced } from './examine-lead.ts';

const HELP = `npm run trace -- <domain|company|email> [options]

Prints the life of a lead from its score to the card to the gestures, from the bot's rows: one line for each
thing that happened, with its time, how long it took, and which bot did it. It changes nothing.

  --days <n>  only what happened in the last n days
  --json      prints one JSON object; npm run --silent trace -- <lead> --json prints nothing else
  --help      this text

Needs SUPABASE_URL and SUPABASE_KEY. Times are of TIMEZONE. Of a company it shows the newest five alerts; of
an e-mail address, what concerns that developer.

Exit codes: 0 printed, 1 nobody found or the database refuses, 2 wrong usage.
`;

async function main(): Promise<number> {
  let flags: { days?: string; json?: boolean; help?: boolean };
  let names: readonly string[];
  try {
    ({ values: flags, positionals: names } = parseArgs({
      options: {
        days: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean' },
      },
      allowPositionals: true,
    }));
  } catch (error) {
    return wrongUsage(error instanceof Error ? error.message : String(error));
  }
  if (flags.help) {
    process.stdout.write(HELP);
    return 0;
  }
  // A company's name may have come without quotes.
  const asked = names.join(' ').trim();
  const days = flags.days ?? null;
  if (asked === '') return wrongUsage('Give one domain, company or e-mail address.');
  if (days !== null && !/^[1-9]\d{0,4}$/.test(days)) {
    return wrongUsage('--days takes a whole number from 1 to 99999.');
  }
  try {
    routeThroughProxy(process.env);
  } catch (error) {
    if (!(error instanceof BadProxy)) throw error;
    console.error(`${error.message}.`);
    return 1;
  }
  const traced = await examineLead(process.env, asked, days === null ? null : Number(days));
  return flags.json ? printJson(traced) : print(traced);
}

function wrongUsage(problem: string): number {
  console.error(`${problem}\n\n${HELP}`);
  return 2;
}

function print(traced: Traced): number {
  if (traced.kind === 'problem') {
    for (const line of traced.lines) console.error(line);
    return 1;
  }
  for (const line of traced.lines) console.log(line);
  return 0;
}

function printJson(traced: Traced): number {
  const { kind, lines, ...rest } = traced;
  console.log(JSON.stringify(kind === 'problem' ? { problem: lines.join(' ') } : rest, null, 2));
  return kind === 'problem' ? 1 : 0;
}

process.exitCode = await main();
