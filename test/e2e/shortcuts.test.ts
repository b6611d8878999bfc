import { expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import { PEOPLE } from '../../src/sandbox/slack/defaults.ts';
import { lock } from '../support/lock.ts';
import {
  ALICE,
  answer,
  BEN,
  DIGEST,
  HOT_LEADS,
  message,
  modal,
  onView,
  readable,
  startWorld,
} from '../support/world.ts';

const ENTERPRISE = 'C0ENTERPRISE';
const NO_BOT = 'C0NOBOT';
const EVE = 'U0EVE';
const GUS = 'U0GUS';

const { slack, db, logged } = await startWorld({
  slack: {
    people: [
      ...PEOPLE,
      { id: EVE, name: 'eve', realName: 'Eve Large' },
      { id: GUS, name: 'gus', realName: 'Gus Guest', guest: 'multi' },
    ],
    channels: [
      { id: HOT_LEADS, name: 'hot-leads', members: [ALICE, BEN] },
      { id: DIGEST, name: 'sales-digest', members: [ALICE] },
      { id: ENTERPRISE, name: 'enterprise', members: [EVE] },
      { id: NO_BOT, name: 'elsewhere', botIn: false },
    ],
  },
});
await message(slack, HOT_LEADS, 'VelocityPay');
await message(slack, HOT_LEADS, 'HomeFront');

/** Opens the form and submits it. */
async function lookUp(user: string, text: string) {
  expect(await slack.shortcut(user, ids.lookUp)).toEqual({ ok: true });
  const form = await modal(slack, user, 'Look up a company', 'Company');
  return { form, done: await slack.submit(user, form.id, { [ids.lookUpText]: text }) };
}

const close = async (user: string) => {
  for (const { id } of slack.views(user).toReversed()) await slack.closeView(user, id);
};

/** Says something in a channel, and uses the shortcut on it. */
async function companiesIn(user: string, text: string, channel = HOT_LEADS) {
  await slack.say(user, channel, text);
  const said = slack.messages(channel).findLast((one) => one.user === user);
  return slack.shortcutOn(user, ids.companiesIn, channel, said?.ts ?? '');
}

test('looks a hot company up, and claims it in the same modal', async () => {
  const { done } = await lookUp(ALICE, 'velocitypay.io');
  expect(done).toEqual({ ok: true });
  const details = await modal(slack, ALICE, 'VelocityPay', '[Claim lead]', 'Score');
  await slack.press(ALICE, onView(details.id), { actionId: ids.claim });
  await modal(slack, ALICE, 'VelocityPay', 'Claimed by @U0ALICE', '[Mark contacted]');
  await message(slack, HOT_LEADS, 'VelocityPay', 'Claimed by @U0ALICE');
  await close(ALICE);
});

test('says how far a company is from hot', async () => {
  await lookUp(BEN, 'cloudmetrics.dev');
  const shown = await modal(slack, BEN, 'CloudMetrics', 'hot starts at 80');
  expect(JSON.stringify(shown.view)).not.toContain(ids.share);
  await close(BEN);
});

test('shows what a typo may mean, and what is picked', async () => {
  await lookUp(BEN, 'velocitpay');
  const near = await modal(slack, BEN, 'Closest', 'VelocityPay', '[Open]');
  await slack.press(BEN, onView(near.id), { actionId: ids.pick, value: 'velocitypay.io' });
  await modal(slack, BEN, 'VelocityPay', 'Claimed by @U0ALICE', 'Score');
  await close(BEN);
});

test('says under the input that nothing matches, and takes another try', async () => {
  const { form, done } = await lookUp(BEN, 'zzzyqx.example');
  expect(done).toMatchObject({ ok: false, error: expect.stringContaining('No lead matches') });
  expect(await slack.submit(BEN, form.id, { [ids.lookUpText]: 'HomeFront' })).toEqual({ ok: true });
  await modal(slack, BEN, 'HomeFront', 'Score');
  await close(BEN);
});

test('shows progress while the database is slow', async () => {
  const table = await lock(db, 'lock table public.developer_signups in access exclusive mode');
  const submitted = lookUp(BEN, 'velocitypay.io');
  await modal(slack, BEN, 'Look up a company', 'Loading');
  await table.release();
  await submitted;
  await modal(slack, BEN, 'VelocityPay', 'Score');
  await close(BEN);
});

test('a form that comes too late is a direct message', async () => {
  const undo = slack.misbehave({
    method: 'views.open',
    how: { kind: 'error', error: 'expired_trigger_id' },
  });
  await slack.shortcut(BEN, ids.lookUp);
  await message(slack, slack.directMessages(BEN), 'could not be opened in time');
  undo();
});

test('a guest gets no form, and learns why', async () => {
  await slack.shortcut(GUS, ids.lookUp);
  await modal(slack, GUS, 'Guests can’t work on leads');
  expect(JSON.stringify(slack.views(GUS))).not.toContain(ids.lookUpText);
  await close(GUS);
});

test('shows the companies of a message to whoever asks, and to nobody else', async () => {
  await companiesIn(
    BEN,
    'Met ada@velocitypay.io and bo@gmail.com. Also see https://homefront.tech/x, zzzyqx.example',
  );
  const list = await answer(slack, BEN, '2 companies in this message');
  const words = readable(list);
  expect(words).toMatch(/VelocityPay · 88 · Hot\n.*Claimed by @U0ALICE/);
  expect(words).toMatch(/HomeFront Technologies · \d+ · Hot\n.*unclaimed/);
  expect(words).toContain('No lead: zzzyqx.example');
  expect(words).not.toMatch(/gmail|ada@/);
  expect(slack.privateAnswers(ALICE)).toEqual([]);
});

test('opens a company of the list below it', async () => {
  const list = await answer(slack, BEN, '2 companies in this message');
  await slack.press(
    BEN,
    { in: 'message', channel: HOT_LEADS, ts: list.ts },
    { actionId: ids.openCompany, value: 'homefront.tech' },
  );
  await answer(slack, BEN, 'HomeFront', '[Claim lead]');
  await answer(slack, BEN, '2 companies in this message');
});

test('answers also where the bot is not a member', async () => {
  await companiesIn(BEN, 'homefront.tech?', NO_BOT);
  const list = await answer(slack, BEN, '1 company in this message', 'HomeFront');
  expect(list.channel).toBe(NO_BOT);
});

test('says that a message names no company', async () => {
  await companiesIn(BEN, 'Good morning! Version 2.10 at 9.30, e.g. with bo@gmail.com');
  await answer(slack, BEN, 'names no company');
});

test('shows a member of one channel only the companies with a card there', async () => {
  const [view] = await db.sql<{ text: string }>(
    `select pg_get_viewdef('public.lead_dashboard') as text`,
  );
  await db.sql(`drop view public.lead_dashboard;
    create view public.lead_dashboard as
    select v.*, case v.company_domain when 'medisync.health' then '${ENTERPRISE}' end as alert_channel
      from (${view?.text.replace(/;\s*$/, '')}) v`);
  await db.sql(`update public.lead_scores s set company_score = 100, usage_score = 100, expansion_score = 100,
      champion_score = 100, timing_score = 100
     from public.developer_signups d where d.id = s.developer_id and d.company_domain = 'medisync.health'`);
  await message(slack, ENTERPRISE, 'MediSync');
  await companiesIn(EVE, 'velocitypay.io and medisync.health', ENTERPRISE);
  const list = readable(await answer(slack, EVE, '1 company in this message', 'MediSync'));
  expect(list).toContain('Without a card in your channels: velocitypay.io');

  const { done } = await lookUp(EVE, 'velocitypay.io');
  expect(done).toMatchObject({
    ok: false,
    error: 'No company matching “velocitypay.io” has a card in your channels.',
  });
  await close(EVE);
  await lookUp(EVE, 'medisync.health');
  await modal(slack, EVE, 'MediSync', '[Claim lead]');
});

test('what a message says is neither stored nor logged', async () => {
  await companiesIn(BEN, 'Our unsaid-secret of homefront.tech, says jo@unsaid.example');
  await answer(slack, BEN, 'unsaid.example');
  const [dump] = await db.sql<{ text: string }>(
    `select string_agg(t.text, '') as text from (
       select m::text as text from lead_bot.messages m
       union all select e::text from lead_bot.alert_events e
       union all select r::text from lead_bot.access_refusals r
       union all select s::text from lead_bot.seen_requests s) t`,
  );
  expect(dump?.text).not.toContain('unsaid');
  expect(logged.join('\n')).not.toContain('unsaid');
});
