import { afterEach, beforeEach, expect } from 'vitest';
import { slackMessenger } from '../../src/adapters/slack-messenger.ts';
import type { Messenger, Outbox } from '../../src/core/ports.ts';
import {
  createDeliverer,
  DELIVERER_DEFAULTS,
  type Deliverer,
  type DelivererDeps,
  type DelivererSettings,
} from '../../src/jobs/deliver.ts';
import { renderMessage } from '../../src/jobs/render-message.ts';
import { sdkLog } from '../../src/ops/sdk-log.ts';
import {
  type LocalSlack,
  type Misbehavior,
  type SlackMessage,
  startLocalSlack,
} from '../../src/sandbox/slack/local-slack.ts';
import { botDatabase, CHANNEL } from './bot-database.ts';
import { addLead } from './leads.ts';
import { type MemoryLog, memoryLog } from './memory-log.ts';
import { outboxStage } from './outbox-stage.ts';
import { readable } from './world.ts';

export interface Ports {
  outbox: Outbox;
  messenger: Messenger;
}

interface ReplicaOptions extends Partial<Pick<DelivererDeps, 'render' | 'refusalFor'>> {
  /** Wraps this replica's ports. */
  between?: (ports: Ports) => Ports;
  settings?: Partial<DelivererSettings>;
}

export interface Replica extends Pick<Deliverer, 'wake'> {
  log: MemoryLog;
  /** Waits for deliveries in progress. */
  stop(): Promise<void>;
  /** Doesn't wait, for a replica that hangs in a call. */
  abandon(): void;
}

/** Shorter waits than the bot's, to keep tests fast. */
const FAST: DelivererSettings = { ...DELIVERER_DEFAULTS, settleMs: 200, idleMs: 100 };
const draw: DelivererDeps['render'] = (content, plain) =>
  renderMessage(content, plain, 'UTC', 'https://local.slack.com/');
const SLACK_TIMEOUT_MS = 5_000;

export const POST = 'chat.postMessage';
export const UPDATE = 'chat.update';
export const HISTORY = 'conversations.history';

/** For `between`: replaces some calls of the messenger. */
export const withMessenger =
  (change: (messenger: Messenger) => Partial<Messenger>) =>
  ({ outbox, messenger }: Ports): Ports => ({
    outbox,
    messenger: { ...messenger, ...change(messenger) },
  });

/** For `between`: replaces some calls of the outbox. */
export const withOutbox =
  (change: (outbox: Outbox) => Partial<Outbox>) =>
  ({ outbox, messenger }: Ports): Ports => ({
    messenger,
    outbox: { ...outbox, ...change(outbox) },
  });

/**
 * A database and, for each test, a Slack and an empty outbox. Replicas are real deliverers with real
 * adapters: PostgREST and Postgres on one side, Slack over HTTP on the other.
 */
export async function faultStage() {
  const db = await botDatabase();
  const stage = outboxStage(db);
  const running = new Set<Replica>();
  let current: LocalSlack | undefined;
  beforeEach(async () => {
    current = await startLocalSlack();
  });
  afterEach(async () => {
    await Promise.all([...running].map((replica) => replica.stop()));
    await current?.close();
  });
  const slack = (): LocalSlack => {
    if (current === undefined) throw new Error('Slack exists only within a test');
    return current;
  };

  function ports(): Ports {
    const { botToken, apiUrl } = slack();
    return {
      outbox: db.outbox,
      messenger: slackMessenger({
        botToken,
        apiUrl,
        botId: 'B0BOT',
        timeoutMs: SLACK_TIMEOUT_MS,
        sdkLog: sdkLog(memoryLog()),
      }),
    };
  }

  function startReplica({
    between = (own) => own,
    settings,
    render = draw,
    refusalFor,
  }: ReplicaOptions = {}): Replica {
    const log = memoryLog();
    const stopping = new AbortController();
    const deliverer = createDeliverer({
      ...between(ports()),
      render,
      ...(refusalFor && { refusalFor }),
      log,
      settings: { ...FAST, ...settings },
    });
    const run = deliverer.run(stopping.signal);
    const one: Replica = {
      log,
      wake: deliverer.wake,
      stop() {
        one.abandon();
        return run;
      },
      abandon() {
        running.delete(one);
        stopping.abort();
      },
    };
    running.add(one);
    return one;
  }

  /**
   * Runs a replica until nothing is left to do, skipping two minutes whenever nothing is due. Abandons the
   * replica if `died` resolves first.
   */
  async function runUntilQuiet(
    own: Ports = ports(),
    died: Promise<'died'> = new Promise(() => {}),
    render: DelivererDeps['render'] = draw,
  ): Promise<{ end: 'quiet' | 'died'; log: MemoryLog }> {
    const quiet = Promise.withResolvers<'quiet'>();
    const one = startReplica({
      render,
      settings: { parallel: 1, settleMs: 0 },
      between: () => ({
        messenger: own.messenger,
        outbox: {
          ...own.outbox,
          async take(...args) {
            const taken = await own.outbox.take(...args);
            if (taken.deliveries.length > 0) return taken;
            if (taken.nextDueMs === null) quiet.resolve('quiet');
            else await stage.later('2 minutes');
            setImmediate(() => one.wake());
            return taken;
          },
        },
      }),
    });
    const end = await Promise.race([quiet.promise, died]);
    if (end === 'quiet') await one.stop();
    else one.abandon();
    return { end, log: one.log };
  }

  const wake = (): void => {
    for (const one of running) one.wake();
  };

  /** Adds a hot lead, and returns the id of its alert. Its card is due. */
  async function addHotLead(): Promise<string> {
    await addLead(db);
    await db.poll();
    wake();
    return db.onlyAlert();
  }

  /** Waits for the only message to have these fields. */
  const waitForRow = (fields: Readonly<Record<string, unknown>>): Promise<void> =>
    until(stage.row, (row) => Object.entries(fields).every(([name, is]) => row[name] === is));

  return {
    ...stage,
    db,
    slack,
    ports,
    startReplica,
    runUntilQuiet,
    wake,
    /** Advances the time of messages, leases and channels, and wakes all replicas. */
    async advance(interval: string): Promise<void> {
      await stage.later(interval);
      wake();
    },
    addHotLead,
    /** Adds a hot lead and delivers its card. Returns the id of the alert. */
    async postCard(): Promise<string> {
      const alert = await addHotLead();
      await runUntilQuiet();
      return alert;
    },
    /** Has another replica post the card that is due. */
    async postFromPeer(): Promise<void> {
      const peer = startReplica();
      await waitForRow({ state: 'posted' });
      await peer.stop();
    },
    /** Makes the next calls of a Slack method misbehave. Returns the undo function. */
    failSlack: (method: string, how: Misbehavior, times = 1) =>
      slack().misbehave({ method, times, how }),
    async claim(alert: string, user = 'U0ALICE'): Promise<void> {
      await db.alerts.claim(alert, user);
      wake();
    },
    cards: (): readonly SlackMessage[] => slack().messages(CHANNEL),
    postCount: (): number => slack().calls(POST).length,
    /** Waits for a message with all these texts in the channel for cards. */
    waitForCard: (...texts: readonly string[]): Promise<SlackMessage> =>
      slack().until(
        () =>
          slack()
            .messages(CHANNEL)
            .find((m) => texts.every((text) => readable(m).includes(text))),
        { what: `a message with ${texts.join(' and ')}` },
      ),
    waitForRow,
  };
}

/** Polls, since a test gets no notice of changes in the database. */
export async function until<T>(ask: () => Promise<T>, is: (answer: T) => boolean): Promise<void> {
  await expect.poll(async () => is(await ask()), { interval: 20 }).toBe(true);
}
