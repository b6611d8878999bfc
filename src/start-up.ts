import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Logger,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
} from '@slack/web-api';
import { z } from 'zod';
import { slackClient } from './adapters/slack-client.ts';
import { missingScope } from './adapters/slack-directory.ts';
import { adviceOnTheWay, judge } from './adapters/slack-verdict.ts';
import { DatabaseError, UnexpectedAnswer } from './adapters/supabase-client.ts';
import { SHARED_ADVICE } from './core/access.ts';
import { adviceOn, isAboutTheKey, OTHER_VERSION } from './core/database-advice.ts';
import type { Directory } from './core/ports.ts';
import { adviceOnSlack } from './core/slack-advice.ts';
import type { Log } from './ops/log.ts';

/** Something that waiting does not mend: the process ends with this sentence. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}

/** Why nothing can listen on the port that PORT names. */
export function portProblem(port: number, error: unknown): CannotStart {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return new CannotStart(`Port ${port} can't be opened (${code}). Check PORT.`);
}

const identity = z.object({
  team_id: z.string(),
  enterprise_id: z.string().nullish(),
  user_id: z.string(),
  bot_id: z.string(),
  url: z
    .string()
    .regex(/^https:\/\/[\w.-]{1,200}\/$/)
    .nullish()
    .catch(null),
});

export interface Identity {
  teamId: string;
  /** Null outside an Enterprise organisation. */
  enterpriseId: string | null;
  botUserId: string;
  botId: string;
  /** Of the workspace, ends in a slash; null when Slack did not say. */
  url: string | null;
}

/** Who the bot token belongs to. @throws CannotStart when Slack refuses the token. */
export async function whoAmI(
  botToken: string,
  apiUrl: string | undefined,
  sdkLog: Logger,
): Promise<Identity> {
  const client = slackClient({ botToken, apiUrl, sdkLog }, 10_000);
  try {
    const { team_id, enterprise_id, user_id, bot_id, url } = identity.parse(
      await client.auth.test(),
    );
    return {
      teamId: team_id,
      enterpriseId: enterprise_id ?? null,
      botUserId: user_id,
      botId: bot_id,
      url: url ?? null,
    };
  } catch (error) {
    const code = refusedForGood(error);
    if (code !== null) {
      const advice =
        adviceOnSlack(code) ??
        'Check that it is the bot token of the installed app: Slack app settings → OAuth & Permissions.';
      throw new CannotStart(`Slack refuses SLACK_BOT_TOKEN (${code}). ${advice}`);
    }
    throw error;
  }
}

/**
 * That the bot can tell who may work on leads.
 * @throws CannotStart when Slack refuses to say, for want of a scope or another reason
 */
export async function checkPeople(directory: Directory, botUserId: string): Promise<void> {
  try {
    await directory.person(botUserId);
  } catch (error) {
    throw noScope(error) ?? noPeople(error) ?? error;
  }
}

function noPeople(error: unknown): CannotStart | null {
  const code = refusedForGood(error);
  if (code === null) return null;
  const advice = adviceOnSlack(code) ?? 'npm run doctor says what is wrong with the token.';
  return new CannotStart(`Slack refuses to say who is who (${code}). ${advice}`);
}

function noScope(error: unknown): CannotStart | null {
  const scope = missingScope(error);
  if (scope === null) return null;
  return new CannotStart(
    `The bot token lacks the scope ${scope}, without which the bot can't tell who may work on leads. Add it under OAuth & Permissions and install the app again.`,
  );
}

/**
 * That no other organisation reads along in a channel, and that the bot is there. If it is not, that is told and
 * can wait: nothing is shown there before it is known who reads along.
 * @throws CannotStart when a scope is missing, or the channel is shared although it may not be
 */
export async function checkChannel(
  directory: Directory,
  channel: string,
  allowExternal: boolean,
  log: Log,
): Promise<void> {
  const warn = (reason: string): void => {
    const advice = adviceOnSlack(reason) ?? 'npm run doctor tries what the bot needs there.';
    log.warn('the bot can not post in a channel', { channel, reason, advice });
  };
  try {
    const { audience, obstacle } = await directory.look(channel);
    if (obstacle !== null) warn(obstacle);
    if (audience !== 'external' || allowExternal) return;
  } catch (error) {
    const lacks = noScope(error);
    if (lacks !== null) throw lacks;
    const code = refusedForGood(error);
    if (code === null) throw error;
    return warn(code);
  }
  throw new CannotStart(
    `The channel ${channel} is shared with other organisations, who would see every lead. ${SHARED_ADVICE}`,
  );
}

/** The code with which Slack refuses a token, or what is done with it; null when waiting may help. */
export function refusedForGood(error: unknown): string | null {
  if (!(error instanceof WebAPIPlatformError)) return null;
  const verdict = judge(error);
  const passing = verdict.kind === 'unclear' || (verdict.kind === 'later' && !verdict.counts);
  return passing ? null : verdict.reason;
}

/** What the database says when asked with a wrong key, or without the bot's SQL. */
const FATAL_CODES: Readonly<Record<string, string>> = {
  PGRST301:
    'SUPABASE_KEY is not accepted. Check that it belongs to the project of SUPABASE_URL and has not expired.',
  PGRST302:
    'SUPABASE_KEY is not accepted. Check that it belongs to the project of SUPABASE_URL and has not expired.',
  PGRST303: 'SUPABASE_KEY has expired or is not yet valid.',
  '42501':
    "SUPABASE_KEY may not call the bot's functions. It must be the secret key, or a token of the role lead_bot; if it is, run npm run db:apply, which grants that again.",
};

/** The gateway of a project says so without a code, before anything reaches the database. */
const REFUSED_AT_THE_DOOR =
  'SUPABASE_KEY is not accepted. Check that it belongs to the project of SUPABASE_URL and has not expired. Beside a token of the role lead_bot, SUPABASE_PUBLISHABLE_KEY must be set.';

/** Turns a database error into the sentence to end with, or null when waiting may help. */
export function fatalDatabaseProblem(error: unknown): string | null {
  if (!(error instanceof DatabaseError)) return null;
  // Another key would help no more than waiting does, but somebody may give that right back.
  if (error.code === '42501' && !isAboutTheKey(error.code, error.message)) return null;
  if (error.code !== null && Object.hasOwn(FATAL_CODES, error.code))
    return FATAL_CODES[error.code] ?? null;
  return error.status === 401 ? REFUSED_AT_THE_DOOR : null;
}

/** That the database answers, with an error; null where nothing of it is heard. */
export function databaseAnswer(error: unknown): string | null {
  const code = error instanceof DatabaseError ? error.code : null;
  // PostgREST says itself when it has no database.
  return code === null || code.startsWith('PGRST00')
    ? null
    : `the database answers with the error ${code}`;
}

/** What to check when the database failed the bot, for one who does not mean to wait. */
export function databaseProblem(error: unknown): string {
  const fatal = fatalDatabaseProblem(error);
  if (fatal !== null) return fatal;
  if (error instanceof UnexpectedAnswer) return `${inTheWay('Supabase', error)}.`;
  const known = error instanceof DatabaseError && error.code === 'PGRST202';
  if (!(error instanceof DatabaseError) || error.code === null || known) {
    return `${inTheWay('Supabase', error)}.`;
  }
  const advice = adviceOn(error.code, error.message) ?? 'look into the logs of the project';
  return `The database answers with the error ${error.code}: ${advice}.`;
}

/** What answers is not silent: the answer is named, with what is known of its cause. */
function whatItAnswered({ code, status, message }: DatabaseError): string {
  if (code !== null) {
    const advice = adviceOn(code, message) ?? 'look into the logs of the project';
    return `Supabase answers with the error ${code}: ${advice}`;
  }
  return `${BY_STATUS[status] ?? 'What answers at SUPABASE_URL is not as Supabase should be: check SUPABASE_URL'} (HTTP ${status})`;
}

/** What the gateway of a project says without a code. */
const BY_STATUS: Readonly<Record<number, string>> = {
  200: "What answers is not Supabase's API: check SUPABASE_URL, and what stands between, such as the sign-in page of a network",
  404: "What answers at SUPABASE_URL is not Supabase's API: check SUPABASE_URL",
  429: 'Supabase has had too many requests',
  500: "Supabase's gateway has an error of its own: look into the logs of the project",
  502: "Supabase's gateway does not reach the API, which may be starting",
  503: "Supabase's gateway does not reach the API, which may be starting",
  504: "Supabase's gateway got no answer from the API in time",
  540: 'The project is paused: restore it in the dashboard of Supabase',
};

/** One line for what is in the way, and what to check. */
function inTheWay(what: string, error: unknown): string {
  if (error instanceof DatabaseError && error.code === 'PGRST202') {
    return "The bot's SQL is not in this database: run npm run db:apply";
  }
  if (error instanceof UnexpectedAnswer) return OTHER_VERSION;
  if (what === 'Slack') return slackInTheWay(error);
  if (error instanceof DatabaseError && (error.code !== null || error.status > 0)) {
    return whatItAnswered(error);
  }
  return 'Supabase does not answer: check SUPABASE_URL';
}

/** What answers is not said to be silent. */
function slackInTheWay(error: unknown): string {
  const { reason } = judge(error);
  const answers = error instanceof WebAPIPlatformError || error instanceof WebAPIRateLimitedError;
  if (error instanceof z.ZodError || (answers && reason === 'unreadable_answer')) {
    return 'What answers is not Slack: check SLACK_API_URL, and what stands between';
  }
  if (answers) return `Slack answers with ${reason}`;
  if (error instanceof WebAPIHTTPError) return `Slack answers with HTTP ${error.statusCode}`;
  const way = adviceOnTheWay(reason);
  return way === null
    ? 'Slack does not answer: check the network and SLACK_API_URL'
    : `${way.charAt(0).toUpperCase()}${way.slice(1)}`;
}

/** As long as a rate limit asks for, if it does. */
const atLeastMs = (error: unknown): number =>
  error instanceof WebAPIRateLimitedError ? error.retryAfter * 1000 : 0;

/** A stop need not wait for an answer that may take ten seconds. @throws AbortError */
function orAbort<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    attempt()
      .finally(() => signal.removeEventListener('abort', abort))
      .then(resolve, reject);
  });
}

/** Repeats until it works: 1 s, 2 s, 4 s … 30 s apart. @throws CannotStart, and what `fatal` names */
export async function untilItWorks<T>(
  what: 'Slack' | 'Supabase',
  attempt: () => Promise<T>,
  log: Log,
  signal: AbortSignal,
): Promise<T> {
  for (let n = 0; ; n++) {
    try {
      return await orAbort(attempt, signal);
    } catch (error) {
      if (signal.aborted || error instanceof CannotStart) throw error;
      const fatal = fatalDatabaseProblem(error);
      if (fatal !== null) throw new CannotStart(fatal);
      const wait = Math.max(Math.min(30_000, 1_000 * 2 ** Math.min(n, 5)), atLeastMs(error));
      log.warn(`${inTheWay(what, error)}. Trying again in ${wait / 1000} s.`, {
        attempt: n + 1,
        error,
      });
      await sleep(wait, undefined, { signal });
    }
  }
}
