import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { z } from 'zod';
import { SHARED_LISTS, sharedBlockId } from '../../blocks/shared-answer.ts';
import { slackDirectory } from '../adapters/slack-directory.ts';
import { type RemovedAnswers, removeSharedAnswers } from '../adapters/slack-shared-answers.ts';
import { supabaseCardChannels } from '../adapters/supabase-access.ts';
import { connectDatabase } from '../adapters/supabase-client.ts';
import { channelsOf, type Env } from '../env.ts';
import { DELIVERER_DEFAULTS } from '../jobs/deliver.ts';
import { nameBot } from '../lifecycle/bot-name.ts';
import type { Identity } from '../lifecycle/identity.ts';
import type { Log } from '../ops/log.ts';
import { mutedSdkLog } from '../ops/sdk-log.ts';
import { wireDelivery } from '../wire-delivery.ts';

/** How often to check for leftovers. */
const CHECK_EVERY_MS = 500;
/** Refused or paused removals count as stuck after this long. */
const STUCK_AFTER_MS = 20_000;

export type EraseTarget = { kind: 'person'; email: string } | { kind: 'company'; domain: string };

const HAS_SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;
/** Suggests several names or a wildcard; it would be taken for one name. */
const LOOKS_LIKE_SEVERAL = /[,;|%*]/;

/**
 * Accepts what the lead tables may contain: addresses with spaces, brackets or several @, and URLs as domains.
 * @param kind by default, text with an @ names a person
 * @returns null for an empty name, and for what looks like several names unless `kind` is given
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

export const foundAnything = ({ account_keys: _, ...numbers }: Erased): boolean =>
  Object.values(numbers).some((count) => count > 0);

const answer = z.union([z.object({ refused: z.literal('personal') }), counts]);

/**
 * Erases in the database, in one transaction. Messages in Slack are only marked for removal.
 * @returns `personal` if the domain is a mail provider's; then nothing was erased
 */
export async function eraseFromDatabase(
  client: pg.Client,
  target: EraseTarget,
): Promise<Erased | 'personal'> {
  await client.query('select lead_bot.retry_erasures()');
  const { rows } =
    target.kind === 'person'
      ? await client.query('select lead_bot.erase_person($1) as answer', [target.email])
      : await client.query('select lead_bot.erase_company($1) as answer', [target.domain]);
  const [{ answer: erased }] = z.tuple([z.object({ answer })]).parse(rows);
  return 'refused' in erased ? erased.refused : erased;
}

const leftover = z.object({
  channel: z.string(),
  kind: z.string(),
  refused: z.boolean(),
  paused: z.boolean(),
  reason: z.string().nullable(),
  count: z.number(),
});
/** Messages of one channel and kind that still show erased data in Slack, and why. */
export type Leftover = z.infer<typeof leftover>;

export async function readLeftovers(client: pg.Client): Promise<Leftover[]> {
  const { rows } = await client.query('select lead_bot.erasures_left() as answer');
  return z.tuple([z.object({ answer: z.array(leftover) })]).parse(rows)[0].answer;
}

export const countMessages = (rows: readonly Leftover[]): number =>
  rows.reduce((sum, { count }) => sum + count, 0);

/** Waits until Slack shows no erased data, the rest is stuck, or time is up. Returns what is left. */
export async function waitUntilGone(
  client: pg.Client,
  waitMs: number,
  report: (count: number) => void,
): Promise<Leftover[]> {
  const end = performance.now() + waitMs;
  let lastCount = -1;
  let changedAt = performance.now();
  for (;;) {
    const rows = await readLeftovers(client);
    const count = countMessages(rows);
    const now = performance.now();
    if (count !== lastCount) {
      if (count > 0) report(count);
      lastCount = count;
      changedAt = now;
    }
    const stuck =
      rows.every(({ refused }) => refused) ||
      (rows.every(({ refused, paused }) => refused || paused) && now - changedAt > STUCK_AFTER_MS);
    if (stuck || now > end) return rows;
    await sleep(CHECK_EVERY_MS);
  }
}

/** All channels with cards, beyond the configured ones. */
export async function cardChannels(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query('select public.lead_bot_card_channels() as answer');
  return z.tuple([z.object({ answer: z.array(z.string()) })]).parse(rows)[0].answer;
}

/** Leads may name channels that the bot isn't in. */
const NOT_A_MEMBER = new Set(['not_in_channel', 'channel_not_found']);

/**
 * Removes answers about these accounts that users have shared in the bot's channels, and all shared lists: no row
 * says what those contain.
 * @param otherChannels besides the configured ones; skipped if the bot isn't in them
 */
export async function eraseSharedAnswers(
  env: Env,
  botId: string,
  accountKeys: readonly string[],
  otherChannels: readonly string[],
): Promise<RemovedAnswers[]> {
  const { botToken, apiUrl } = env.slack;
  const blocksToErase = new Set([...accountKeys, ...SHARED_LISTS].map(sharedBlockId));
  const results: RemovedAnswers[] = [];
  const configured = new Set(channelsOf(env));
  for (const channel of new Set([...configured, ...otherChannels])) {
    const result = await removeSharedAnswers(
      { botToken, botId, apiUrl, sdkLog: mutedSdkLog },
      channel,
      (blockIds) => blockIds.some((id) => blocksToErase.has(id)),
    );
    if (configured.has(channel) || !NOT_A_MEMBER.has(result.problem ?? '')) results.push(result);
  }
  return results;
}

/**
 * Delivers messages as one more replica. Removals go first.
 * @returns a function that stops it
 */
export function startDelivering(env: Env, identity: Identity, log: Log): () => Promise<void> {
  const slack = { ...env.slack, ...identity, sdkLog: mutedSdkLog };
  const database = connectDatabase({ ...env.database, bot: nameBot() });
  const { deliverer } = wireDelivery({
    env,
    log,
    identity,
    slack,
    directory: slackDirectory(slack),
    database,
    cardChannels: supabaseCardChannels(database),
    deliverer: { ...DELIVERER_DEFAULTS, idleMs: CHECK_EVERY_MS },
    now: () => performance.now(),
  });
  const stopping = new AbortController();
  const running = deliverer.run(stopping.signal);
  return async () => {
    stopping.abort();
    await running;
  };
}
