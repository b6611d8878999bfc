import type { WebClient } from '@slack/web-api';
import { millisecondsInDay } from 'date-fns/constants';
import type { Dispatcher } from 'undici';
import { z } from 'zod';
import { databaseProblem } from '../adapters/database-problem.ts';
import { fingerprintOf } from '../adapters/outcome-webhook.ts';
import { type SlackAccess, slackClient } from '../adapters/slack-client.ts';
import { slackDirectory } from '../adapters/slack-directory.ts';
import { adviceOnConnection, judge, permanentRefusal } from '../adapters/slack-verdict.ts';
import { readColumns, supabaseCheckups } from '../adapters/supabase-checkup.ts';
import {
  connectDatabase,
  type Database,
  DatabaseError,
  type DatabaseSettings,
} from '../adapters/supabase-client.ts';
import { EXPOSURE_FUNCTION, readExposure, tryPublicKey } from '../adapters/supabase-exposure.ts';
import { readOutcomesHealth } from '../adapters/supabase-outcomes.ts';
import { readSetAside, supabasePolls } from '../adapters/supabase-polls.ts';
import { readHealth } from '../adapters/supabase-upkeep.ts';
import { duration } from '../core/checkup.ts';
import { adviceOnSlack } from '../core/slack-advice.ts';
import { type Access, BadEnvironment, readAccess, readEnv } from '../env.ts';
import { describeNextDigests } from '../jobs/digest.ts';
import { mutedSdkLog } from '../ops/sdk-log.ts';
import { checkBlocks } from './blocks.ts';
import { type ChannelCheck, checkChannel } from './channels.ts';
import { explainCheckup } from './checkup.ts';
import { type ChannelLookup, explainColumns } from './columns.ts';
import { type Finding, note, ok, problem } from './finding.ts';
import { explainHealth } from './health.ts';
import { explainOutcomes } from './outcomes.ts';
import { explainExposure, explainKey } from './rights.ts';
import { explainSetAside } from './set-aside.ts';
import { checkSocket } from './socket.ts';
import { checkManagers, checkOnDuty, checkRotation } from './user-groups.ts';

/** Required scopes, and what fails without each. */
export const NEEDED_SCOPES: Readonly<Record<string, string>> = {
  'chat:write': 'no card can be posted',
  commands: '/lead does not exist',
  'channels:history': "the bot can't search for posts with an unclear outcome",
  'groups:history': "the bot can't search private channels for posts with an unclear outcome",
  'users:read': "the bot can't tell members from guests, and won't start",
  'channels:read': "the bot can't see who is in a public channel, and won't start",
  'groups:read': "the bot can't see who is in a private channel",
};

/** Optional scopes, and what is lost without each. */
export const OPTIONAL_SCOPES: Readonly<Record<string, string>> = {
  'users:read.email':
    'account owners (owner_email) are shown by address instead of being mentioned, and get no first call',
  'im:write':
    'nobody gets direct messages, and who has first call or is about to lose a lead is mentioned in the thread of the card',
  'im:history': "the bot can't search for direct messages with an unclear outcome",
  'usergroups:read':
    'a user group in MANAGERS adds no managers, one in ROTATION gets no leads, and one in ON_DUTY is mentioned even if it is empty',
  'app_mentions:read': 'mentioning the bot gets no answer, only /lead does',
};

/** Every database function that the adapters call. */
export const CALLED_FUNCTIONS: readonly string[] = [
  'lead_bot_alert',
  'lead_bot_card_channels',
  'lead_bot_changes',
  'lead_bot_checkup',
  'lead_bot_claim',
  'lead_bot_columns',
  'lead_bot_confirm',
  'lead_bot_confirm_outcome',
  'lead_bot_contact',
  'lead_bot_covered',
  'lead_bot_defer_offer',
  'lead_bot_defer_steps',
  'lead_bot_exposed',
  'lead_bot_first_seen',
  'lead_bot_follow',
  'lead_bot_give_back',
  'lead_bot_hand_over',
  'lead_bot_health',
  'lead_bot_home',
  'lead_bot_keep',
  'lead_bot_list',
  'lead_bot_lookup',
  'lead_bot_metrics',
  'lead_bot_mute',
  'lead_bot_muted',
  'lead_bot_next_in_rotation',
  'lead_bot_not_a_fit',
  'lead_bot_note',
  'lead_bot_note_call',
  'lead_bot_offer',
  'lead_bot_offers_due',
  'lead_bot_open_home',
  'lead_bot_outcome',
  'lead_bot_outcomes_health',
  'lead_bot_pass',
  'lead_bot_people_with_leads',
  'lead_bot_preview_digest',
  'lead_bot_record_poll',
  'lead_bot_refuse',
  'lead_bot_release',
  'lead_bot_replay',
  'lead_bot_request_digest',
  'lead_bot_resume',
  'lead_bot_set_aside',
  'lead_bot_set_away',
  'lead_bot_set_deadlines',
  'lead_bot_snooze',
  'lead_bot_stands_in',
  'lead_bot_stats',
  'lead_bot_steps_due',
  'lead_bot_sweep',
  'lead_bot_take',
  'lead_bot_take_outcomes',
  'lead_bot_take_steps',
  'lead_bot_takes_new_blocks',
  'lead_bot_tidy',
  'lead_bot_trace',
  'lead_bot_undo',
  'lead_bot_want_morning',
  'lead_bot_who_is_away',
  'lead_bot_why',
];

const CALL_TIMEOUT_MS = 10_000;

export interface Examination {
  /** Also post a test message in each channel. */
  post?: boolean;
  /** For WebSockets; undefined without a proxy. */
  proxyDispatcher?: Dispatcher | undefined;
}

/** Checks everything that the bot needs, each part separately. Changes nothing unless `post` is set. */
export async function* examine(
  vars: Readonly<Record<string, string | undefined>>,
  how: Examination = {},
): AsyncGenerator<Finding, void, undefined> {
  yield* checkEnvironment(vars);
  const access = readAccess(vars);
  const look = yield* checkSlack(access, how);
  if (access.database === null) {
    yield note('Skipped the database: SUPABASE_URL and SUPABASE_KEY are required.');
  } else {
    yield* checkDatabase(access, access.database, look);
  }
}

export function* checkEnvironment(
  vars: Readonly<Record<string, string | undefined>>,
): Generator<Finding> {
  try {
    const { digestSchedule, timeZone } = readEnv(vars);
    yield ok('The settings are complete.');
    yield ok(`Next digests: ${describeNextDigests(digestSchedule, timeZone, new Date())}.`);
  } catch (error) {
    if (!(error instanceof BadEnvironment)) throw error;
    for (const one of error.problems) yield problem(`${one}.`);
  }
}

async function* checkSlack(
  access: Access,
  { post = false, proxyDispatcher }: Examination,
): AsyncGenerator<Finding, ChannelLookup, undefined> {
  const { botToken, appToken, hasSigningSecret } = access;
  const as = (token: string): SlackAccess => ({
    botToken: token,
    apiUrl: access.apiUrl,
    sdkLog: mutedSdkLog,
  });
  const client = (token: string): WebClient => slackClient(as(token), CALL_TIMEOUT_MS);
  const bot = botToken === null ? null : client(botToken);
  const me = bot === null ? null : yield* checkBotToken(bot);
  if (appToken !== null) yield await checkAppToken(client(appToken), proxyDispatcher);
  else if (hasSigningSecret) {
    yield ok('HTTP mode: the signing secret is set. Only a request from Slack can confirm it.');
  }
  if (botToken === null || bot === null || me === null) {
    yield note('Skipped the channels: Slack must accept the bot token first.');
    return null;
  }
  const { alertChannel, digestChannel, managersGroup, rotation, onDuty, policy } = access;
  const directory = slackDirectory({
    ...as(botToken),
    teamId: me.team_id,
    enterpriseId: me.enterprise_id ?? null,
  });
  const check: ChannelCheck = { bot, directory, policy, post };
  if (alertChannel !== null) {
    const names = alertChannel === digestChannel ? ' and DIGEST_CHANNEL' : '';
    yield* checkChannel(check, `ALERT_CHANNEL${names}`, alertChannel);
  }
  if (digestChannel !== null && digestChannel !== alertChannel) {
    yield* checkChannel(check, 'DIGEST_CHANNEL', digestChannel);
  }
  if (managersGroup !== null) yield* checkManagers(directory, managersGroup);
  else if (access.reminds && !access.hasManagers) {
    yield note(
      'MANAGERS is empty, so nobody is told of leads that stay unclaimed after a reminder.',
    );
  }
  const channels = [...new Set([alertChannel, digestChannel].filter((each) => each !== null))];
  if (rotation !== null) {
    yield* checkRotation(directory, rotation, channels, access.makesOffers);
  }
  if (onDuty !== null) {
    yield* checkOnDuty(directory, { onDuty, channels, policy, reminds: access.reminds });
  }
  yield* checkBlocks(bot);
  return directory.look;
}

const authAnswer = z.object({
  team: z.string(),
  team_id: z.string(),
  enterprise_id: z.string().nullish(),
  user: z.string(),
  response_metadata: z.object({ scopes: z.array(z.string()).optional() }).optional(),
});

/** Returns the answer of auth.test, or null when Slack refuses the token. */
async function* checkBotToken(
  bot: WebClient,
): AsyncGenerator<Finding, z.output<typeof authAnswer> | null, undefined> {
  let me: z.output<typeof authAnswer>;
  try {
    me = authAnswer.parse(await bot.auth.test());
    yield ok(`Slack accepts SLACK_BOT_TOKEN: the bot is ${me.user} in the workspace ${me.team}.`);
  } catch (error) {
    yield slackProblem(
      error,
      'SLACK_BOT_TOKEN',
      'Copy the Bot User OAuth Token of the installed app: Slack app settings → OAuth & Permissions',
    );
    return null;
  }
  const scopes = me.response_metadata?.scopes;
  if (scopes === undefined) {
    yield note('Slack did not report the scopes of the bot token.');
    return me;
  }
  const missing = Object.entries(NEEDED_SCOPES).filter(([scope]) => !scopes.includes(scope));
  const without = Object.entries(OPTIONAL_SCOPES).filter(([scope]) => !scopes.includes(scope));
  if (missing.length === 0) {
    yield ok(
      without.length === 0
        ? 'The bot token has every scope of manifest.yml.'
        : 'The bot token has every required scope.',
    );
  }
  for (const [scope, lost] of without) {
    yield note(`The bot token lacks the optional scope ${scope}: ${lost}.`);
  }
  for (const [scope, lost] of missing) {
    yield problem(
      `The bot token lacks the scope ${scope}: ${lost}. Add it under OAuth & Permissions and install the app again.`,
    );
  }
  return me;
}

const connectionOffer = z.object({ url: z.string() });

async function checkAppToken(
  app: WebClient,
  proxyDispatcher: Dispatcher | undefined,
): Promise<Finding> {
  try {
    const { url } = connectionOffer.parse(await app.apps.connections.open());
    return await checkSocket(url, proxyDispatcher);
  } catch (error) {
    return slackProblem(
      error,
      'SLACK_APP_TOKEN',
      'It must be an app-level token with the scope connections:write, and Socket Mode must be on in the app settings',
    );
  }
}

function slackProblem(error: unknown, variable: string, advice: string): Finding {
  const refusal = permanentRefusal(error);
  if (refusal !== null) {
    return problem(
      `Slack refuses ${variable} (${refusal}). ${adviceOnSlack(refusal) ?? `${advice}.`}`,
    );
  }
  const { reason } = judge(error);
  const cause = adviceOnConnection(reason);
  if (cause !== null) return problem(`Could not check ${variable}: ${cause}.`);
  return problem(
    `Could not check ${variable}: Slack did not answer properly (${reason}). Check the network and SLACK_API_URL, and try again.`,
  );
}

async function* checkDatabase(
  { policy, outcomes }: Access,
  settings: DatabaseSettings,
  look: ChannelLookup,
): AsyncGenerator<Finding, void, undefined> {
  const database = connectDatabase(settings);
  try {
    const health = await readHealth(database);
    const exposure = await readExposure(database).catch(nullIfNotCallable);
    const missing = CALLED_FUNCTIONS.filter((name) =>
      exposure === null ? name === EXPOSURE_FUNCTION : !exposure.callable.includes(name),
    );
    if (missing.length === 0) {
      yield ok("The database answers, has the bot's SQL, and lets SUPABASE_KEY call it.");
    } else {
      yield problem(`SUPABASE_KEY can't call ${missing.join(', ')}: run npm run db:apply.`);
    }
    if (!missing.includes('lead_bot_changes')) yield await checkPoll(database);
    if (!missing.includes('lead_bot_checkup') && exposure !== null) {
      const checkup = await supabaseCheckups(database).read();
      yield* explainCheckup(checkup);
      if (checkup.unreadable === null && !missing.includes('lead_bot_set_aside')) {
        yield* checkSetAside(database);
      }
    }
    if (!missing.includes('lead_bot_columns') && exposure !== null) {
      yield* explainColumns(await readColumns(database), look, policy.allowExternal);
    }
    yield* explainHealth(health);
    if (outcomes !== null && !missing.includes('lead_bot_outcomes_health')) {
      yield* explainOutcomes(
        outcomes,
        await readOutcomesHealth(database, fingerprintOf(outcomes.url)),
      );
    }
    yield* explainKey(settings.key, new Date());
    if (exposure !== null) yield* explainExposure(exposure, await tryPublicKey(settings));
  } catch (error) {
    yield problem(databaseProblem(error));
  }
}

async function checkPoll(database: Database): Promise<Finding> {
  const startedAt = performance.now();
  try {
    await supabasePolls(database).changes({ rearmAfterMs: millisecondsInDay });
    return ok(`A poll succeeds, in ${duration(performance.now() - startedAt)}.`);
  } catch (error) {
    return problem(`A poll fails. ${databaseProblem(error)}`);
  }
}

async function* checkSetAside(database: Database): AsyncGenerator<Finding, void, undefined> {
  try {
    const { malformed, more } = await readSetAside(database);
    yield* explainSetAside(malformed, more);
  } catch (error) {
    yield problem(`Could not read which leads are set aside. ${databaseProblem(error)}`);
  }
}

/** Null for a function that is missing or that our key may not call. */
function nullIfNotCallable(error: unknown): null {
  if (error instanceof DatabaseError && ['PGRST202', '42501'].includes(error.code ?? ''))
    return null;
  throw error;
}
