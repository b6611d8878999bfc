import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { SlackMessage } from '../../src/sandbox/slack/local-slack.ts';
import { addLead } from '../support/leads.ts';
import { type Arena, CHANNEL, openArena } from './arena.ts';
import { copies, findProblems } from './check.ts';
import { load } from './load.ts';
import { type Random, seeded } from './random.ts';
import { lateHistory, slackFaults } from './slack-faults.ts';
import { advanceTimeWithoutBots, untilQuiet } from './time.ts';

/** A round must become quiet within this time. An idle machine takes about four seconds. */
const QUIET_WITHIN_MS = 90_000;

const VICTIMS = ['one bot', 'both bots', 'PostgREST', 'Postgres', 'Postgres, crashed'] as const;
type Victim = (typeof VICTIMS)[number];

export const Figures = z.object({
  kills: z.record(z.enum(VICTIMS), z.number()),
  messages: z.number(),
  posts: z.number(),
  updates: z.number(),
  faults: z.number(),
  gestures: z.number(),
  /** Claims, releases and contacts in the history. */
  steps: z.number(),
  /** Messages that were posted twice for a time, until the recheck deleted a copy. */
  postedTwice: z.number(),
  seconds: z.number(),
});
export type Figures = z.infer<typeof Figures>;

export interface Round {
  figures: Figures;
  /** Descriptions of everything lost, duplicated or stuck. */
  problems: string[];
}

/** Kills at random moments under load, waits until everything is quiet, and checks the result. */
export async function killRound(seed: number, times: number): Promise<Round> {
  const arena = await openArena();
  try {
    return await playRound(arena, seed, times);
  } catch (error) {
    throw new Error(`the round with seed ${seed} failed to complete`, { cause: error });
  } finally {
    await arena.close();
  }
}

async function playRound(arena: Arena, seed: number, times: number): Promise<Round> {
  const startedAt = performance.now();
  const { slack, bots } = arena;
  const faults = slackFaults(arena, seeded(seed + 1));
  const work = load(arena, seeded(seed + 2));
  const postedTwice = new Set<string>();
  const over = new AbortController();
  const watching = watchCopies(arena, postedTwice, over.signal);

  const calm = new AbortController();
  await Promise.all([bots.start(0), bots.start(1)]);
  await slack.until(() => slack.connected(), { what: 'a bot' });
  const running = Promise.all([faults.run(calm.signal), work.run(calm.signal)]);
  const kills = await killAll(arena, seeded(seed), times, faults.clear).finally(() => calm.abort());
  await running;

  const problems: string[] = [];
  const quiet = () =>
    untilQuiet(arena, QUIET_WITHIN_MS).catch((error: unknown) => problems.push(String(error)));
  // They die in the middle of their work, and two new bots recover it.
  await replaceBots(arena, '2 minutes');
  await quiet();
  await dieWithLateHistory(arena);
  await quiet();
  over.abort();
  await bots.stop();
  await watching;
  problems.push(...(await findProblems(arena, work.confirmedContacts)));

  const [steps] = await arena.sql<{ count: number }>(
    `select count(*)::int from lead_bot.alert_events
      where kind in ('claimed', 'released', 'contacted')`,
  );
  const went = (method: string) => slack.calls(method).filter(({ answer }) => answer?.ok).length;
  return {
    problems,
    figures: {
      kills,
      messages: copies(arena).size,
      posts: went('chat.postMessage'),
      updates: went('chat.update'),
      faults: faults.faults(),
      gestures: work.acknowledged(),
      steps: steps?.count ?? 0,
      postedTwice: postedTwice.size,
      seconds: (performance.now() - startedAt) / 1000,
    },
  };
}

/** Kills all bots, and starts new ones after an interval. */
async function replaceBots(arena: Arena, interval: string): Promise<void> {
  const { bots } = arena;
  await Promise.all([bots.kill(0), bots.kill(1)]);
  await advanceTimeWithoutBots(arena, interval);
  await Promise.all([bots.start(0), bots.start(1)]);
}

/** The worst case: the bots die just after Slack took a post, and both searches for it come too early. */
async function dieWithLateHistory(arena: Arena): Promise<void> {
  const { slack } = arena;
  const company = 'The Last';
  const isIt = ({ text }: SlackMessage) => text.includes(company);
  slack.misbehave({
    method: 'chat.postMessage',
    times: 1,
    when: (args) => String(args['text']).includes(company),
    how: { kind: 'hang', accept: true },
  });
  await addLead(arena, { domain: 'last.example', company });
  await slack.until(() => slack.messages(CHANNEL).some(isIt), {
    what: 'a last post',
    timeoutMs: 60_000,
  });
  slack.misbehave(lateHistory(arena));
  await replaceBots(arena, '70 seconds');
}

async function killAll(
  arena: Arena,
  random: Random,
  times: number,
  beforeTimePasses: () => void,
): Promise<Record<Victim, number>> {
  const { slack, bots, supabase } = arena;
  const kills = { 'one bot': 0, 'both bots': 0, PostgREST: 0, Postgres: 0, 'Postgres, crashed': 0 };
  const drawn = drawVictims(random);
  for (let n = 1; n <= times; n++) {
    // Wait until at least one bot is at work.
    await slack.until(() => slack.connected(), { what: 'a bot that came up', timeoutMs: 60_000 });
    await waitForKillMoment(arena, random);
    const victim = drawn.next().value;
    kills[victim] += 1;
    switch (victim) {
      case 'one bot': {
        const slot = random.chance(0.5) ? 0 : 1;
        await bots.kill(slot);
        await bots.start(slot);
        break;
      }
      case 'both bots':
        beforeTimePasses();
        await replaceBots(arena, random.chance(0.7) ? '70 seconds' : '0 seconds');
        break;
      case 'PostgREST':
        await supabase.restartPostgrest();
        break;
      default:
        await supabase.restartPostgres(victim === 'Postgres' ? 'fast' : 'immediate');
    }
  }
  return kills;
}

/** Kills per 25. */
const SHARES: Readonly<Record<Victim, number>> = {
  'one bot': 15,
  'both bots': 4,
  PostgREST: 3,
  Postgres: 1,
  'Postgres, crashed': 2,
};

/** Drawn without replacement, so that a short round covers all victims. */
function* drawVictims(random: Random): Generator<Victim, never> {
  for (;;) {
    const deck = VICTIMS.flatMap((victim) => Array.from({ length: SHARES[victim] }, () => victim));
    while (deck.length > 0) {
      yield* deck.splice(Math.floor(random.between(0, deck.length)), 1);
    }
  }
}

/** Waits for a random moment, or for one when Slack has just accepted a call and the bot doesn't know yet. */
async function waitForKillMoment({ slack }: Arena, random: Random): Promise<void> {
  if (random.chance(0.4)) return sleep(random.between(50, 900));
  const method = random.pick(['chat.postMessage', 'chat.update', 'conversations.history']);
  const before = slack.calls(method).length;
  await slack
    .until(() => slack.calls(method).length > before, { timeoutMs: 1_000 })
    .catch(() => null);
  if (random.chance(0.5)) await sleep(random.between(0, 15));
}

/** Collects every message with two copies in Slack, until the signal aborts. */
function watchCopies(
  arena: Arena,
  postedTwice: Set<string>,
  signal: AbortSignal,
): Promise<unknown> {
  return arena.slack.until(
    () => {
      for (const [id, all] of copies(arena)) if (all.length > 1) postedTwice.add(id);
      return signal.aborted;
    },
    { timeoutMs: 24 * 3_600_000 },
  );
}
