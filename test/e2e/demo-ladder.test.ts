import { beforeAll, expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import { createPanel } from '../../src/sandbox/demo/panel.ts';
import { readBotLine } from '../../src/sandbox/demo/read-bot-line.ts';
import {
  ROTATION,
  SALES_TEAM,
  TEAM_SETTINGS,
  TEAM_SQL,
} from '../../src/sandbox/demo/sales-team.ts';
import type { SlackMessage } from '../../src/sandbox/slack/local-slack.ts';
import { runSql } from '../../src/sandbox/supabase/postgres.ts';
import {
  ALICE,
  BEN,
  HOT_LEADS,
  message,
  onMessage,
  readable,
  startWorld,
} from '../support/world.ts';

const MONA = TEAM_SETTINGS.MANAGERS;
const { db, slack, logged, startAnother } = await startWorld({
  replicas: 0,
  slack: { people: SALES_TEAM, userGroups: [ROTATION] },
});
const panel = createPanel(db.adminUrl);

const directOf = (user: string): readonly SlackMessage[] => slack.messages(`D${user.slice(1)}`);
const repliesTo = (card: SlackMessage): SlackMessage[] =>
  slack.messages(HOT_LEADS).filter((one) => one.thread_ts === card.ts && one.ts !== card.ts);

/** Waits for one more message than before. */
async function after(
  press: 'later' | 'much-later',
  list: () => readonly SlackMessage[],
  ...texts: readonly string[]
): Promise<void> {
  // What Slack shows may not be recorded yet. It would count as posted after the hours that pass now.
  await expect
    .poll(() => db.sql('select from lead_bot.messages where lease_token is not null'), {
      timeout: 15_000,
    })
    .toEqual([]);
  const before = list().length;
  await panel.run(press);
  await slack.until(
    () =>
      list()
        .slice(before)
        .some((one) => texts.every((text) => readable(one).includes(text))),
    { what: `a new message with ${texts.join(' and ')}` },
  );
}

let velocityPay: SlackMessage;
let homeFront: SlackMessage;

beforeAll(async () => {
  await runSql(db.databaseUrl, TEAM_SQL);
  await startAnother(TEAM_SETTINGS);
  velocityPay = await message(slack, HOT_LEADS, 'VelocityPay', 'has first call');
  homeFront = await message(slack, HOT_LEADS, 'HomeFront', 'has first call');
});

test('two hours later: whoever is on duty is reminded, and after two more the manager is told', async () => {
  await slack.press(BEN, onMessage(homeFront), { actionId: ids.claim });
  await message(slack, HOT_LEADS, 'HomeFront', `Claimed by @${BEN}`);
  await after('later', () => repliesTo(velocityPay), `@${ALICE}`);
  expect(directOf(MONA)).toEqual([]);
  await after('later', () => directOf(MONA), 'VelocityPay');
  expect(repliesTo(velocityPay).filter((one) => readable(one).includes(`@${ALICE}`))).toHaveLength(
    1,
  );
});

test('six hours after a claim its owner is warned, and two hours later the lead is back', async () => {
  await after('later', () => directOf(BEN), 'HomeFront');
  await after('later', () => repliesTo(homeFront), `@${BEN}`);
  await message(slack, HOT_LEADS, 'HomeFront', 'unclaimed');
});

test('two weeks after a contact its owner is asked what came of it', async () => {
  await slack.press(ALICE, onMessage(velocityPay), { actionId: ids.claim });
  await message(slack, HOT_LEADS, 'VelocityPay', `Claimed by @${ALICE}`);
  const [alert] = await db.sql<{ id: string }>(
    `select id from lead_bot.alerts where account_key = 'velocitypay.io' and closed_at is null`,
  );
  await db.sql(`select public.lead_bot_contact($1, $2, 'email', '')`, [alert?.id, ALICE]);
  await after('much-later', () => directOf(ALICE), 'VelocityPay');
});

test('logs no warning and no error on the way', () => {
  expect(logged.flatMap((line) => readBotLine(line, false) ?? [])).toEqual([]);
});
