import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { z } from 'zod';
import { ids } from '../../blocks/ids.ts';
import { type BotProcess, startBot } from '../../src/sandbox/demo/bot-process.ts';
import { type LocalSlack, startLocalSlack } from '../../src/sandbox/slack/local-slack.ts';
import { type EmbeddedSupabase, startSupabase } from '../../src/sandbox/supabase/supabase.ts';
import { applySql } from '../../src/sql/apply.ts';
import { botSettings } from '../support/bot-settings.ts';
import { addLead } from '../support/leads.ts';
import { residentMegabytes } from './processes.ts';

export interface BotFigures {
  clicks: { changedMs: number[]; acknowledgedMs: number[] };
  idle: { afterSeconds: number; megabytes: number };
  busyMegabytes: number;
  cardMs: number[];
}

export interface BotBenchOptions {
  /** Node options of the bot's process. */
  nodeFlags: readonly string[];
  idleSeconds: number;
  clicks: number;
  cards: number;
  say: (line: string) => void;
}

const CHANNEL = 'C0HOTLEADS';
const ALICE = 'U0ALICE';

/** Measures the real bot in its own process, with the embedded Supabase and the local Slack. */
export async function benchBot(options: BotBenchOptions): Promise<BotFigures> {
  const { say } = options;
  const supabase = await startSupabase();
  const client = new pg.Client({ connectionString: supabase.adminUrl });
  const slack = await startLocalSlack();
  let bot: BotProcess | undefined;
  try {
    await applySql(supabase.databaseUrl, { leadScoring: true, seed: true });
    await client.connect();
    const startedAt = performance.now();
    bot = await startTheBot(slack, supabase, options.nodeFlags);
    await Promise.race([
      slack.until(() => slack.messages(CHANNEL).length === 2, { what: 'the two cards' }),
      failWhenEnded(bot),
    ]);

    say(`memory: idle for ${options.idleSeconds} s …`);
    await sleep(Math.max(0, options.idleSeconds * 1000 - (performance.now() - startedAt)));
    const idle = { afterSeconds: options.idleSeconds, megabytes: await residentMegabytes(bot.pid) };

    say(`${options.clicks} clicks …`);
    const clicks = await click(slack, options.clicks);

    say(`${options.cards} leads turn hot …`);
    const cardMs: number[] = [];
    for (let n = 0; n < options.cards; n++) cardMs.push(await turnHot(slack, client, n));
    return { clicks, idle, cardMs, busyMegabytes: await residentMegabytes(bot.pid) };
  } finally {
    await bot?.stop();
    await slack.close();
    await client.end().catch(() => {});
    await supabase.stop();
  }
}

function startTheBot(
  slack: LocalSlack,
  supabase: EmbeddedSupabase,
  nodeFlags: readonly string[],
): Promise<BotProcess> {
  return startBot(
    {
      ...botSettings(slack, supabase),
      ALERT_CHANNEL: CHANNEL,
      POLL_SCHEDULE: '* * * * * *',
      // Far in the future, so that no digest interferes.
      DIGEST_SCHEDULE: '0 0 29 2 *',
      FIRST_RUN: 'cards',
    },
    () => {},
    nodeFlags,
  );
}

/** The Node options of `npm start`. */
export async function startFlags(): Promise<string[]> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  const { scripts } = z
    .object({ scripts: z.object({ start: z.string() }) })
    .parse(JSON.parse(text));
  const quickStart = new URL('../../src/quick-start.js', import.meta.url).href;
  // Only the settings that the bench gives count, so nothing is read from `.env`.
  return scripts.start
    .replace(' --import ./src/dot-env.ts', '')
    .replace('./src/quick-start.js', quickStart)
    .split(' ')
    .slice(2, -1);
}

async function failWhenEnded(bot: BotProcess): Promise<never> {
  await bot.ended;
  throw new Error(`The bot stopped unexpectedly:\n${bot.tail()}`);
}

/** Claims and releases a card in turn. Measures from the click until the card shows it. */
async function click(slack: LocalSlack, times: number): Promise<BotFigures['clicks']> {
  const changedMs: number[] = [];
  const acknowledgedMs: number[] = [];
  const [card] = slack.messages(CHANNEL);
  if (card === undefined) throw new Error('there is no card to click on');
  const shows = () => JSON.stringify(slack.messages(CHANNEL)[0]?.blocks);
  const claimed = () => !shows().includes(`"${ids.claim}"`);
  for (let n = 0; n < times; n++) {
    const before = claimed();
    const startedAt = performance.now();
    const pressed = slack
      .press(
        ALICE,
        { in: 'message', channel: CHANNEL, ts: card.ts },
        before ? releaseOption(shows()) : { actionId: ids.claim },
      )
      .then(() => acknowledgedMs.push(performance.now() - startedAt));
    await slack.until(() => claimed() !== before, { what: 'the card to change' });
    changedMs.push(performance.now() - startedAt);
    await pressed;
  }
  return { changedMs, acknowledgedMs };
}

/** The release option in the menu of a claimed card. Its value is the action and the alert. */
function releaseOption(blocks: string): { actionId: string; option: string } {
  const option = new RegExp(`"(${ids.release}:[^"]+)"`).exec(blocks)?.[1];
  if (option === undefined) throw new Error('the claimed card has no release option');
  return { actionId: ids.more, option };
}

/** Measures from the commit of a new company's score row until its card is posted. */
async function turnHot(slack: LocalSlack, client: pg.Client, n: number): Promise<number> {
  const before = slack.messages(CHANNEL).length;
  const sql = async <Row extends pg.QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> => (await client.query<Row>(text, [...values])).rows;
  await addLead({ sql }, { domain: `bench${n}.example`, company: `Bench ${n}` });
  const writtenAt = performance.now();
  await slack.until(() => slack.messages(CHANNEL).length > before, { what: 'a new card' });
  const took = performance.now() - writtenAt;
  // Varies the time between polls, and waits until the channel accepts posts again.
  await sleep(1_000 + 100 * n);
  return took;
}
