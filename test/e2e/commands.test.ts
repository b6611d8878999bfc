import { expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import { addLead, alertOf } from '../support/leads.ts';
import {
  ALICE,
  answer,
  BEN,
  CHLOE,
  confirmShare,
  HOT_LEADS,
  message,
  modal,
  onMessage,
  onView,
  readable,
  startWorld,
} from '../support/world.ts';

const { slack, db } = await startWorld();
await message(slack, HOT_LEADS, 'VelocityPay');
await message(slack, HOT_LEADS, 'HomeFront');

/** The private answer to `/lead <text>`. */
async function lead(user: string, text: string): Promise<string> {
  const before = slack.privateAnswers(user).length;
  expect(await slack.say(user, HOT_LEADS, `/lead ${text}`)).toMatchObject({ ok: true });
  const reply = await slack.until(() => slack.privateAnswers(user)[before], {
    what: `the answer to /lead ${text}`,
  });
  return readable(reply);
}

const pressOn = (
  drawn: { ts: string } | undefined,
  user: string,
  pick: { actionId: string; value?: string },
) => slack.press(user, { in: 'message', channel: HOT_LEADS, ts: drawn?.ts ?? '' }, pick);

/** Waits until Ben's private answer shows this text. */
const becomes = (drawn: { ts: string } | undefined, text: string) =>
  slack.until(
    () => slack.privateAnswers(BEN).some((m) => m.ts === drawn?.ts && readable(m).includes(text)),
    { what: `the answer with ${text}` },
  );

test.each([
  'velocitypay.io',
  'https://app.velocitypay.io/settings?x=1',
  'marcus.chen@velocitypay.io',
  'VelocityPay',
  ' `VELOCITYPAY.IO.` ',
])('finds VelocityPay by /lead %s', async (asked) => {
  expect(await lead(BEN, asked)).toContain('VelocityPay · 88');
});

test('says how far a company is from hot, and why', async () => {
  const reply = await lead(BEN, 'cloudmetrics.dev');
  expect(reply).toMatch(/Not hot: \d+ points, and hot starts at 80/);
  expect(reply).toContain('Most room to grow');
});

test('offers near matches for a misspelled name', async () => {
  expect(await lead(BEN, 'velocitpay')).toContain('VelocityPay');
  const near = slack.privateAnswers(BEN).at(-1);
  expect(near).toBeDefined();
  await pressOn(near, BEN, { actionId: ids.pick });
  await answer(slack, BEN, 'offer to connect with VP Eng Sarah Kim');
});

test.each(['???', '<@U0ALICE>', '  "" ', `${'x'.repeat(3000)}`])(
  'answers nonsense after /lead with a hint (%#)',
  async (asked) => {
    expect(await lead(BEN, asked)).toContain('/lead');
  },
);

test('says that a domain is unknown', async () => {
  expect(await lead(BEN, 'nobody-knows-this.example')).toMatch(/no|not/i);
});

test('names every form of the command in /lead help', async () => {
  const reply = await lead(BEN, 'help');
  for (const word of ['/lead hot', '/lead mine', '/lead digest']) expect(reply).toContain(word);
  expect(await lead(BEN, '')).toBe(reply);
});

test('keeps a lead claimed in /lead hot in the list, as claimed', async () => {
  expect(await lead(ALICE, 'hot')).toContain('2 hot leads');
  const list = slack.privateAnswers(ALICE).at(-1);
  const alert = await alertOf(db, 'homefront.tech');
  await pressOn(list, ALICE, { actionId: ids.claim, value: alert });
  const again = await answer(slack, ALICE, '2 hot leads', 'claimed by @U0ALICE');
  expect(again.ts).toBe(list?.ts);
  expect(readable(again)).toContain('VelocityPay');
  await message(slack, HOT_LEADS, 'HomeFront', 'Claimed by @U0ALICE');
});

test("lists only the AE's own leads in /lead mine", async () => {
  expect(await lead(ALICE, 'mine')).toContain('HomeFront');
  expect(await lead(BEN, 'mine')).not.toContain('HomeFront');
});

test('updates a private list after an action in a modal opened from it', async () => {
  await lead(ALICE, 'mine');
  const list = slack.privateAnswers(ALICE).at(-1);
  const alert = await alertOf(db, 'homefront.tech');
  await pressOn(list, ALICE, { actionId: ids.contact, value: alert });
  const form = await modal(slack, ALICE, 'How did you reach out');
  await slack.submit(ALICE, form.id, { [ids.contactMethod]: 'email' });
  const contacted = await answer(
    slack,
    ALICE,
    '1 lead for you',
    'contacted by email',
    'owner @U0ALICE',
  );
  expect(contacted.ts).toBe(list?.ts);
});

test('updates a private answer after an action in the details opened from it', async () => {
  await lead(BEN, 'velocitypay.io');
  const own = slack.privateAnswers(BEN).at(-1);
  await pressOn(own, BEN, { actionId: ids.details });
  const details = await modal(slack, BEN, '[Claim lead]');
  await slack.press(BEN, onView(details.id), { actionId: ids.claim });
  await becomes(own, '✋ VelocityPay');
  await slack.press(BEN, onView(details.id), { actionId: ids.release });
  await becomes(own, '🔥 VelocityPay');
  // So that it doesn't come during the next test.
  await message(slack, HOT_LEADS, 'released this lead');
  await slack.closeView(BEN, details.id);
});

test('shows the digest privately in /lead digest, and posts nothing', async () => {
  const reply = await lead(BEN, 'digest');
  expect(reply).toContain('VelocityPay');
  expect(reply).toContain('HomeFront');
  expect(slack.messages('C0SALES')).toEqual([]);
});

test('previews an answer, then shares it with the channel and says who shared it', async () => {
  await lead(BEN, 'velocitypay.io');
  const own = slack.privateAnswers(BEN).at(-1);
  const before = slack.messages(HOT_LEADS).length;
  await pressOn(own, BEN, { actionId: ids.share });
  const preview = await modal(slack, BEN, 'will see this', 'VelocityPay', 'Shared by @U0BEN');
  expect(slack.messages(HOT_LEADS)).toHaveLength(before);
  await slack.closeView(BEN, preview.id);
  await pressOn(own, BEN, { actionId: ids.share });
  await confirmShare(slack, BEN, 'VelocityPay');
  const shared = await message(slack, HOT_LEADS, 'hared by @U0BEN');
  expect(readable(shared)).toContain('VelocityPay');
  expect(slack.messages(HOT_LEADS)).toHaveLength(before + 1);
  expect(slack.views(BEN)).toEqual([]);
});

test('says in a direct message where and how to share', async () => {
  const direct = slack.directMessages(BEN);
  for (const [typed, actionId] of [
    ['velocitypay.io', ids.share],
    ['hot', ids.shareList],
  ] as const) {
    await slack.say(BEN, direct, `/lead ${typed}`);
    const own = await slack.until(
      () =>
        slack.privateAnswers(BEN).findLast((one) => {
          return one.channel === direct && JSON.stringify(one.blocks).includes(actionId);
        }),
      { what: 'an answer in the direct message' },
    );
    await slack.press(BEN, onMessage(own), { actionId });
    const reply = await modal(slack, BEN, 'direct message', `/lead ${typed}`);
    expect(JSON.stringify(reply.view.blocks)).toContain(`<#${HOT_LEADS}>`);
    expect(reply.view.submit).toBeUndefined();
    await slack.closeView(BEN, reply.id);
  }
});

test('shares a list without buttons, and says whose it is', async () => {
  await lead(ALICE, 'mine');
  const own = slack.privateAnswers(ALICE).at(-1);
  await pressOn(own, ALICE, { actionId: ids.shareList });
  await confirmShare(slack, ALICE, '1 lead for @U0ALICE');
  const shared = await message(slack, HOT_LEADS, '1 lead for @U0ALICE', 'hared by @U0ALICE');
  expect(readable(shared)).toContain('HomeFront');
  expect(JSON.stringify(shared.blocks)).not.toContain('"button"');
});

test('updates the card and the private answer after a claim from the answer', async () => {
  await lead(BEN, 'velocitypay.io');
  const own = slack.privateAnswers(BEN).at(-1);
  await pressOn(own, BEN, { actionId: ids.claim });
  const card = await message(slack, HOT_LEADS, 'VelocityPay', 'Claimed by @U0BEN', 'Champion');
  const changed = await answer(slack, BEN, 'Claimed', 'VelocityPay');
  expect(changed.ts).toBe(own?.ts);
  await slack.press(BEN, onMessage(card), { actionId: ids.details });
});

test('repeats what was typed, not the link that Slack made of it', async () => {
  const reply = await lead(BEN, 'Nobody-Knows-This.example');
  expect(reply).toContain('“Nobody-Knows-This.example”');
  expect(reply).not.toContain('http');
});

test('answers a typed claim with the company and its claim button', async () => {
  expect(await lead(CHLOE, 'claim cloudmetrics.dev')).toContain(
    'You can claim it only while it is hot',
  );
  expect(await lead(CHLOE, 'claim velocitypay.io')).toContain('VelocityPay');
});

test('lists hot leads for /lead hot, and offers the company called Hot', async () => {
  await addLead(db, { domain: 'hot.example', company: 'Hot', score: 41 });
  const reply = await lead(CHLOE, 'hot');
  expect(reply).toContain('hot leads');
  expect(reply).toContain('There is also a company called “hot”:');
  await pressOn(slack.privateAnswers(CHLOE).at(-1), CHLOE, {
    actionId: ids.pick,
    value: 'hot.example',
  });
  await answer(slack, CHLOE, 'Hot · 41');
});
