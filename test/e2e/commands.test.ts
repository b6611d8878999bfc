import { expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import { addLead } from '../support/leads.ts';
import {
  ALICE,
  alertOf,
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

/** What a person is told privately in answer to `/lead <text>`. */
async function lead(user: string, text: string): Promise<string> {
  const before = slack.privateAnswers(user).length;
  expect(await slack.say(user, HOT_LEADS, `/lead ${text}`)).toMatchObject({ ok: true });
  const said = await slack.until(() => slack.privateAnswers(user)[before], {
    what: `the answer to /lead ${text}`,
  });
  return readable(said);
}

/** Presses something in a private answer. */
const pressOn = (
  drawn: { ts: string } | undefined,
  user: string,
  pick: { actionId: string; value?: string },
) => slack.press(user, { in: 'message', channel: HOT_LEADS, ts: drawn?.ts ?? '' }, pick);

/** Waits for a private answer to be replaced by one with this text in it. */
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
])('/lead %s answers with VelocityPay', async (asked) => {
  expect(await lead(BEN, asked)).toContain('VelocityPay · 88');
});

test('a company that is not hot is answered with how far it is from hot, and why', async () => {
  const said = await lead(BEN, 'cloudmetrics.dev');
  expect(said).toMatch(/Not hot: scores .* points short/);
  expect(said).toContain('Most to gain');
});

test('a misspelt name is answered with near matches, and one of them can be picked', async () => {
  expect(await lead(BEN, 'velocitpay')).toContain('VelocityPay');
  const near = slack.privateAnswers(BEN).at(-1);
  expect(near).toBeDefined();
  await pressOn(near, BEN, { actionId: ids.pick });
  await answer(slack, BEN, 'offer to connect with VP Eng Sarah Kim');
});

test.each(['???', '<@U0ALICE>', '  "" ', `${'x'.repeat(3000)}`])(
  'nonsense behind /lead gets a private hint (%#)',
  async (asked) => {
    expect(await lead(BEN, asked)).toContain('/lead');
  },
);

test('an unknown domain is said to be unknown', async () => {
  expect(await lead(BEN, 'nobody-knows-this.example')).toMatch(/no|not/i);
});

test('/lead help names every form of the command', async () => {
  const said = await lead(BEN, 'help');
  for (const word of ['/lead hot', '/lead mine', '/lead digest']) expect(said).toContain(word);
  expect(await lead(BEN, '')).toBe(said);
});

test('a lead claimed in /lead hot stays in the list, as claimed', async () => {
  expect(await lead(ALICE, 'hot')).toContain('2 hot leads');
  const list = slack.privateAnswers(ALICE).at(-1);
  const alert = await alertOf(db, 'homefront.tech');
  await pressOn(list, ALICE, { actionId: ids.claim, value: alert });
  const again = await answer(slack, ALICE, '2 hot leads', 'claimed by @U0ALICE');
  expect(again.ts).toBe(list?.ts);
  expect(readable(again)).toContain('VelocityPay');
  await message(slack, HOT_LEADS, 'HomeFront', 'Claimed by @U0ALICE');
});

test('/lead mine lists only the own leads', async () => {
  expect(await lead(ALICE, 'mine')).toContain('HomeFront');
  expect(await lead(BEN, 'mine')).not.toContain('HomeFront');
});

test('a private list follows what is done in a modal that was opened from it', async () => {
  await lead(ALICE, 'mine');
  const list = slack.privateAnswers(ALICE).at(-1);
  const alert = await alertOf(db, 'homefront.tech');
  await pressOn(list, ALICE, { actionId: ids.contact, value: alert });
  const form = await modal(slack, ALICE, 'How did you reach out');
  await slack.submit(ALICE, form.id, { [ids.contactMethod]: 'email' });
  const contacted = await answer(
    slack,
    ALICE,
    '1 lead claimed by you',
    'contacted by @U0ALICE by email',
  );
  expect(contacted.ts).toBe(list?.ts);
});

test('a private answer follows what is done in the details that were opened from it', async () => {
  await lead(BEN, 'velocitypay.io');
  const own = slack.privateAnswers(BEN).at(-1);
  await pressOn(own, BEN, { actionId: ids.details });
  const details = await modal(slack, BEN, '[Claim lead]');
  await slack.press(BEN, onView(details.id), { actionId: ids.claim });
  await becomes(own, 'Claimed · VelocityPay');
  await slack.press(BEN, onView(details.id), { actionId: ids.release });
  await becomes(own, 'Hot · VelocityPay');
  await slack.closeView(BEN, details.id);
});

test('/lead digest shows the digest privately and posts nothing', async () => {
  const said = await lead(BEN, 'digest');
  expect(said).toContain('VelocityPay');
  expect(said).toContain('HomeFront');
  expect(slack.messages('C0SALES')).toEqual([]);
});

test('Share in channel asks first with what will be seen, then shows the answer to everyone, with who shared it', async () => {
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

test('in a direct message Share in channel says where it can be done, and how', async () => {
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
    const said = await modal(slack, BEN, 'direct message', `/lead ${typed}`);
    expect(JSON.stringify(said.view.blocks)).toContain(`<#${HOT_LEADS}>`);
    expect(said.view.submit).toBeUndefined();
    await slack.closeView(BEN, said.id);
  }
});

test('Share in channel shows a list to everyone, whose it is and with nothing to press', async () => {
  await lead(ALICE, 'mine');
  const own = slack.privateAnswers(ALICE).at(-1);
  await pressOn(own, ALICE, { actionId: ids.shareList });
  await confirmShare(slack, ALICE, '1 lead claimed by @U0ALICE');
  const shared = await message(slack, HOT_LEADS, '1 lead claimed by @U0ALICE', 'hared by @U0ALICE');
  expect(readable(shared)).toContain('HomeFront');
  expect(JSON.stringify(shared.blocks)).not.toContain('"button"');
});

test('a claim from a private answer changes the card and the answer', async () => {
  await lead(BEN, 'velocitypay.io');
  const own = slack.privateAnswers(BEN).at(-1);
  await pressOn(own, BEN, { actionId: ids.claim });
  const card = await message(slack, HOT_LEADS, 'VelocityPay', 'Claimed by @U0BEN', 'Champion');
  const changed = await answer(slack, BEN, 'Claimed', 'VelocityPay');
  expect(changed.ts).toBe(own?.ts);
  await slack.press(BEN, onMessage(card), { actionId: ids.details });
});

test('what is shown back is what was typed, not the link that Slack made of it', async () => {
  const said = await lead(BEN, 'Nobody-Knows-This.example');
  expect(said).toContain('“Nobody-Knows-This.example”');
  expect(said).not.toContain('http');
});

test('a claim that is typed is answered with the company, and with the button that claims', async () => {
  expect(await lead(CHLOE, 'claim cloudmetrics.dev')).toContain(
    'You can claim it only while it is hot',
  );
  expect(await lead(CHLOE, 'claim velocitypay.io')).toContain('VelocityPay');
});

test('/lead hot stays the list, and offers the company that is called so', async () => {
  await addLead(db, { domain: 'hot.example', company: 'Hot', score: 41 });
  const said = await lead(CHLOE, 'hot');
  expect(said).toContain('hot leads');
  expect(said).toContain('There is also a company called “hot”:');
  await pressOn(slack.privateAnswers(CHLOE).at(-1), CHLOE, {
    actionId: ids.pick,
    value: 'hot.example',
  });
  await answer(slack, CHLOE, 'Hot · 41');
});
