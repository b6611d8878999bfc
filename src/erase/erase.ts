import { parseArgs } from 'node:util';
import type pg from 'pg';
import { kindInWords } from '../core/direct.ts';
import { BadEnvironment, type Env, readEnv } from '../env.ts';
import { CannotStart } from '../lifecycle/cannot-start.ts';
import { type Identity, whoAmI } from '../lifecycle/identity.ts';
import { createLog } from '../ops/log.ts';
import { mutedSdkLog } from '../ops/sdk-log.ts';
import { BadProxy, routeThroughProxy } from '../proxy.ts';
import { CannotConnect, connect } from '../sql/connect.ts';
import {
  cardChannels,
  countMessages,
  type Erased,
  type EraseTarget,
  eraseFromDatabase,
  eraseSharedAnswers,
  foundAnything,
  type Leftover,
  parseTarget,
  readLeftovers,
  startDelivering,
  waitUntilGone,
} from './erasure.ts';

const HELP = `npm run erase -- <email|domain> [options]

Removes one person (by e-mail address) or one company with all its people (by domain) from the lead
tables, the bot's tables and Slack. It can't be undone. It is safe to run again.

  --person          treat the argument as an e-mail address
  --company         treat the argument as a domain
  --wait <seconds>  how long to wait for Slack (default: 300)
  --help            this text

Needs DATABASE_URL with the role postgres. With the bot's settings it removes the messages itself;
without them, a running bot does. What it can't reach: docs/privacy.md.

Exit codes: 0 everything is gone, 1 something is left or nothing was found, 2 wrong usage.
`;

async function main(): Promise<number> {
  let flags: { wait?: string; help?: boolean; person?: boolean; company?: boolean };
  let names: readonly string[];
  try {
    ({ values: flags, positionals: names } = parseArgs({
      options: {
        wait: { type: 'string' },
        help: { type: 'boolean' },
        person: { type: 'boolean' },
        company: { type: 'boolean' },
      },
      allowPositionals: true,
    }));
  } catch {
    return wrongUsage();
  }
  if (flags.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const [name, ...extra] = names;
  const kind = flags.person ? 'person' : flags.company ? 'company' : undefined;
  const isClear = name !== undefined && extra.length === 0 && !(flags.person && flags.company);
  const target = isClear ? parseTarget(name, kind) : null;
  const wait = flags.wait ?? '300';
  if (target === null || !/^\d{1,5}$/.test(wait)) return wrongUsage();
  try {
    routeThroughProxy(process.env);
    return await erase(target, Number(wait) * 1000);
  } catch (error) {
    if (error instanceof CannotConnect) console.error(error.message);
    else if (error instanceof BadProxy) console.error(`${error.message}.`);
    else console.error(`Not finished: ${classAndCode(error)}. Run it again.`);
    return 1;
  }
}

function wrongUsage(): number {
  console.error(`Give one e-mail address or one domain.\n\n${HELP}`);
  return 2;
}

/** Class and code only: the message may quote the data being erased. */
function classAndCode(error: unknown): string {
  if (!(error instanceof Error)) return 'an unknown error';
  const code = 'code' in error && typeof error.code === 'string' ? ` ${error.code}` : '';
  return `${error.name}${code}`;
}

async function erase(target: EraseTarget, waitMs: number): Promise<number> {
  const client = await connect(process.env['DATABASE_URL'] ?? '', 'erase');
  try {
    // Erasing retries refused removals, so a running bot may have finished them by the time we look again.
    const leftBefore = countMessages(await readLeftovers(client));
    const erased = await eraseFromDatabase(client, target);
    if (erased === 'personal') {
      console.error('That domain belongs to a mail provider. Erase people by e-mail address.');
      return 1;
    }
    const found = foundAnything(erased);
    if (!found && leftBefore === 0) {
      console.error(
        `Found nothing with that ${target.kind === 'person' ? 'e-mail address' : 'domain'}.`,
      );
      return 1;
    }
    console.log(
      found ? summary(erased) : 'Nothing is left in the database, but something was left in Slack.',
    );
    return await finishInSlack(client, erased.account_keys, waitMs);
  } finally {
    await client.end().catch(() => {});
  }
}

async function finishInSlack(
  client: pg.Client,
  accountKeys: readonly string[],
  waitMs: number,
): Promise<number> {
  const bot = await connectAsBot();
  const stop = bot === null ? null : startDelivering(bot.env, bot.identity, createLog('error'));
  try {
    const otherChannels = await cardChannels(client);
    const results =
      bot === null
        ? []
        : await eraseSharedAnswers(bot.env, bot.identity.botId, accountKeys, otherChannels);
    const shared = results.reduce((sum, { removed }) => sum + removed, 0);
    if (shared > 0) console.log(`Removed ${counted(shared, 'shared answer')}.`);

    const left = await waitUntilGone(client, waitMs, (count) =>
      console.log(`In Slack: ${counted(count, 'message')} left.`),
    );
    const incomplete = results.filter(({ problem }) => problem !== null);
    if (left.length === 0 && incomplete.length === 0) {
      console.log('Done: everything is gone, in Slack too.');
      return 0;
    }
    for (const row of left) console.error(describeLeftover(row));
    for (const { channel, problem } of incomplete) {
      console.error(
        `Shared answers may be left in ${channel} (${problem}). Check that channel yourself.`,
      );
    }
    if (left.length > 0) {
      console.error('Fix the cause and run it again. A running bot also keeps trying.');
    }
    return 1;
  } finally {
    await stop?.();
  }
}

/** The bot's settings and identity; null if settings are missing or Slack doesn't accept the token. */
async function connectAsBot(): Promise<{ env: Env; identity: Identity } | null> {
  const env = readSettings();
  if (env === null) {
    console.log(
      "The bot's settings are incomplete here: a running bot must do the rest, and shared answers stay.",
    );
    return null;
  }
  try {
    const { botToken, apiUrl } = env.slack;
    return { env, identity: await whoAmI(botToken, apiUrl, mutedSdkLog) };
  } catch (error) {
    const why = error instanceof CannotStart ? error.message : 'Slack does not answer.';
    console.error(`${why} A running bot may do the rest. Shared answers stay.`);
    return null;
  }
}

function readSettings(): Env | null {
  try {
    return readEnv(process.env);
  } catch (error) {
    if (error instanceof BadEnvironment) return null;
    throw error;
  }
}

const counted = (count: number, noun: string, plural = `${noun}s`): string =>
  `${count} ${count === 1 ? noun : plural}`;

function summary(erased: Erased): string {
  return [
    `Erased in the database: ${counted(erased.companies, 'company', 'companies')}, `,
    `${counted(erased.people, 'person', 'people')}, ${counted(erased.alerts, 'alert')}, `,
    `${counted(erased.snapshots, 'snapshot')}. `,
    `In Slack, ${counted(erased.messages_removed, 'message')} to remove and `,
    `${erased.messages_redrawn} to redraw.`,
  ].join('');
}

const describeLeftover = ({ count, kind, channel, refused, reason }: Leftover): string =>
  `Left in ${channel}: ${counted(count, kindInWords(kind))} (${refused ? 'refused: ' : ''}${reason ?? 'not tried yet: is a bot running?'})`;

process.exitCode = await main();
