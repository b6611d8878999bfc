import { afterAll } from 'vitest';
import { type BotProcess, startBot } from '../../src/sandbox/demo/bot-process.ts';
import { createPanel } from '../../src/sandbox/demo/panel.ts';
import { describeMessages } from '../../src/sandbox/demo/plain-text.ts';
import { buildPage } from '../../src/sandbox/page/build-page.ts';
import {
  type LocalSlack,
  type LocalSlackOptions,
  type SlackMessage,
  startLocalSlack,
} from '../../src/sandbox/slack/local-slack.ts';
import { botSettings } from './bot-settings.ts';
import { freePort } from './listen.ts';
import { type TestDatabase, testDatabase } from './supabase.ts';

export const HOT_LEADS = 'C0HOTLEADS';
export const DIGEST = 'C0SALES';
export const ALICE = 'U0ALICE';
export const BEN = 'U0BEN';
export const CHLOE = 'U0CHLOE';

export interface World {
  db: TestDatabase;
  slack: LocalSlack;
  bots: readonly BotProcess[];
  /** The required settings, for Socket Mode. */
  settings: Readonly<Record<string, string>>;
  /** Every line logged by the bots. */
  logged: readonly string[];
  startAnother(
    env?: Readonly<Record<string, string>>,
    nodeFlags?: readonly string[],
  ): Promise<BotProcess>;
  /** The bot's address in HTTP mode; empty in Socket Mode. */
  http: string;
}

interface WorldOptions {
  /** Adds the five sample leads. Default: true. */
  seed?: boolean;
  replicas?: number;
  env?: Readonly<Record<string, string>>;
  slack?: LocalSlackOptions;
  /** HTTP instead of Socket Mode. */
  http?: boolean;
  /** Serves the page at `slack.pageUrl`, with the demo's panel. */
  page?: boolean;
}

/** A database, a local Slack and bots as real processes, for one test file. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const db = await testDatabase({ seed: options.seed ?? true });
  const slack = await startLocalSlack({
    ...(options.page && { page: await buildPage(), panel: createPanel(db.adminUrl) }),
    ...options.slack,
  });
  const bots: BotProcess[] = [];
  const logged: string[] = [];
  afterAll(async () => {
    await Promise.all(bots.map((bot) => bot.kill()));
    await slack.close();
  });

  const settings: Record<string, string> = {
    ...botSettings(slack, db),
    ALERT_CHANNEL: HOT_LEADS,
  };
  let httpMode: Record<string, string> = {};
  let http = '';
  if (options.http) {
    const port = await freePort();
    http = `http://127.0.0.1:${port}`;
    slack.deliverTo(`${http}/slack/events`);
    httpMode = {
      SLACK_APP_TOKEN: '',
      SLACK_SIGNING_SECRET: slack.signingSecret,
      PORT: String(port),
    };
  }

  const startAnother = async (
    env: Readonly<Record<string, string>> = {},
    nodeFlags: readonly string[] = [],
  ): Promise<BotProcess> => {
    const bot = await startBot(
      {
        ...settings,
        ...httpMode,
        DIGEST_CHANNEL: DIGEST,
        POLL_SCHEDULE: '* * * * * *',
        // So that no digest comes due during the tests.
        DIGEST_SCHEDULE: '0 0 29 2 *',
        FIRST_RUN: 'cards',
        // So that a test file with many hot companies gets cards, not a roll-up.
        MAX_CARDS_PER_POLL: '100',
        ...options.env,
        ...env,
      },
      (line) => logged.push(line),
      nodeFlags,
    );
    bots.push(bot);
    return bot;
  };
  for (let n = 0; n < (options.replicas ?? 1); n++) await startAnother();
  return { db, slack, bots, settings, logged, startAnother, http };
}

/** Waits for a top-level message of a channel with all these texts, blocks included. */
export function message(slack: LocalSlack, channel: string, ...texts: readonly string[]) {
  return slack.until(
    () => slack.messages(channel).find((m) => texts.every((text) => readable(m).includes(text))),
    { what: `a message with ${texts.join(' and ')}` },
  );
}

/** Waits for a private answer to a user with all these texts. */
export function answer(slack: LocalSlack, user: string, ...texts: readonly string[]) {
  return slack.until(
    () =>
      slack.privateAnswers(user).findLast((m) => texts.every((text) => readable(m).includes(text))),
    { what: `an answer to ${user} with ${texts.join(' and ')}` },
  );
}

/** Waits until a user's top modal has all these texts. */
export function modal(slack: LocalSlack, user: string, ...texts: readonly string[]) {
  return slack.until(
    () => {
      const top = slack.views(user).at(-1);
      if (top === undefined) return undefined;
      const words = readable({ text: top.view.title.text, blocks: top.view.blocks });
      const all = `${top.view.title.text}\n${words}`;
      return texts.every((text) => all.includes(text)) ? top : undefined;
    },
    { what: `a modal of ${user} with ${texts.join(' and ')}` },
  );
}

/** Moves the first poll back by an hour, so that a digest due now is not before it. */
export const pollsForAnHour = (db: TestDatabase) =>
  db.sql(`update lead_bot.poll_state set first_poll_at = first_poll_at - interval '1 hour'`);

/** For DIGEST_SCHEDULE: one digest, due this minute. Every minute would be two of them in a test that passes midnight. */
export function dueNow(): string {
  const now = new Date();
  return `${now.getUTCMinutes()} ${now.getUTCHours()} ${now.getUTCDate()} ${now.getUTCMonth() + 1} *`;
}

/** A message as text: the texts and labels of its blocks, top to bottom. */
export function readable(m: { text: string; blocks: readonly unknown[] }): string {
  return describeMessages([m]).join('\n');
}

export const onMessage = (m: Pick<SlackMessage, 'channel' | 'ts'>) =>
  ({ in: 'message', channel: m.channel, ts: m.ts }) as const;

export const onView = (viewId: string) => ({ in: 'view', viewId }) as const;

/** Presses *Share* in the preview, once it shows these texts. */
export async function confirmShare(
  slack: LocalSlack,
  user: string,
  ...texts: readonly string[]
): Promise<void> {
  const preview = await modal(slack, user, 'Share in channel', 'will see this', ...texts);
  const done = await slack.submit(user, preview.id, {});
  if (!done.ok) throw new Error(done.error);
}
