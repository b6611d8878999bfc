import { expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import { PEOPLE } from '../../src/sandbox/slack/defaults.ts';
import { addLead, alertOf } from '../support/leads.ts';
import {
  ALICE,
  answer,
  BEN,
  CHLOE,
  DIGEST,
  dueNow,
  HOT_LEADS,
  message,
  modal,
  onMessage,
  pollsForAnHour,
  readable,
  startWorld,
} from '../support/world.ts';

const ENTERPRISE = 'C0ENTERPRISE';
const NO_BOT = 'C0NOBOT';
const EVE = 'U0EVE';
const JO = 'U0JO';

const { slack, db, bots, startAnother } = await startWorld({
  slack: {
    people: [
      ...PEOPLE,
      { id: EVE, name: 'eve', realName: 'Eve Large' },
      { id: JO, name: 'jo', realName: 'Jo Owner', email: 'jo@ours.example' },
      {
        id: 'U0LEFT',
        name: 'left',
        realName: 'Lee Left',
        email: 'lee@ours.example',
        deleted: true,
      },
    ],
    channels: [
      { id: HOT_LEADS, name: 'hot-leads', members: [ALICE] },
      { id: DIGEST, name: 'sales-digest', members: [CHLOE] },
      { id: ENTERPRISE, name: 'enterprise', kind: 'private', members: [EVE] },
      { id: NO_BOT, name: 'elsewhere', botIn: false, members: [] },
    ],
  },
});

const [view] = await db.sql<{ text: string }>(
  `select pg_get_viewdef('public.lead_dashboard') as text`,
);
const given = view?.text.replace(/;\s*$/, '');

/** Replaces the view, as its owner would. */
async function remake(more: string): Promise<void> {
  await db.sql(`drop view public.lead_dashboard;
    create view public.lead_dashboard as select v.* ${more} from (${given}) v`);
}

const pressed = (actionId: string, value: string) => ({
  type: 'button',
  action_id: actionId,
  block_id: 'forged',
  value,
});

const why = async (user: string) =>
  (
    await db.sql<{ why: string }>(
      'select why from lead_bot.access_refusals where actor = $1 order by id',
      [user],
    )
  ).map((row) => row.why);

test('posts all cards of the given view in ALERT_CHANNEL, and refuses members of other channels', async () => {
  const card = await message(slack, HOT_LEADS, 'VelocityPay');
  const velocitypay = await alertOf(db, 'velocitypay.io');
  await slack.pressWith(BEN, onMessage(card), pressed(ids.claim, velocitypay));
  await answer(slack, BEN, 'Only people in the leads channel');
  await expect.poll(() => why(BEN)).toEqual(['not-in-channel']);
});

test('uses columns that appear while it runs: channel, owner, link and cells', async () => {
  await remake(`,
    case v.company_domain when 'acme.example' then '${ENTERPRISE}' when 'beta.example' then '${NO_BOT}' end as alert_channel,
    case v.company_domain when 'acme.example' then 'Jo@ours.example' else 'lee@ours.example' end as owner_email,
    'https://crm.example/' || v.company_domain as crm_url,
    '{"Region": "EMEA"}'::jsonb as card_fields`);
  await addLead(db);
  const card = await message(slack, ENTERPRISE, 'Acme', '@U0JO', 'Region: EMEA');
  expect(JSON.stringify(card.blocks)).toContain('https://crm.example/acme.example');
  expect(readable(card)).not.toContain('jo@ours.example');
});

test("lets a member of only the card's channel claim, view and mark its lead", async () => {
  const card = await message(slack, ENTERPRISE, 'Acme', '[Claim lead]');
  await slack.press(EVE, onMessage(card), { actionId: ids.claim });
  await message(slack, ENTERPRISE, 'Acme', 'Claimed by @U0EVE');
  await slack.press(EVE, onMessage(card), { actionId: ids.details });
  const details = await modal(slack, EVE, 'Acme', 'Open in CRM', 'Region');
  await slack.closeView(EVE, details.id);
  await slack.press(EVE, onMessage(await message(slack, ENTERPRISE, 'Acme')), {
    actionId: ids.contact,
  });
  const form = await modal(slack, EVE, 'How did you reach out');
  await slack.submit(EVE, form.id, { [ids.contactMethod]: 'call', [ids.contactNote]: 'Hello' });
  await message(slack, ENTERPRISE, 'Contacted', 'owner @U0EVE');
});

test('lets them look up and list that company only', async () => {
  await slack.say(EVE, ENTERPRISE, '/lead acme.example');
  await answer(slack, EVE, 'Acme', '@U0JO', 'Open in CRM');
  for (const text of ['velocitypay.io', 'VelocityPay', 'nobody.example']) {
    await slack.say(EVE, ENTERPRISE, `/lead ${text}`);
    await answer(slack, EVE, 'has a card in', text);
  }
  await slack.say(EVE, ENTERPRISE, '/lead hot');
  await answer(slack, EVE, '1 hot lead', 'Acme');
  await slack.say(EVE, ENTERPRISE, '/lead digest');
  await answer(slack, EVE, 'The digest covers all companies');
  const seen = JSON.stringify([slack.privateAnswers(EVE), slack.views(EVE)]);
  expect(seen).not.toMatch(/marcus|homefront|velocitypay inc/i);
});

test("refuses another channel's lead in a forged button, says so, and records it", async () => {
  const velocitypay = await alertOf(db, 'velocitypay.io');
  const card = onMessage(await message(slack, ENTERPRISE, 'Acme'));
  for (const action of [ids.claim, ids.details]) {
    await slack.pressWith(EVE, card, pressed(action, velocitypay));
    await answer(slack, EVE, 'belongs to another channel');
  }
  await expect.poll(() => why(EVE)).toEqual(['other-channel', 'other-channel']);
  expect(slack.views(EVE)).toEqual([]);
  await message(slack, HOT_LEADS, 'VelocityPay', '[Claim lead]');
});

test('lets members of ALERT_CHANNEL and DIGEST_CHANNEL look it up wherever its card is', async () => {
  for (const [user, channel] of [
    [ALICE, HOT_LEADS],
    [CHLOE, DIGEST],
  ] as const) {
    await slack.say(user, channel, '/lead acme.example');
    await answer(slack, user, 'Acme', 'Contacted', 'owner @U0EVE');
  }
});

test("falls back to ALERT_CHANNEL when it cannot post in the card's channel, says so, and mentions no deactivated owner", async () => {
  await addLead(db, { domain: 'beta.example', company: 'Beta' });
  const card = await message(slack, HOT_LEADS, 'Beta', 'Meant for', 'not_in_channel');
  expect(readable(card)).toContain('lee@ours.example');
  expect(readable(card)).not.toContain('@U0LEFT');
  await slack.say(EVE, ENTERPRISE, '/lead beta.example');
  await answer(slack, EVE, 'has a card in', 'beta.example');
});

test('refuses a user a few seconds after they leave the channel', async () => {
  slack.changeChannel(ENTERPRISE, { members: [] });
  const before = slack.privateAnswers(EVE).length;
  await expect
    .poll(
      async () => {
        await slack.say(EVE, NO_BOT, '/lead acme.example');
        return slack
          .privateAnswers(EVE)
          .slice(before)
          .some((one) => readable(one).includes('Only people in the leads channel'));
      },
      { interval: 500, timeout: 15_000 },
    )
    .toBe(true);
  slack.changeChannel(ENTERPRISE, { members: [EVE] });
});

test('goes on in ALERT_CHANNEL when the columns disappear', async () => {
  await remake('');
  await addLead(db, { domain: 'gamma.example', company: 'Gamma' });
  const card = await message(slack, HOT_LEADS, 'Gamma', '[Claim lead]');
  expect(JSON.stringify(card.blocks)).not.toContain('Open in CRM');
});

test('posts one roll-up per channel in a storm, says so if refused, and keeps the digest in DIGEST_CHANNEL', async () => {
  await bots[0]?.stop();
  await remake(`,
    case left(v.company_domain, 2) when 'e-' then '${ENTERPRISE}' when 'n-' then '${NO_BOT}' end as alert_channel`);
  await pollsForAnHour(db);
  for (const first of ['e', 'n', 'h']) {
    for (const n of [1, 2, 3]) {
      const company = `${first.toUpperCase()}-Storm ${n}`;
      await addLead(db, { domain: `${first}-${n}.example`, company, score: 80 + n });
    }
  }
  await startAnother({ MAX_CARDS_PER_POLL: '1', DIGEST_SCHEDULE: dueNow() });
  await message(slack, ENTERPRISE, 'turned hot at once', 'E-Storm 1');
  await message(slack, HOT_LEADS, 'turned hot at once', 'N-Storm 1', 'Meant for');
  await message(slack, HOT_LEADS, 'turned hot at once', 'H-Storm 1');
  const digest = await message(slack, DIGEST, 'E-Storm 3', 'H-Storm 3');
  expect(readable(digest)).toContain('N-Storm 3');
  expect(slack.messages(ENTERPRISE).map(readable).join()).not.toMatch(/[NH]-Storm/);
  const list = await message(slack, ENTERPRISE, 'turned hot at once');
  const value = await alertOf(db, 'e-1.example');
  await slack.pressWith(EVE, onMessage(list), pressed(ids.claim, value));
  await message(slack, ENTERPRISE, 'E-Storm 1', 'laimed by @U0EVE');
});
