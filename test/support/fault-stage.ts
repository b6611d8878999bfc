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

interface ReplicaOptions extends Partial<Pick<DelivererDeps, 'render'>> {
  /** Wraps this replica's ports. */
  between?: (ports: Ports) => Ports;
  settings?: Partial<DelivererSettings>;
}

export interface Replica extends Pick<Deliverer, 'wake'> {
  log: MemoryLog;
  /** Finishes what is in flight. Use `abandon` if a call hangs forever. */
  stop(): Promise<void>;
  abandon(): void;
}

/** Shorter waits than a bot's, to keep the tests fast. */
const FAST: DelivererSettings = { ...DELIVERER_DEFAULTS, settleMs: 200, idleMs: 100 };
const draw: DelivererDeps['render'] = (content, plain) =>
  renderMessage(content, plain, 'UTC', 'https://local.slack.com/');
const SLACK_TIMEOUT_MS = 5_000;

/**
 * A database and, for each test, a Slack and an empty outbox. Replicas are the real deliverer with its real adapters,
 * for PostgREST and for Slack over HTTP.
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
    if (current === undefined) throw new Error('Slack exists only during a test');
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

  function replica({
    between = (own) => own,
    settings,
    render = draw,
  }: ReplicaOptions = {}): Replica {
    const log = memoryLog();
    const stopping = new AbortController();
    const deliverer = createDeliverer({
      ...between(ports()),
      render,
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

  /** Runs a replica until nothing is left, skipping idle time. Abandons it when `died` resolves. */
  async function runToTheEnd(
    own: Ports = ports(),
    died: Promise<'died'> = new Promise(() => {}),
    render: DelivererDeps['render'] = draw,
  ): Promise<{ end: 'quiet' | 'died'; log: MemoryLog }> {
    const quiet = Promise.withResolvers<'quiet'>();
    const one = replica({
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

  return {
    ...stage,
    db,
    slack,
    ports,
    replica,
    runToTheEnd,
    wake,
    /** Ages messages, leases and channels. */
    async passes(interval: string): Promise<void> {
      await stage.later(interval);
      wake();
    },
    /** Adds a hot lead with a due card. Returns the alert's id. */
    async aHotLead(): Promise<string> {
      await addLead(db);
      await db.poll();
      wake();
      return db.onlyAlert();
    },
    async claim(alert: string, user = 'U0ALICE'): Promise<void> {
      await db.alerts.claim(alert, user);
      wake();
    },
    cards: (): readonly SlackMessage[] => slack().messages(CHANNEL),
    posts: (): number => slack().calls('chat.postMessage').length,
    /** Waits for a message in CHANNEL with all these texts. */
    card: (...texts: readonly string[]): Promise<SlackMessage> =>
      slack().until(
        () =>
          slack()
            .messages(CHANNEL)
            .find((m) => texts.every((text) => readable(m).includes(text))),
        { what: `a message with ${texts.join(' and ')}` },
      ),
    /** Waits until the only message's row has these values. */
    becomes: (fields: Readonly<Record<string, unknown>>): Promise<void> =>
      until(stage.row, (row) => Object.entries(fields).every(([name, is]) => row[name] === is)),
  };
}

/** Polls until the answer is right. */
export async function until<T>(ask: () => Promise<T>, is: (answer: T) => boolean): Promise<void> {
  await expect.poll(async () => is(await ask()), { interval: 20 }).toBe(true);
}
