import { expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import { CHANNELS, type MemberOption, PEOPLE } from '../../src/sandbox/slack/defaults.ts';
import type { SlackMessage } from '../../src/sandbox/slack/local-slack.ts';
import { aHotLead, type HotLead } from '../support/hot-lead.ts';
import {
  ALICE,
  BEN,
  CHLOE,
  HOT_LEADS,
  message,
  onMessage,
  readable,
  startWorld,
} from '../support/world.ts';

const MONA = 'U0MONA';
const others: readonly MemberOption[] = [{ id: MONA, name: 'mona', realName: 'Mona Weiss' }];
const { slack, db, bots, startAnother } = await startWorld({
  seed: false,
  replicas: 0,
  slack: {
    people: [...PEOPLE, ...others],
    channels: CHANNELS.map((channel) => ({ ...channel, members: [ALICE, BEN, CHLOE, MONA] })),
    userGroups: [{ id: 'S0DUTY', users: [BEN, CHLOE] }],
  },
  env: {
    CLAIM_WITHIN: '2h',
    CONTACT_WITHIN: '8h',
    FOLLOW_UP_AFTER: '14d',
    MANAGERS: MONA,
    ON_DUTY: 'S0DUTY',
    // Around the clock, so that the tests pass at any time.
    WORKING_HOURS: 'Mon-Sun 00:00-24:00',
  },
});
// As if the deadlines had been set a year ago.
await db.sql(
  `insert into lead_bot.poll_state (deadlines)
   select jsonb_object_agg(name, now() - interval '1 year') from unnest('{claim,contact,follow_up}'::text[]) name`,
);
await startAnother();

const hotLead = (owner: string | null = null) => aHotLead({ db, slack }, owner);

/** The messages about a lead that tell of steps, as the database knows them. */
const told = ({ alert }: HotLead) =>
  db.sql<{ kind: string; posted: boolean; error: string | null }>(
    `select s.kind, m.posted_at is not null as posted, m.last_error as error
       from lead_bot.steps s join lead_bot.messages m on m.id = s.message_id
      where s.alert_id = $1 order by s.at`,
    [alert],
  );

/** Waits until the database knows that all messages about a lead's steps are in Slack. */
const untilTold = (lead: HotLead, steps: number) =>
  expect
    .poll(async () => (await told(lead)).filter(({ posted }) => posted).length, {
      timeout: 10_000,
    })
    .toBe(steps);

/** Moves an alert, with its steps and their messages, into the past. */
const age = ({ alert }: HotLead, interval: string) =>
  db.sql(
    `with told as (
       update lead_bot.messages m set posted_at = m.posted_at - $2::interval
        where m.id in (select s.message_id from lead_bot.steps s where s.alert_id = $1)
     ), taken as (
       update lead_bot.steps s set at = s.at - $2::interval, period = s.period - $2::interval
        where s.alert_id = $1
     )
     update lead_bot.alerts a
        set waits_since = a.waits_since - $2::interval, news_told_at = a.news_told_at - $2::interval
      where a.id = $1`,
    [alert, interval],
  );

const stepsOf = async ({ alert }: HotLead): Promise<string[]> => {
  const rows = await db.sql<{ kind: string }>(
    'select kind from lead_bot.steps where alert_id = $1 order by at',
    [alert],
  );
  return rows.map(({ kind }) => kind);
};

/** Waits for a reply in the thread of a lead's card. */
const reply = ({ card }: HotLead, ...texts: readonly string[]) =>
  slack.until(
    () =>
      slack
        .messages(HOT_LEADS)
        .find(
          (one) => one.thread_ts === card.ts && texts.every((text) => readable(one).includes(text)),
        ),
    { what: `a reply with ${texts.join(' and ')}` },
  );

/** Without the list of the morning: a bot that starts between 9:00 and 12:00 makes up for it. */
const directsAbout = (user: string, { name }: HotLead): readonly SlackMessage[] =>
  slack
    .messages(slack.directMessages(user))
    .filter((one) => readable(one).includes(name) && !readable(one).includes('for you today'));

test('an unclaimed lead is reminded of in its thread, then managers get it, each once', async () => {
  const lead = await hotLead();
  await age(lead, '2 hours');
  const reminder = await reply(lead, 'has claimed this lead');
  expect(reminder.text).toContain('<!subteam^S0DUTY>');
  await age(lead, '2 hours');
  const direct = await message(slack, slack.directMessages(MONA), lead.name, '[Claim lead]');
  await untilTold(lead, 2);
  await age(lead, '1 day');
  await slack.press(MONA, onMessage(direct), { actionId: ids.claim });
  await message(slack, HOT_LEADS, lead.name, `Claimed by @${MONA}`);
  expect(await stepsOf(lead)).toEqual(['reminder', 'escalation']);
  expect(directsAbout(MONA, lead)).toHaveLength(1);
});

test('an owner is warned, keeps the lead, and loses it when they are silent the next time', async () => {
  const lead = await hotLead(ALICE);
  await age(lead, '6 hours');
  const direct = slack.directMessages(ALICE);
  const warning = await message(slack, direct, lead.name, '[Keep it]', '[Release]');
  await slack.press(ALICE, onMessage(warning), { actionId: ids.keep });
  const keeps = () => db.sql('select keeps from lead_bot.alerts where id = $1', [lead.alert]);
  await expect.poll(keeps, { timeout: 10_000 }).toEqual([{ keeps: 1 }]);
  await age(lead, '6 hours');
  await untilTold(lead, 2);
  await age(lead, '2 hours');
  await reply(lead, 'anyone can claim it again');
  await message(slack, HOT_LEADS, lead.name, '[Claim lead]', 'unclaimed');
  await slack.until(
    () => directsAbout(ALICE, lead).every((one) => !readable(one).includes('[Keep it]')),
    { what: 'two warnings without buttons' },
  );
  expect(directsAbout(ALICE, lead)).toHaveLength(2);
});

test('a contacted lead without an outcome is asked about', async () => {
  const lead = await hotLead(BEN);
  await db.sql(`select public.lead_bot_contact($1, $2, 'call', null)`, [lead.alert, BEN]);
  await age(lead, '14 days');
  await message(slack, slack.directMessages(BEN), lead.name, 'What came of it?', '[Outcome]');
});

test('more than three warnings of one owner are one message', async () => {
  const leads: HotLead[] = [];
  for (let n = 0; n < 4; n++) leads.push(await hotLead(CHLOE));
  const one =
    'update lead_bot.alerts set waits_since = waits_since - $2::interval where id = any ($1)';
  await db.sql(one, [leads.map(({ alert }) => alert), '6 hours']);
  const names = leads.map(({ name }) => name);
  await message(slack, slack.directMessages(CHLOE), ...names);
  expect(slack.messages(slack.directMessages(CHLOE))).toHaveLength(1);
});

test('a bot that stops between a step and its message leaves the message to the next, which sends it once', async () => {
  const lead = await hotLead(BEN);
  const recover = slack.misbehave({
    method: 'chat.postMessage',
    how: { kind: 'rate-limit', retryAfterSeconds: 1 },
  });
  await age(lead, '6 hours');
  await expect
    .poll(() => told(lead), { timeout: 10_000 })
    .toEqual([{ kind: 'warning', posted: false, error: 'ratelimited' }]);
  await Promise.all(bots.map((bot) => bot.kill()));
  recover();
  expect(directsAbout(BEN, lead)).toEqual([]);
  await Promise.all([startAnother(), startAnother()]);
  await message(slack, slack.directMessages(BEN), lead.name, '[Keep it]');
  // A lead that enters now shows that the bots have polled again.
  await untilTold(lead, 1);
  await age(lead, '1 hour');
  await hotLead();
  expect(directsAbout(BEN, lead)).toHaveLength(1);
  expect(await stepsOf(lead)).toEqual(['warning']);
});
