import { afterEach, expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import {
  CHANNELS,
  EXTERNAL_PERSON,
  type MemberOption,
  PEOPLE,
} from '../../src/sandbox/slack/defaults.ts';
import type { Entries } from '../../src/sandbox/slack/submit.ts';
import { aHotLead, type HotLead } from '../support/hot-lead.ts';
import {
  ALICE,
  answer,
  BEN,
  CHLOE,
  HOT_LEADS,
  message,
  modal,
  onMessage,
  onView,
  readable,
  startWorld,
} from '../support/world.ts';

const MONA = 'U0MONA';
const EVE = 'U0EVE';
const GUS = 'U0GUS';
const DORA = 'U0DORA';
const others: readonly MemberOption[] = [
  { id: MONA, name: 'mona', realName: 'Mona Weiss' },
  { id: EVE, name: 'eve', realName: 'Eve Lund' },
  { id: GUS, name: 'gus', realName: 'Gus Hale', guest: 'multi' },
  { id: DORA, name: 'dora', realName: 'Dora Finn', deleted: true },
];
const { slack, db } = await startWorld({
  seed: false,
  slack: {
    people: [...PEOPLE, EXTERNAL_PERSON, ...others],
    channels: CHANNELS.map((channel) => ({
      ...channel,
      members: [ALICE, BEN, CHLOE, MONA, GUS, EXTERNAL_PERSON.id],
    })),
  },
  env: { MANAGERS: MONA, QUIET_AFTER_NOT_A_FIT: '30d' },
});

afterEach(async () => {
  for (const user of [ALICE, BEN, CHLOE, MONA]) {
    for (const { id } of slack.views(user).toReversed()) await slack.closeView(user, id);
  }
});

const hotLead = (owner: string | null = null) => aHotLead({ db, slack }, owner);

/** Presses a button with that action, whether the card has it or not. */
async function press(user: string, { name, alert }: HotLead, actionId: string): Promise<void> {
  const card = await message(slack, HOT_LEADS, name);
  await slack.pressWith(user, onMessage(card), { action_id: actionId, value: alert });
}

/** The form of that title, once it can be filled in. */
const form = (user: string, title: string) =>
  slack.until(
    () =>
      slack.views(user).find(({ view }) => view.title.text === title && view.submit !== undefined),
    { what: `the form ${title} of ${user}` },
  );

async function submit(
  user: string,
  lead: HotLead,
  actionId: string,
  title: string,
  filled: Entries,
) {
  await press(user, lead, actionId);
  const { id } = await form(user, title);
  return slack.submit(user, id, filled);
}

async function undo(user: string, ...texts: readonly string[]): Promise<string> {
  const { channel, ts } = await answer(slack, user, ...texts, '[Undo]');
  await slack.press(user, { in: 'message', channel, ts }, { actionId: ids.undo });
  return slack.until(
    () => {
      const now = slack.privateAnswers(user).find((one) => one.ts === ts);
      return now === undefined || readable(now).includes('[Undo]') ? undefined : readable(now);
    },
    { what: 'an answer in place of the confirmation' },
  );
}

const alertRow = async ({ alert }: HotLead) => {
  const [row] = await db.sql<{
    status: string;
    owner: string | null;
    hold: string | null;
    hold_until: Date | null;
    outcome: string | null;
  }>('select status, owner, hold, hold_until, outcome from lead_bot.alerts where id = $1', [alert]);
  return row;
};
const notesOf = ({ alert }: HotLead) =>
  db.sql(
    'select author, kind, word, body from lead_bot.alert_notes where alert_id = $1 order by id',
    [alert],
  );

const handOver = (user: string, lead: HotLead, to: string, note = '') =>
  submit(user, lead, ids.handOver, 'Hand over', {
    [ids.handOverTo]: to,
    [ids.gestureNote]: note,
  });

/** What nothing below changes. */
const lasting = await hotLead(ALICE);

/** 3,000 characters, with what Slack would render. */
const MARKUP = `<!channel> *bold* & <@${CHLOE}>\n`.padEnd(2_999, '_x_ ').padEnd(3_000, '.');

test('hands a lead over with a note of 3,000 characters with markup, and takes it back with Undo', async () => {
  const lead = await hotLead(ALICE);
  expect(await handOver(ALICE, lead, BEN, MARKUP)).toEqual({ ok: true });
  await message(slack, HOT_LEADS, lead.name, `Handed over to @${BEN}`);
  expect(await notesOf(lead)).toEqual([
    { author: ALICE, kind: 'hand-over', word: null, body: MARKUP },
  ]);
  expect(JSON.stringify(slack.messages(HOT_LEADS))).not.toContain('<!channel>');
  expect(await undo(ALICE, `handed ${lead.name} over`, BEN)).toContain('Undone');
  await message(slack, HOT_LEADS, lead.name, `Claimed by @${ALICE}`);
  expect(await notesOf(lead)).toEqual([]);
});

test('a lead handed over comes as a direct message, and its buttons work there', async () => {
  const lead = await hotLead(ALICE);
  await handOver(ALICE, lead, BEN, 'You know them');
  const direct = slack.directMessages(BEN);
  const offered = await message(slack, direct, lead.name, 'You know them', '[Give back]');
  await slack.press(BEN, onMessage(offered), { actionId: ids.giveBack });
  await message(slack, HOT_LEADS, lead.name, `Claimed by @${ALICE}`);
  const after = await message(slack, direct, `You gave ${lead.name} back`);
  expect(after.ts).toBe(offered.ts);
  const told = slack.privateAnswers(BEN).at(-1);
  expect(told).toMatchObject({ channel: direct, text: expect.stringContaining(lead.name) });
});

test('a lead that was kept can neither be given back nor taken back', async () => {
  const lead = await hotLead(ALICE);
  await handOver(ALICE, lead, BEN);
  const confirmed = await answer(slack, ALICE, `handed ${lead.name} over`, '[Undo]');
  const direct = await message(slack, slack.directMessages(BEN), lead.name, '[Keep it]');
  await slack.press(BEN, onMessage(direct), { actionId: ids.keep });
  await message(slack, direct.channel, `${lead.name} is yours`, '[Mark contacted]');
  await slack.pressWith(BEN, onMessage(direct), { action_id: ids.giveBack, value: lead.alert });
  await answer(slack, BEN, `${lead.name} is already yours`);
  await slack.press(
    ALICE,
    { in: 'message', channel: confirmed.channel, ts: confirmed.ts },
    { actionId: ids.undo },
  );
  await answer(slack, ALICE, `changed ${lead.name} since`);
  expect(await alertRow(lead)).toMatchObject({ owner: BEN });
});

test('an AE turns hand-over messages off where one arrives, and on again in /lead settings', async () => {
  const direct = slack.directMessages(CHLOE);
  const lead = await hotLead(ALICE);
  await handOver(ALICE, lead, CHLOE);
  const arrived = await message(slack, direct, lead.name, '[Keep it]');
  const menu = { actionId: ids.muteMenu, option: 'hand-over' };
  expect(await slack.press(CHLOE, onMessage(arrived), menu)).toEqual({ ok: true });
  await answer(slack, CHLOE, 'Turned off: Hand-overs', '/lead settings');

  const silent = await hotLead(ALICE);
  await handOver(ALICE, silent, CHLOE);
  await expect
    .poll(() =>
      db.sql(`select state from lead_bot.messages where kind = 'dm' and alert_id = $1`, [
        silent.alert,
      ]),
    )
    .toEqual([{ state: 'gone' }]);
  expect(await alertRow(silent)).toMatchObject({ owner: CHLOE });

  await slack.say(CHLOE, HOT_LEADS, '/lead settings');
  const settings = await answer(slack, CHLOE, 'Hand-overs · off');
  await slack.press(CHLOE, onMessage(settings), { actionId: ids.setting, value: 'hand-over:on' });
  await answer(slack, CHLOE, 'Hand-overs · on');
  const loud = await hotLead(ALICE);
  await handOver(ALICE, loud, CHLOE);
  await message(slack, direct, loud.name, '[Keep it]');
});

test('undoing a hand-over takes the direct message back', async () => {
  const lead = await hotLead(ALICE);
  await handOver(ALICE, lead, BEN);
  const { channel, ts } = await message(slack, slack.directMessages(BEN), lead.name);
  await undo(ALICE, `handed ${lead.name} over`, BEN);
  await slack.until(() => !slack.messages(channel).some((one) => one.ts === ts), {
    what: 'the direct message to go',
  });
});

test('a guest gets no direct message, whatever the database holds', async () => {
  await db.sql(`select lead_bot.want_dm($1, 'hand-over', $2)`, [lasting.alert, GUS]);
  const rows = () =>
    db.sql('select state, last_error from lead_bot.messages where channel = $1', [GUS]);
  await expect.poll(rows, { timeout: 10_000 }).not.toMatchObject([{ state: 'pending' }]);
  expect(await rows()).toEqual([{ state: 'gone', last_error: 'not_admitted' }]);
  expect(slack.messages(slack.directMessages(GUS))).toEqual([]);
});

test('a form that was opened from a direct message is answered there', async () => {
  const lead = await hotLead(ALICE);
  await handOver(ALICE, lead, BEN);
  const direct = await message(slack, slack.directMessages(BEN), lead.name, '[Mark contacted]');
  await slack.press(BEN, onMessage(direct), { actionId: ids.contact });
  const { id } = await form(BEN, 'Mark contacted');
  expect(
    await slack.submit(BEN, id, { [ids.contactMethod]: 'call', [ids.contactNote]: '' }),
  ).toEqual({
    ok: true,
  });
  const told = await answer(slack, BEN, `contacted ${lead.name}`, '[Undo]');
  expect(told.channel).toBe(direct.channel);
});

test.each([
  ['oneself', ALICE, 'You already have this lead'],
  ['a guest', GUS, 'They are a guest'],
  ['someone deactivated', DORA, 'deactivated'],
  ['someone of another organization', EXTERNAL_PERSON.id, 'another organization'],
  ['an app', 'U0BOT', 'Apps can’t'],
  ['someone outside of the channels', EVE, 'They aren’t in the leads channel'],
  ['nobody Slack knows', 'U0NOBODY', 'another organization'],
])('does not hand a lead over to %s, and says so in the form', async (_, to, why) => {
  expect(await handOver(ALICE, lasting, to, 'yours')).toMatchObject({
    ok: false,
    fields: { [ids.handOverTo]: expect.stringContaining(why) },
  });
  expect(slack.views(ALICE)).toHaveLength(1);
  expect(await alertRow(lasting)).toMatchObject({ owner: ALICE });
  expect(await notesOf(lasting)).toEqual([]);
});

test.each([
  [ids.handOver, 'Hand over'],
  [ids.snooze, 'Snooze'],
  [ids.notAFit, 'Not a fit'],
  [ids.outcome, 'Outcome'],
  [ids.contact, 'Mark contacted'],
])("opens no form for %s on another AE's lead", async (actionId, title) => {
  await press(BEN, lasting, actionId);
  await modal(slack, BEN, title, `claimed by @${ALICE}`);
});

test('lets a manager assign, take over and release leads', async () => {
  const lead = await hotLead();
  await press(BEN, lead, ids.handOver);
  await modal(slack, BEN, 'Hand over', 'Nobody has claimed');
  expect(await handOver(MONA, lead, BEN)).toEqual({ ok: true });
  await message(slack, HOT_LEADS, lead.name, `Handed over to @${BEN}`);
  expect(await handOver(MONA, lead, MONA)).toEqual({ ok: true });
  await message(slack, HOT_LEADS, lead.name, `Claimed by @${MONA}`);
  await handOver(MONA, lead, BEN);
  await press(MONA, lead, ids.release);
  await answer(slack, MONA, `released ${lead.name}`, '[Undo]');
  expect(await alertRow(lead)).toMatchObject({ status: 'open', owner: null });
});

test("releases another AE's lead only if that AE is gone", async () => {
  const lead = await hotLead(ALICE);
  await press(BEN, lead, ids.release);
  await answer(slack, BEN, `${lead.name} is claimed by @${ALICE}`);
  expect(await alertRow(lead)).toMatchObject({ owner: ALICE });
  for (const gone of [DORA, EVE]) {
    await db.sql(
      `update lead_bot.alerts set status = 'claimed', owner = $2, claimed_at = now() where id = $1`,
      [lead.alert, gone],
    );
    await press(BEN, lead, ids.release);
    await expect.poll(() => alertRow(lead)).toMatchObject({ status: 'open', owner: null });
  }
});

const snooze = (user: string, lead: HotLead, until: string, date = '') =>
  submit(user, lead, ids.snooze, 'Snooze', { [ids.snoozeUntil]: until, [ids.snoozeDate]: date });

test("snoozes until nine in the presser's own zone, and wakes it with Undo", async () => {
  const lead = await hotLead();
  for (const [user, zone] of [
    [ALICE, 'America/New_York'],
    [BEN, 'Europe/London'],
  ] as const) {
    expect(await snooze(user, lead, 'tomorrow')).toEqual({ ok: true });
    await answer(slack, user, `snoozed ${lead.name}`);
    const held = await alertRow(lead);
    expect(held).toMatchObject({ status: 'open', hold: 'snoozed' });
    expect(held?.hold_until?.toLocaleTimeString('en-GB', { timeZone: zone })).toBe('09:00:00');
  }
  expect(await undo(BEN, `snoozed ${lead.name}`)).toContain('Undone');
  expect(await undo(ALICE, `snoozed ${lead.name}`)).toContain("can't be undone");
});

test.each([
  ['2020-01-01', 'in the past'],
  ['2099-01-01', 'more than a year away'],
  ['', 'Choose a date'],
])('refuses to snooze until the date %j, and keeps the form', async (date, why) => {
  expect(await snooze(ALICE, lasting, 'date', date)).toMatchObject({
    ok: false,
    fields: { [ids.snoozeDate]: expect.stringContaining(why) },
  });
  expect(await alertRow(lasting)).toMatchObject({ hold: null });
});

test('closes a lead that is not a fit for everyone for QUIET_AFTER_NOT_A_FIT, until Undo', async () => {
  const lead = await hotLead();
  const filled = { [ids.notAFitReason]: 'competitor', [ids.gestureNote]: MARKUP };
  expect(await submit(ALICE, lead, ids.notAFit, 'Not a fit', filled)).toEqual({ ok: true });
  await answer(slack, ALICE, `marked ${lead.name} as not a fit`);
  const held = await alertRow(lead);
  expect(held).toMatchObject({ status: 'open', hold: 'not-a-fit' });
  const days = ((held?.hold_until?.getTime() ?? 0) - Date.now()) / 86_400_000;
  expect(days).toBeCloseTo(30, 1);
  await press(BEN, lead, ids.claim);
  await answer(slack, BEN, `marked ${lead.name} as not a fit`);
  await undo(ALICE, `marked ${lead.name} as not a fit`);
  await press(BEN, lead, ids.claim);
  await answer(slack, BEN, `You claimed ${lead.name}`);
});

async function contacted(owner: string): Promise<HotLead> {
  const lead = await hotLead(owner);
  const filled = { [ids.contactMethod]: 'email' };
  await submit(owner, lead, ids.contact, 'Mark contacted', filled);
  await answer(slack, owner, `You contacted ${lead.name}`, '[Undo]');
  return lead;
}

test('keeps each time an AE reached out', async () => {
  const lead = await contacted(ALICE);
  const filled = { [ids.contactMethod]: 'call', [ids.contactNote]: 'Rang twice' };
  expect(await submit(ALICE, lead, ids.contact, 'Mark contacted', filled)).toEqual({ ok: true });
  expect(await notesOf(lead)).toEqual([
    { author: ALICE, kind: 'contact', word: 'email', body: null },
    { author: ALICE, kind: 'contact', word: 'call', body: 'Rang twice' },
  ]);
});

test('records an outcome in Details, and undoes it there', async () => {
  const lead = await contacted(ALICE);
  await press(ALICE, lead, ids.details);
  const details = await modal(slack, ALICE, 'Contacted', lead.name, 'History');
  await slack.press(ALICE, onView(details.id), { actionId: ids.outcome });
  const { id } = await form(ALICE, 'Outcome');
  const notNow = { [ids.outcomeKind]: 'not-now', [ids.outcomeDate]: '2020-01-01' };
  expect(await slack.submit(ALICE, id, notNow)).toMatchObject({
    fields: { [ids.outcomeDate]: expect.stringContaining('in the past') },
  });
  const lost = { ...notNow, [ids.outcomeKind]: 'lost' };
  expect(await slack.submit(ALICE, id, lost)).toEqual({ ok: true });
  expect(await alertRow(lead)).toMatchObject({ outcome: 'lost' });
  const redrawn = await modal(slack, ALICE, 'History', '[Undo', 'saved the outcome: lost');
  expect(redrawn.id).toBe(details.id);
  await slack.press(ALICE, onView(details.id), { actionId: ids.undo });
  await modal(slack, ALICE, 'History', 'undid');
  expect(await alertRow(lead)).toMatchObject({ outcome: null });
});

test('an outcome asks for a lead that was contacted', async () => {
  await press(ALICE, lasting, ids.outcome);
  await modal(slack, ALICE, 'Outcome', 'has not been contacted yet');
});

test('anyone takes a note in Details', async () => {
  const lead = await hotLead(ALICE);
  await press(BEN, lead, ids.details);
  const details = await modal(slack, BEN, 'History');
  await slack.press(BEN, onView(details.id), { actionId: ids.note });
  const { id } = await form(BEN, 'Take note');
  expect(await slack.submit(BEN, id, { [ids.gestureNote]: ' \n ' })).toMatchObject({
    fields: { [ids.gestureNote]: expect.anything() },
  });
  expect(await slack.submit(BEN, id, { [ids.gestureNote]: MARKUP })).toEqual({ ok: true });
  expect(await notesOf(lead)).toEqual([{ author: BEN, kind: 'note', word: null, body: MARKUP }]);
  expect((await modal(slack, BEN, 'took a note')).id).toBe(details.id);
});

test('says who changed a lead since, instead of undoing it', async () => {
  const lead = await hotLead(ALICE);
  await handOver(MONA, lead, BEN);
  expect(await undo(ALICE, `You claimed ${lead.name}`)).toContain('Someone has changed');
  expect(await alertRow(lead)).toMatchObject({ owner: BEN });
});
