import { expect, onTestFinished, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import { CHANNELS, type MemberOption, PEOPLE } from '../../src/sandbox/slack/defaults.ts';
import type { Misbehavior, SlackMessage } from '../../src/sandbox/slack/local-slack.ts';
import { addLead, alertOf } from '../support/leads.ts';
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

const JO = 'U0JO';
const GONE = 'U0GONE';
const EVE = 'U0EVE';
const others: readonly MemberOption[] = [
  { id: JO, name: 'jo', realName: 'Jo Owner', email: 'jo@ours.example' },
  { id: GONE, name: 'gone', realName: 'Gone Example', email: 'gone@ours.example', deleted: true },
  { id: EVE, name: 'eve', realName: 'Eve Lund' },
];
const { slack, db, logged, startAnother } = await startWorld({
  seed: false,
  replicas: 0,
  slack: {
    people: [...PEOPLE, ...others],
    channels: CHANNELS.map((channel) => ({ ...channel, members: [ALICE, BEN, CHLOE, JO, GONE] })),
    // Eve is outside of the channels.
    userGroups: [{ id: 'S0SALES', users: [ALICE, BEN, CHLOE, GONE, EVE] }],
  },
  // Around the clock, so that the tests pass at any time.
  env: { ROTATION: 'S0SALES', WORKING_HOURS: 'Mon-Sun 00:00-24:00', FIRST_CALL: '1h' },
});

let made = 0;
async function hotLead(): Promise<{ name: string; domain: string }> {
  made += 1;
  const lead = { name: `Company${made}x`, domain: `company${made}x.example` };
  await addLead(db, { domain: lead.domain, company: lead.name });
  return lead;
}

/** A bot for whom the list of the group fails like this, for the test at hand. */
async function botWithoutGroup(how: Misbehavior): Promise<void> {
  const undo = slack.misbehave({ method: 'usergroups.users.list', how });
  const bot = await startAnother();
  onTestFinished(async () => {
    await bot.kill();
    undo();
    await db.sql('update lead_bot.alerts set offer_due_at = null');
  });
}

interface Offered {
  card: SlackMessage;
  holder: string;
}

/** The card of a company, once it names who has first call; someone else than `before`. */
const offered = (name: string, before?: string): Promise<Offered> =>
  slack.until(
    () => {
      const card = slack.messages(HOT_LEADS).find((one) => readable(one).includes(name));
      const holder = card && /@(U0\w+) has first call/.exec(readable(card))?.[1];
      return card && holder && holder !== before ? { card, holder } : undefined;
    },
    { what: `the card of ${name} with someone who has first call` },
  );

const claim = (user: string, card: SlackMessage) =>
  slack.press(user, onMessage(card), { actionId: ids.claim });

test('while Slack does not answer who is in the group, leads enter and anyone can claim them', async () => {
  await botWithoutGroup({ kind: 'hang', accept: false });
  const { name } = await hotLead();
  await slack.until(() => slack.calls('usergroups.users.list').length > 0, { what: 'a question' });
  await claim(BEN, await message(slack, HOT_LEADS, name, '[Claim lead]'));
  await message(slack, HOT_LEADS, name, `Claimed by @${BEN}`);
  const next = await hotLead();
  await message(slack, HOT_LEADS, next.name, '[Claim lead]');
});

test('says once that it may not list the group, and leaves its leads to everyone', async () => {
  await botWithoutGroup({ kind: 'error', error: 'missing_scope' });
  for (let n = 0; n < 2; n++) {
    const { name } = await hotLead();
    await message(slack, HOT_LEADS, name, '[Claim lead]', 'unclaimed');
  }
  await expect
    .poll(() => db.sql('select from lead_bot.alerts where offer_due_at is not null'))
    .toEqual([]);
  expect(logged.filter((line) => line.includes('missing_scope'))).toEqual([
    expect.stringContaining('could not read the user group of ROTATION'),
  ]);
});

test('the members of the group who can get leads take turns', async () => {
  await startAnother();
  const holders = [];
  for (let turn = 0; turn < 6; turn++) holders.push((await offered((await hotLead()).name)).holder);
  expect(new Set(holders.slice(0, 3))).toEqual(new Set([ALICE, BEN, CHLOE]));
  expect(holders.slice(3)).toEqual(holders.slice(0, 3));
});

test('no one else can claim during first call, and everyone can once it is over', async () => {
  const { name, domain } = await hotLead();
  const { card, holder } = await offered(name);
  const other = holder === BEN ? CHLOE : BEN;
  await claim(other, card);
  await answer(slack, other, `@${holder} has first call on ${name}`);
  await db.sql(
    `update lead_bot.offers set until = now() where ended_at is null and alert_id = $1`,
    [await alertOf(db, domain)],
  );
  await claim(other, await message(slack, HOT_LEADS, name, 'Open to everyone'));
  await message(slack, HOT_LEADS, name, `Claimed by @${other}`);
});

test('a pass goes to another member', async () => {
  const { name, domain } = await hotLead();
  const { card, holder } = await offered(name);
  const value = await alertOf(db, domain);
  await slack.pressWith(holder, onMessage(card), { action_id: ids.pass, value });
  const next = await offered(name, holder);
  expect([ALICE, BEN, CHLOE]).toContain(next.holder);
});

test('Pass stands in the Details of whoever has first call, and of nobody else', async () => {
  const { name } = await hotLead();
  const { card, holder } = await offered(name);
  const other = holder === BEN ? CHLOE : BEN;
  for (const user of [other, holder]) {
    await slack.press(user, onMessage(card), { actionId: ids.details });
    const { id } = await modal(slack, user, name, 'has first call');
    const pass = await slack.press(user, onView(id), { actionId: ids.pass });
    expect(pass.ok).toBe(user === holder);
  }
  const next = await offered(name, holder);
  expect(next.holder).not.toBe(holder);
});

test('the account owner comes before the rotation, unless they have left', async () => {
  const [view] = await db.sql<{ text: string }>(
    `select pg_get_viewdef('public.lead_dashboard') as text`,
  );
  const given = view?.text.replace(/;\s*$/, '');
  await db.sql(`drop view public.lead_dashboard;
    create view public.lead_dashboard as
    select v.*, case when v.champion_name = 'Gone' then 'gone@ours.example' else 'Jo@ours.example' end as owner_email
      from (${given}) v`);
  const owned = await hotLead();
  expect((await offered(owned.name)).holder).toBe(JO);
  await addLead(db, { domain: 'left.example', company: 'Leftish', name: 'Gone' });
  const { holder } = await offered('Leftish');
  expect([ALICE, BEN, CHLOE]).toContain(holder);
  expect(logged.filter((line) => line.includes('not offered to its account owner'))).toEqual([
    expect.stringContaining('not_in_slack'),
  ]);
  expect(logged.join()).not.toContain('gone@ours.example');
});
