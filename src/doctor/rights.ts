import { addDays } from 'date-fns/addDays';
import { formatDistanceStrict } from 'date-fns/formatDistanceStrict';
import { isWithinInterval } from 'date-fns/isWithinInterval';
import { z } from 'zod';
import {
  type ExposedObject,
  type Exposure,
  LEAD_RELATIONS,
} from '../adapters/supabase-exposure.ts';
import type { Finding } from './finding.ts';

/** Enough time to make a new token. */
const SOON_DAYS = 30;

const claims = z.object({ role: z.string().optional(), exp: z.number().optional() });

/** Doesn't verify the signature: the database does. */
function claimsOf(key: string): z.infer<typeof claims> {
  try {
    const payload = Buffer.from(key.split('.')[1] ?? '', 'base64url').toString();
    return claims.parse(JSON.parse(payload));
  } catch {
    return {};
  }
}

/** Whether the key grants more than the bot needs, and whether it expires soon. */
export function explainKey(key: string, now: Date): Finding[] {
  const { role, exp } = claimsOf(key);
  const findings: Finding[] = [];
  const add = (kind: Finding['kind'], text: string): void => {
    findings.push({ kind, text });
  };
  if (role === 'service_role' || key.startsWith('sb_secret_')) {
    add(
      'note',
      "SUPABASE_KEY is the project's secret key, which allows everything. A token of the role lead_bot can only call the bot's functions; the README says how to make one.",
    );
  }
  const expires = exp === undefined ? null : new Date(exp * 1000);
  if (expires !== null && isWithinInterval(expires, { start: now, end: addDays(now, SOON_DAYS) })) {
    const left = formatDistanceStrict(expires, now, { unit: 'day', roundingMethod: 'ceil' });
    add('note', `SUPABASE_KEY expires in ${left}. Replace it before then, or the bot will stop.`);
  }
  return findings;
}

/**
 * Who besides the bot can read or change leads or call its functions.
 * @param tried relations that the publishable key could read
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
    ...explainRelations(
      [...new Set([...namesFor('anon', relations), ...tried])],
      namesFor('authenticated', relations),
      { may: 'can read leads', harm: '', rights: 'SELECT' },
    ),
    ...explainRelations(namesFor('anon', writable), namesFor('authenticated', writable), {
      may: 'can change leads',
      harm: ', and so fake a hot lead',
      rights: 'INSERT, UPDATE and DELETE',
    }),
  );
  const foreign = namesFor('anon', foreignFunctions);
  if (foreign.length > 0) {
    add(
      'note',
      `Anyone with the project's public key can call ${list(foreign)}, which accesses lead tables with its owner's rights (security definer). If that is not intended, revoke EXECUTE on it from public, anon and authenticated.`,
    );
  }
  const callable = [...new Set(functions.map(({ name }) => name))];
  if (callable.length > 0) {
    add(
      'problem',
      `Roles other than the bot's can call ${list(callable)}. Run npm run db:apply, which revokes that.`,
    );
  }
  if (!findings.some(({ kind }) => kind === 'problem')) {
    add('ok', "The project's public key gives no access to leads or to the bot's functions.");
  }
  return findings;
}

/** Relations open to anyone with the public key, then those open only to signed-in users. */
function explainRelations(
  toAnyone: readonly string[],
  toSignedIn: readonly string[],
  { may, harm, rights }: { may: string; harm: string; rights: string },
): Finding[] {
  const found: Finding[] = [];
  const given = toAnyone.filter((name) => Object.hasOwn(LEAD_RELATIONS, name));
  if (given.length > 0) {
    found.push({
      kind: 'problem',
      text: `Anyone with the project's public key (anon, publishable) ${may} in ${list(given)}${harm}. Run npm run db:apply -- --private: the bot doesn't need that access.`,
    });
  }
  const own = toAnyone.filter((name) => !Object.hasOwn(LEAD_RELATIONS, name));
  if (own.length > 0) {
    found.push({
      kind: 'problem',
      text: `Anyone with the project's public key (anon, publishable) ${may} through ${list(own)}. Revoke ${rights} on it from anon, or set security_invoker on the view.`,
    });
  }
  const onlySignedIn = toSignedIn.filter((name) => !toAnyone.includes(name));
  if (onlySignedIn.length > 0) {
    found.push({
      kind: 'note',
      text: `Anyone who can sign in to the project ${may} in ${list(onlySignedIn)}. If that is not intended, drop the policies for authenticated, then run npm run db:apply -- --private.`,
    });
  }
  return found;
}

const namesFor = (role: ExposedObject['role'], exposed: readonly ExposedObject[]): string[] =>
  exposed.filter((one) => one.role === role).map(({ name }) => name);

const list = (names: readonly string[]): string =>
  [...names]
    .sort()
    .map((name) => name.replace(/^public\./, ''))
    .join(', ');
