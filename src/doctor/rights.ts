import { addDays } from 'date-fns/addDays';
import { formatDistanceStrict } from 'date-fns/formatDistanceStrict';
import { isWithinInterval } from 'date-fns/isWithinInterval';
import { z } from 'zod';
import { type Exposure, LEAD_RELATIONS, type Opening } from '../adapters/supabase-exposure.ts';
import type { Finding } from './finding.ts';

/** Long enough to make a new token without haste. */
const SOON_DAYS = 30;

const claims = z.object({ role: z.string().optional(), exp: z.number().optional() });

/** What the key says about itself: its signature is the database's business. */
function claimsOf(key: string): z.infer<typeof claims> {
  try {
    const payload = Buffer.from(key.split('.')[1] ?? '', 'base64url').toString();
    return claims.parse(JSON.parse(payload));
  } catch {
    return {};
  }
}

/** Whether the key may do more than the bot needs, and how long it will do. */
export function explainKey(key: string, now: Date): Finding[] {
  const { role, exp } = claimsOf(key);
  const findings: Finding[] = [];
  const add = (kind: Finding['kind'], text: string): void => {
    findings.push({ kind, text });
  };
  if (role === 'service_role' || key.startsWith('sb_secret_')) {
    add(
      'note',
      'SUPABASE_KEY is the secret key of the project: whoever gets hold of it may do everything. A token of the role lead_bot may call the functions of the bot and nothing else; the README says how to make one.',
    );
  }
  const expires = exp === undefined ? null : new Date(exp * 1000);
  if (expires !== null && isWithinInterval(expires, { start: now, end: addDays(now, SOON_DAYS) })) {
    const left = formatDistanceStrict(expires, now, { unit: 'day', roundingMethod: 'ceil' });
    add('note', `SUPABASE_KEY expires in ${left}. The bot ends when it has: replace it before.`);
  }
  return findings;
}

/**
 * Who beside the bot can read or change leads or call its functions.
 * @param tried relations that gave a row to the publishable key
 */
export function explainExposure(
  { relations, writable, functions, foreignFunctions }: Exposure,
  tried: readonly string[],
): Finding[] {
  const findings: Finding[] = [];
  const add = (kind: Finding['kind'], text: string): void => {
    findings.push({ kind, text });
  };
  findings.push(
    ...openings(
      [...new Set([...namesFor('anon', relations), ...tried])],
      namesFor('authenticated', relations),
      { may: 'can read leads', harm: '', rights: 'SELECT' },
    ),
    ...openings(namesFor('anon', writable), namesFor('authenticated', writable), {
      may: 'can change leads',
      harm: ': a made-up score is a hot lead',
      rights: 'INSERT, UPDATE and DELETE',
    }),
  );
  const foreign = namesFor('anon', foreignFunctions);
  if (foreign.length > 0) {
    add(
      'note',
      `Whoever has the project's public key can call ${list(foreign)}, which works on lead tables with its owner's rights (security definer). If that is not meant, take EXECUTE on it from public, anon and authenticated.`,
    );
  }
  const callable = [...new Set(functions.map(({ name }) => name))];
  if (callable.length > 0) {
    add(
      'problem',
      `Others than the bot can call ${list(callable)}. Run npm run db:apply, which takes that right from them.`,
    );
  }
  if (!findings.some(({ kind }) => kind === 'problem')) {
    add('ok', "The project's public key opens no lead and no function of the bot.");
  }
  return findings;
}

/** What is open to whoever has the public key, and what only to those who can sign in. */
function openings(
  toAnyone: readonly string[],
  toSignedIn: readonly string[],
  { may, harm, rights }: { may: string; harm: string; rights: string },
): Finding[] {
  const found: Finding[] = [];
  const given = toAnyone.filter((name) => Object.hasOwn(LEAD_RELATIONS, name));
  if (given.length > 0) {
    found.push({
      kind: 'problem',
      text: `Whoever has the project's public key (anon, publishable) ${may}, in ${list(given)}${harm}. Run npm run db:apply -- --private: the bot needs none of it.`,
    });
  }
  const own = toAnyone.filter((name) => !Object.hasOwn(LEAD_RELATIONS, name));
  if (own.length > 0) {
    found.push({
      kind: 'problem',
      text: `Whoever has the project's public key (anon, publishable) ${may} through ${list(own)}. Take ${rights} on it from anon, or set security_invoker on the view.`,
    });
  }
  const signedInAlone = toSignedIn.filter((name) => !toAnyone.includes(name));
  if (signedInAlone.length > 0) {
    found.push({
      kind: 'note',
      text: `Everyone who can sign in to the project ${may}, in ${list(signedInAlone)}. If that is not meant, drop the policies for authenticated, then run npm run db:apply -- --private.`,
    });
  }
  return found;
}

const namesFor = (role: Opening['role'], openings: readonly Opening[]): string[] =>
  openings.filter((one) => one.role === role).map(({ name }) => name);

const list = (names: readonly string[]): string =>
  [...names]
    .sort()
    .map((name) => name.replace(/^public\./, ''))
    .join(', ');
