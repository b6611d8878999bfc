import { parseArgs } from 'node:util';
import { addMinutes } from 'date-fns/addMinutes';
import { subDays } from 'date-fns/subDays';
import { applySql } from '../../sql/apply.ts';
import { buildPage } from '../page/build-page.ts';
import { type Channel, type LocalSlack, startLocalSlack } from '../slack/local-slack.ts';
import { runSql } from '../supabase/postgres.ts';
import { startSupabase } from '../supabase/supabase.ts';
import { type BotProcess, startBot } from './bot-process.ts';
import { startGuide } from './guide.ts';
import { seedHistory } from './history.ts';
import { createPanel } from './panel.ts';
import { describeMessages } from './plain-text.ts';
import { readBotLine } from './read-bot-line.ts';
import { ROTATION, SALES_TEAM, TEAM_SETTINGS, TEAM_SQL, TIPS } from './sales-team.ts';

const CARDS = ['VelocityPay', 'HomeFront'] as const;
const GIVE_UP_AFTER_MS = 30_000;
const PREFERRED_PORT = 8333;
const DROP_TRIGGERS = `
  drop trigger lead_bot_mark_insert on public.lead_scores;
  drop trigger lead_bot_mark_update on public.lead_scores;`;

const HELP = `npm run demo              runs the bot in a local Slack that opens in the browser
npm run demo -- --once    needs no browser: waits until both sample cards say who has first call, prints every
                          message as text, and exits with 0, or with 1 if something is missing
        --verbose         prints every line the bot logs
        --without-triggers
                          first drops the bot's triggers on lead_scores, as a pipeline that swaps tables
                          would: changes then reach Slack within a minute instead of a second`;

const flags = readFlags();

function readFlags() {
  try {
    return parseArgs({
      options: {
        once: { type: 'boolean', default: false },
        verbose: { type: 'boolean', default: false },
        'without-triggers': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
    process.exit(2);
  }
}

/** Run in reverse order. */
const cleanUps: (() => Promise<void>)[] = [];
const stopping = new AbortController();

async function run(): Promise<void> {
  const startedAt = performance.now();
  const step = (text: string): void => {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(4);
    console.log(`  ${seconds} s  ${text}`);
  };
  console.log('\nLead Alerts demo. Everything runs on this machine, and nothing leaves it.\n');

  const supabase = await startSupabase();
  cleanUps.push(() => supabase.stop());
  step('Supabase is running (PostgreSQL and PostgREST)');
  const digestAt = addMinutes(new Date(), 2);
  const addLeads = async (): Promise<void> => {
    await applySql(supabase.databaseUrl, { leadScoring: true, private: true, seed: true });
    // For the reports, which nobody sees without the page.
    if (!flags.once) await seedHistory(supabase.adminUrl, subDays(digestAt, 1));
    await runSql(supabase.databaseUrl, TEAM_SQL);
    step(
      `added five sample leads (2 hot, 2 warm, 1 nurture), who owns two of them${flags.once ? '' : ', and six weeks of alerts'}`,
    );
    if (!flags['without-triggers']) return;
    await runSql(supabase.databaseUrl, DROP_TRIGGERS);
    step("dropped the bot's triggers on lead_scores");
  };
  const [slack] = await Promise.all([startSlack(createPanel(supabase.adminUrl, TIPS)), addLeads()]);
  cleanUps.push(() => slack.close());
  step('the local Slack is running');

  const hotLeads = channelNamed(slack.channels, 'hot-leads');
  const bot = await startBot(
    {
      SLACK_API_URL: slack.apiUrl,
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_APP_TOKEN: slack.appToken,
      SUPABASE_URL: supabase.url,
      SUPABASE_KEY: supabase.keyFor('lead_bot'),
      SUPABASE_PUBLISHABLE_KEY: supabase.publishableKey,
      ALERT_CHANNEL: hotLeads,
      DIGEST_CHANNEL: channelNamed(slack.channels, 'sales-digest'),
      DIGEST_SCHEDULE: `${digestAt.getMinutes()} ${digestAt.getHours()} * * *`,
      TIMEZONE: Intl.DateTimeFormat().resolvedOptions().timeZone,
      FIRST_RUN: 'cards',
      REARM_AFTER: '30s',
      ...TEAM_SETTINGS,
    },
    (line) => {
      const text = readBotLine(line, flags.verbose);
      if (text !== null) console.log(`         bot: ${text}`);
    },
  );
  // A bot that missed its deadline may also be slow to stop.
  cleanUps.push(() => (process.exitCode === 1 ? bot.kill() : bot.stop()));
  step('started the bot (src/main.ts) in its own process');

  const waitFor = (what: string, predicate: () => boolean) =>
    Promise.race([
      slack.until(predicate, { timeoutMs: GIVE_UP_AFTER_MS, what }),
      failWhenEnded(bot),
      whenAborted(stopping.signal),
    ]);
  const cards = () => slack.messages(hotLeads);
  const posted = () => CARDS.filter((name) => cards().some((m) => m.text.includes(name)));
  try {
    await waitFor(
      'the cards of VelocityPay and HomeFront in #hot-leads',
      () => posted().length === CARDS.length,
    );
  } catch (error) {
    const missing = CARDS.filter((name) => !posted().includes(name));
    throw new Error(
      `No card of ${missing.join(' and ')} in #hot-leads.\n${error instanceof Error ? error.message : ''}`,
    );
  }
  if (stopping.signal.aborted) return;
  step('the cards of VelocityPay and HomeFront are in #hot-leads');

  if (flags.once) {
    const isOffered = ({ text }: { text: string }) => /\b(?:has|have) first call\b/.test(text);
    await waitFor(
      'cards that say who has first call',
      () =>
        cards().filter(isOffered).length === CARDS.length &&
        // In the morning there are others.
        directMessagesOf(slack).filter(isOffered).length === CARDS.length,
    );
    if (stopping.signal.aborted) return;
    step('Alice and Ben have first call, and a direct message each');
    for (const channel of slack.channels) {
      const title =
        channel.kind === 'dm' ? `Direct message to ${nameOf(slack, channel)}` : `#${channel.name}`;
      for (const text of describeMessages(slack.messages(channel.id))) {
        console.log(`\n${title}\n${text}`);
      }
    }
    console.log('\nAll expected messages are there.');
    return;
  }

  const guide = await startGuide(slack, supabase.adminUrl);
  cleanUps.push(() => guide.stop());
  const digestTime = digestAt.toTimeString().slice(0, 5);
  console.log(`
  Open  ${slack.pageUrl}

  - "What to try" on the right takes two minutes, and ticks off what you have done. Switch users at the top left.
  - Type  /lead velocitypay.io  or  /lead help  as a message.
  - Use "Change the data" on the right to act as the scoring pipeline, and watch cards arrive. "Two hours later"
    shows what happens to leads that wait.
  - The daily digest arrives in #sales-digest at ${digestTime}. /lead digest shows it any time.

  Press Ctrl-C to stop everything.
`);
  await Promise.race([failWhenEnded(bot), whenAborted(stopping.signal)]);
}

async function startSlack(panel: ReturnType<typeof createPanel>) {
  const options = {
    page: await buildPage(),
    panel,
    people: SALES_TEAM,
    userGroups: [ROTATION],
  };
  try {
    return await startLocalSlack({ ...options, port: flags.once ? 0 : PREFERRED_PORT });
  } catch {
    // The preferred port is taken, perhaps by another demo.
    return startLocalSlack({ ...options, port: 0 });
  }
}

function channelNamed(channels: readonly { id: string; name: string }[], name: string): string {
  const channel = channels.find((c) => c.name === name);
  if (channel === undefined) throw new Error(`the local Slack has no channel #${name}`);
  return channel.id;
}

const directMessagesOf = (slack: LocalSlack) =>
  slack.channels.filter(({ kind }) => kind === 'dm').flatMap(({ id }) => slack.messages(id));

const nameOf = (slack: LocalSlack, { members }: Channel): string =>
  slack.people.find(({ id }) => members?.includes(id))?.realName ?? 'nobody';

async function failWhenEnded(bot: BotProcess): Promise<void> {
  await bot.ended;
  if (!stopping.signal.aborted) throw new Error(`The bot stopped unexpectedly:\n${bot.tail()}`);
}

function whenAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
}

function stop(): void {
  if (stopping.signal.aborted) process.exit(1);
  console.log('\n  Stopping the bot, the local Slack and Supabase …');
  stopping.abort();
}

if (flags.help) {
  console.log(HELP);
} else {
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    await run();
  } catch (error) {
    console.error(`\n${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
  stopping.abort();
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
  process.exit();
}
