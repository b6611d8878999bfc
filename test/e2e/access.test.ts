import { expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import { EXTERNAL_PERSON, PEOPLE } from '../../src/sandbox/slack/defaults.ts';
import { alertOf } from '../support/leads.ts';
import {
  ALICE,
  answer,
  BEN,
  CHLOE,
  confirmShare,
  DIGEST,
  HOT_LEADS,
  message,
  modal,
  onMessage,
  onView,
  readable,
  startWorld,
} from '../support/world.ts';

const PRIVATE = 'C0LOBBY';
const PARTNERS = 'C0PARTNERS';
const GUS = 'U0GUS';
const STRANGER = EXTERNAL_PERSON.id;
const OUTSIDERS = ['U0LEFT', 'U0ROBOT', GUS, STRANGER, 'U0NORA'];

const { slack, db, logged } = await startWorld({
  slack: {
    people: [
      ...PEOPLE,
      EXTERNAL_PERSON,
      { id: GUS, name: 'gus', realName: 'Gus Canary', guest: 'single' },
      { id: 'U0LEFT', name: 'left', realName: 'Lee Left', deleted: true },
      { id: 'U0ROBOT', name: 'robot', realName: 'Ro Bot', isBot: true },
      { id: 'U0TIM', name: 'tim', realName: 'Tim Slow' },
      { id: 'U0NORA', name: 'nora', realName: 'Nora Notin' },
    ],
    channels: [
      { id: HOT_LEADS, name: 'hot-leads', members: [ALICE, BEN, GUS, STRANGER, 'U0ROBOT'] },
      { id: DIGEST, name: 'sales-digest', members: [CHLOE, 'U0TIM'] },
      { id: PRIVATE, name: 'lobby', kind: 'private', botIn: false, members: [ALICE] },
      { id: PARTNERS, name: 'partners', shared: 'external' },
    ],
  },
});

const card = () => message(slack, HOT_LEADS, 'VelocityPay');
await card();
const VELOCITYPAY = await alertOf(db, 'velocitypay.io');

const pressed = (actionId: string, value: string) => ({
  type: 'button',
  action_id: actionId,
  block_id: 'forged',
  value,
});

interface Row {
  actor: string;
  action: string;
  why: string;
  channel: string | null;
  team: string | null;
  alert_id: string | null;
}
const rows = () =>
  db.sql<Row>(
    'select actor, action, why, channel, team, alert_id from lead_bot.access_refusals order by id',
  );
/** Waits, because a refusal is recorded while the user is told. */
const row = (actor: string, action: string) =>
  expect
    .poll(async () => (await rows()).filter((r) => r.actor === actor && r.action === action))
    .toHaveLength(1)
    .then(async () => (await rows()).find((r) => r.actor === actor && r.action === action));

const all = (table: string) => db.sql(`select * from lead_bot.${table}`);

test.each([
  ['U0LEFT', 'deactivated', 'Only members'],
  ['U0ROBOT', 'bot', 'Only members'],
  [GUS, 'guest', 'Guests can’t work on leads'],
  [STRANGER, 'external', 'Only members'],
  ['U0NORA', 'not-in-channel', 'Only people in the leads channel'],
])(
  'fault-46 refuses a press of %s, who is %s, says why, and records it',
  async (user, why, expected) => {
    const before = await all('alert_events');
    await slack.pressWith(user, onMessage(await card()), pressed(ids.claim, VELOCITYPAY));
    await answer(slack, user, expected);
    expect(await row(user, ids.claim)).toEqual({
      actor: user,
      action: ids.claim,
      why,
      channel: HOT_LEADS,
      team: user === STRANGER ? EXTERNAL_PERSON.teamId : slack.team.id,
      alert_id: VELOCITYPAY,
    });
    expect(await all('alert_events')).toEqual(before);
  },
);

test.each(OUTSIDERS)('fault-46 shows nothing about any lead to a command of %s', async (user) => {
  const before = slack.privateAnswers(user).length;
  await slack.say(user, HOT_LEADS, '/lead hot');
  await slack.until(() => slack.privateAnswers(user).length > before, { what: 'an answer' });
  expect(await row(user, '/lead')).toMatchObject({ alert_id: null });
  const seen = JSON.stringify([slack.privateAnswers(user), slack.views(user)]);
  expect(seen).not.toMatch(/velocity|homefront|marcus/i);
});

test('fault-46 records a flood of refused presses as one row a minute', async () => {
  const target = onMessage(await card());
  const before = (await rows()).length;
  for (let n = 0; n < 20; n++) {
    await slack.pressWith(GUS, target, pressed(ids.details, VELOCITYPAY));
  }
  await slack.until(
    () => slack.privateAnswers(GUS).filter(({ text }) => text.startsWith('Guests')).length >= 22,
    { what: 'twenty-two refusals' },
  );
  await row(GUS, ids.details);
  expect(await rows()).toHaveLength(before + 1);
  expect(slack.views(GUS)).toEqual([]);
});

test('keeps names out of the refusals and the log', async () => {
  const written = JSON.stringify([await all('access_refusals'), logged]);
  expect(written).toContain(GUS);
  expect(written).not.toMatch(/Canary|Dana|northwind\.example|Notin/);
});

test('lets the members of either channel work on leads', async () => {
  await slack.press(BEN, onMessage(await card()), { actionId: ids.claim });
  await message(slack, HOT_LEADS, 'VelocityPay', 'Claimed by @U0BEN');
  await slack.say(CHLOE, DIGEST, '/lead hot');
  await answer(slack, CHLOE, 'HomeFront');
});

test('does nothing and says so while Slack cannot identify the user, then recovers', async () => {
  slack.misbehave({ method: 'users.info', times: 1, how: { kind: 'hang', accept: false } });
  await slack.say('U0TIM', DIGEST, '/lead hot');
  await answer(slack, 'U0TIM', 'Slack didn’t confirm in time');
  expect(await row('U0TIM', '/lead')).toMatchObject({ why: 'unchecked' });
  await expect
    .poll(
      async () => {
        await slack.say('U0TIM', DIGEST, '/lead hot');
        return slack.privateAnswers('U0TIM').some((one) => readable(one).includes('HomeFront'));
      },
      { interval: 1_000, timeout: 40_000 },
    )
    .toBe(true);
});

test('grants access a few seconds after a user is added to the channel', async () => {
  slack.changeChannel(DIGEST, { members: [CHLOE, 'U0TIM', 'U0NORA'] });
  await expect
    .poll(
      async () => {
        await slack.say('U0NORA', DIGEST, '/lead hot');
        return slack.privateAnswers('U0NORA').some((one) => readable(one).includes('HomeFront'));
      },
      { interval: 500 },
    )
    .toBe(true);
});

const FORGED_VALUES = [
  '',
  'x',
  "'; drop table lead_bot.alerts; --",
  '00000000-0000-4000-8000-000000000000',
  '{"alertId":{"$ne":null}}',
  '../../rpc/lead_bot_tidy',
  '<!channel> <https://evil.example|VelocityPay>',
  Array.from({ length: 2000 }, (_, n) => String.fromCodePoint(33 + ((n * 7919) % 90))).join(''),
];

test.each([
  ids.claim,
  ids.release,
  ids.contact,
  ids.details,
  ids.open,
  ids.more,
  ids.share,
  ids.shareList,
  ids.pick,
])('fault-46 does nothing for a forged value of %s', async (actionId) => {
  const before = [await all('alerts'), await all('alert_events')];
  const posted = slack.messages(HOT_LEADS).length;
  const target = onMessage(await card());
  for (const value of FORGED_VALUES) {
    await slack.pressWith(ALICE, target, pressed(actionId, value));
    await slack.pressWith(ALICE, target, pressed(ids.more, `${actionId}:${value}`));
    for (const view of [...slack.views(ALICE)].reverse()) await slack.closeView(ALICE, view.id);
  }
  // Its answer comes after all of theirs.
  await slack.say(ALICE, HOT_LEADS, `/lead nobody-${actionId.replace('.', '-')}.example`);
  await answer(slack, ALICE, `nobody-${actionId.replace('.', '-')}.example`);
  expect([await all('alerts'), await all('alert_events')]).toEqual(before);
  expect(slack.messages(HOT_LEADS)).toHaveLength(posted);
  expect(logged.filter((line) => line.includes('a gesture failed'))).toEqual([]);
  expect(JSON.stringify(slack.privateAnswers(ALICE))).not.toMatch(/<!channel>|<https:\/\/evil/);
});

test("fault-46 refuses an owner's actions in a forged button with another AE's lead", async () => {
  const target = onMessage(await card());
  await slack.pressWith(ALICE, target, pressed(ids.release, VELOCITYPAY));
  await answer(slack, ALICE, 'Ask them to hand it over');
  await slack.pressWith(ALICE, target, pressed(ids.more, `${ids.release}:${VELOCITYPAY}`));
  await slack.pressWith(ALICE, target, pressed(ids.contact, VELOCITYPAY));
  await modal(slack, ALICE, 'Ask them to hand it over');
  await message(slack, HOT_LEADS, 'VelocityPay', 'Claimed by @U0BEN');
});

test('does not share an answer in a channel that is shared with other organizations, or that it cannot check', async () => {
  for (const [channel, expected] of [
    [PARTNERS, 'people from other organizations can read this channel'],
    [PRIVATE, 'Invite me here'],
  ] as const) {
    await slack.say(ALICE, channel, '/lead velocitypay.io');
    const own = await slack.until(
      () => slack.privateAnswers(ALICE).findLast((one) => one.channel === channel),
      { what: `an answer in ${channel}` },
    );
    await slack.press(ALICE, onMessage(own), { actionId: ids.share });
    const refused = await modal(slack, ALICE, 'Share in channel', expected);
    await slack.closeView(ALICE, refused.id);
    expect(slack.messages(channel)).toEqual([]);
  }
  await expect
    .poll(async () => (await rows()).filter(({ action }) => action === ids.share))
    .toEqual([
      expect.objectContaining({ actor: ALICE, channel: PARTNERS, why: 'shared-channel' }),
      expect.objectContaining({ actor: ALICE, channel: PRIVATE, why: 'unknown-channel' }),
    ]);
});

test('shares the answer once the bot is invited', async () => {
  slack.inviteBot(PRIVATE);
  await expect
    .poll(
      async () => {
        const own = slack.privateAnswers(ALICE).find((one) => one.channel === PRIVATE);
        if (own !== undefined) await slack.press(ALICE, onMessage(own), { actionId: ids.share });
        const opened = await slack.until(
          () =>
            slack
              .views(ALICE)
              .find(({ view }) => !JSON.stringify(view.blocks).includes('Loading…')),
          { what: 'the modal, drawn' },
        );
        if (opened.view.submit === undefined) await slack.closeView(ALICE, opened.id);
        return opened.view.submit !== undefined;
      },
      { interval: 1_000 },
    )
    .toBe(true);
  await confirmShare(slack, ALICE, 'VelocityPay');
  await message(slack, PRIVATE, 'VelocityPay', 'hared by @U0ALICE');
});

test('opens no details for a user of another organization', async () => {
  await slack.press(BEN, onMessage(await card()), { actionId: ids.details });
  const details = await modal(slack, BEN, 'VelocityPay');
  await slack.pressWith(STRANGER, onView(details.id), pressed(ids.details, VELOCITYPAY));
  await slack.closeView(BEN, details.id);
  expect(slack.views(STRANGER)).toEqual([]);
});
