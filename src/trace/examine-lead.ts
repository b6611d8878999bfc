import { databaseProblem } from '../adapters/database-problem.ts';
import { supabaseAlerts } from '../adapters/supabase-alerts.ts';
import { connectDatabase, type Database } from '../adapters/supabase-client.ts';
import { supabaseReports } from '../adapters/supabase-reports.ts';
import { readTrace } from '../adapters/supabase-trace.ts';
import { companyQuery } from '../core/command.ts';
import type { LookupResult } from '../core/lookup.ts';
import type { Trace } from '../core/trace.ts';
import { readAccess } from '../env.ts';
import type { Vars } from '../settings.ts';
import { story } from './story.ts';
import { plain } from './words.ts';

/** What to print. */
export type Traced =
  | { kind: 'found'; lines: readonly string[]; trace: Trace; now: Now }
  | { kind: 'problem'; lines: readonly string[] };

/** How the company's leads stand, without their names. */
interface Now {
  setAside: readonly { fields: readonly string[] }[];
  waiting: number;
  hidden: number;
}

const problem = (...lines: readonly string[]): Traced => ({ kind: 'problem', lines });

/**
 * Finds a company or a developer as `/lead` does, and tells what happened to them.
 * @param days how far back; null for everything
 */
export async function examineLead(vars: Vars, asked: string, days: number | null): Promise<Traced> {
  const { database: settings, timeZone } = readAccess(vars);
  if (settings === null) {
    return problem(
      'SUPABASE_URL and SUPABASE_KEY are required: npm run doctor says what is wrong.',
    );
  }
  const query = asked.length > 200 ? null : companyQuery(asked);
  if (query === null) return problem(`“${plain(asked.slice(0, 200))}” can't be a company.`);
  const database = connectDatabase(settings);
  try {
    const known = await readTrace(database, { ...query, days });
    if (known !== null) {
      const note =
        query.emails.length > 0 && known.asked.length === 0
          ? ['No developer has this address: this is the company of its domain.', '']
          : [];
      return await told(database, known, timeZone, note);
    }
    const result = await supabaseAlerts(database).lookup(query);
    if (result.kind !== 'found') return problem(...notFound(asked, result));
    const trace = await readTrace(database, {
      keys: [result.picture.account.key],
      emails: [],
      days,
    });
    return trace === null
      ? problem(...notFound(asked, { kind: 'none' }))
      : await told(database, trace, timeZone, []);
  } catch (error) {
    return problem(databaseProblem(error));
  }
}

async function told(
  database: Database,
  trace: Trace,
  timeZone: string,
  note: readonly string[],
): Promise<Traced> {
  const why = await supabaseReports(database).why({ keys: [trace.accountKey], emails: [] });
  return {
    kind: 'found',
    lines: [...note, ...story(trace, why, timeZone)],
    trace,
    now: {
      setAside: (why?.setAside ?? []).map(({ fields }) => ({ fields })),
      waiting: why?.waiting.length ?? 0,
      hidden: why?.hidden.length ?? 0,
    },
  };
}

function notFound(asked: string, result: Exclude<LookupResult, { kind: 'found' }>): string[] {
  const nobody = `Nobody is known as “${plain(asked)}”.`;
  if (result.kind === 'none') {
    return result.isMailProvider
      ? [nobody, 'That domain belongs to a mail provider: give a whole address.']
      : [nobody];
  }
  const matches = result.matches.map(
    ({ name, domain, accountKey }) => `  ${plain(domain ?? accountKey)}  ${plain(name)}`,
  );
  return [nobody, result.fitting > 0 ? 'Several fit:' : 'Similar are:', ...matches];
}
