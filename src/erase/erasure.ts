import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { z } from 'zod';
import { SHARED_LISTS, sharedBlockId } from '../../blocks/shared-answer.ts';
import { slackDirectory } from '../adapters/slack-directory.ts';
import { removeSharedAnswers, type Swept } from '../adapters/slack-shared-answers.ts';
import { supabaseCardChannels } from '../adapters/supabase-access.ts';
import { connectDatabase } from '../adapters/supabase-client.ts';
import { channelsOf, type Env } from '../env.ts';
import { DELIVERER_DEFAULTS } from '../jobs/deliver.ts';
import type { Identity } from '../lifecycle/identity.ts';
import type { Log } from '../ops/log.ts';
import { mutedSdkLog } from '../ops/sdk-log.ts';
import { wireDelivery } from '../wire-delivery.ts';

/** How often the database is asked what is left. */
const ASK_EVERY_MS = 500;
/** What Slack refuses, or a pause holds up, is given this long before it counts as stuck. */
const STUCK_AFTER_MS = 20_000;

/** One person by e-mail address, or one company by domain. */
export type EraseTarget = { kind: 'person'; email: string } | { kind: 'company'; domain: string };

const HAS_SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;
/** Somebody who types this means several names, and only one of them would be erased. */
const LOOKS_LIKE_SEVERAL = /[,;|%*]/;

/**
 * Whatever the lead tables accept can be named: addresses with blanks, brackets or several @, domains that are URLs.
 * @param kind what it is; where nobody says so, an @ tells
 * @returns null for nothing at all, and for what may be several names unless `kind` says that it is one
 */
export function parseTarget(text: string, kind?: EraseTarget['kind']): EraseTarget | null {
  if (text.trim() === '') return null;
  const isAddress = kind === undefined && !HAS_SCHEME.test(text) && /.@./su.test(text);
  if (kind === 'person' || isAddress) return { kind: 'person', email: text };
  if (kind === undefined && LOOKS_LIKE_SEVERAL.test(text)) return null;
  return { kind: 'company', domain: text };
}

const counts = z.object({
  people: z.number(),
  companies: z.number().default(0),
  alerts: z.number(),
  messages_removed: z.number(),
  messages_redrawn: z.number(),
  snapshots: z.number(),
  account_keys: z.array(z.string()),
});
export type Erased = z.infer<typeof counts>;

/** Whether anything was there to be erased. */
export const foundAnything = ({ account_keys: _, ...numbers }: Erased): boolean =>
  Object.values(numbers).some((count) => count > 0);

const answer = z.union([z.object({ refused: z.literal('personal') }), counts]);

/**
 * Erases in the database, in one transaction. What is to go from Slack is only wanted by then.
 * `personal`: the domain is that of a provider of personal addresses, and nothing was erased.
 */
export async function eraseFromDatabase(
  client: pg.Client,
  whom: EraseTarget,
): Promise<Erased | 'personal'> {
  await client.query('select lead_bot.retry_erasures()');
  const { rows } =
    whom.kind === 'person'
      ? await client.query('select lead_bot.erase_person($1) as answer', [whom.email])
      : await client.query('select lead_bot.erase_company($1) as answer', [whom.domain]);
  const [{ answer: erased }] = z.tuple([z.object({ answer })]).parse(rows);
  return 'refused' in erased ? erased.refused : erased;
}

const left = z.object({
  channel: z.string(),
  kind: z.string(),
  refused: z.boolean(),
  paused: z.boolean(),
  reason: z.string().nullable(),
  count: z.number(),
});
/** Messages that still show in Slack what was erased, and what is in the way. */
export type Left = z.infer<typeof left>;

export async function leftovers(client: pg.Client): Promise<Left[]> {
  const { rows } = await client.query('select lead_bot.erasures_left() as answer');
  return z.tuple([z.object({ answer: z.array(left) })]).parse(rows)[0].answer;
}

export const totalOf = (rows: readonly Left[]): number =>
  rows.reduce((sum, { count }) => sum + count, 0);

/** Waits until nothing is left in Slack, or what is left is stuck, or the time is up; returns what is left. */
export async function waitUntilGone(
  client: pg.Client,
  waitMs: number,
  report: (count: number) => void,
): Promise<Left[]> {
  const end = performance.now() + waitMs;
  let before = -1;
  let changedAt = performance.now();
  for (;;) {
    const rows = await leftovers(client);
    const count = totalOf(rows);
    const now = performance.now();
    if (count !== before) {
      if (count > 0) report(count);
      before = count;
      changedAt = now;
    }
    const stuck =
      rows.every(({ refused }) => refused) ||
      (rows.every(({ refused, paused }) => refused || paused) && now - changedAt > STUCK_AFTER_MS);
    if (stuck || now > end) return rows;
    await sleep(ASK_EVERY_MS);
  }
}

/** Further channels in which cards stand. */
export async function cardChannels(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query('select public.lead_bot_card_channels() as answer');
  return z.tuple([z.object({ answer: z.array(z.string()) })]).parse(rows)[0].answer;
}

/** Where the bot is not, leads may have named a channel all the same. */
const NOT_THERE = new Set(['not_in_channel', 'channel_not_found']);

/**
 * Removes what people have shared about these accounts in the channels of the bot, and all shared lists:
 * they are of a moment, and can't be drawn again without a row.
 * @param further channels beside those of the settings, in so far as the bot is in them
 */
export async function eraseShared(
  env: Env,
  botId: string,
  accountKeys: readonly string[],
  further: readonly string[],
): Promise<Swept[]> {
  const { botToken, apiUrl } = env.slack;
  const marks = new Set([...accountKeys, ...SHARED_LISTS].map(sharedBlockId));
  const swept: Swept[] = [];
  const ours = new Set(channelsOf(env));
  for (const channel of new Set([...ours, ...further])) {
    const one = await removeSharedAnswers(
      { botToken, botId, apiUrl, sdkLog: mutedSdkLog },
      channel,
      (blockIds) => blockIds.some((id) => marks.has(id)),
    );
    if (ours.has(channel) || !NOT_THERE.has(one.problem ?? '')) swept.push(one);
  }
  return swept;
}

/**
 * Delivers as one more bot does, beside any that run: what is to be removed goes first.
 * @returns what ends it
 */
export function startDelivering(env: Env, identity: Identity, log: Log): () => Promise<void> {
  const slack = { ...env.slack, ...identity, sdkLog: mutedSdkLog };
  const database = connectDatabase(env.database);
  const { deliverer } = wireDelivery({
    env,
    log,
    identity,
    slack,
    directory: slackDirectory(slack),
    database,
    cardChannels: supabaseCardChannels(database),
    deliverer: { ...DELIVERER_DEFAULTS, idleMs: ASK_EVERY_MS },
    now: () => performance.now(),
  });
  const stopping = new AbortController();
  const running = deliverer.run(stopping.signal);
  return async () => {
    stopping.abort();
    await running;
  };
}
