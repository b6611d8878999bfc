import { expect, onTestFinished, test } from 'vitest';
import type { Delivery } from '../../src/core/message.ts';
import { renderMessage } from '../../src/jobs/render-message.ts';
import { botDatabase, CHANNEL } from '../support/bot-database.ts';
import { addLead, rescore } from '../support/leads.ts';
import { outboxStage } from '../support/outbox-stage.ts';

const db = await botDatabase();
const { alerts } = db;
const { take, shown, later } = outboxStage(db);

const drawn = ({ content }: Delivery): string =>
  JSON.stringify(renderMessage(content, false, 'UTC', 'https://team.slack.example/').blocks);

const setDomain = (id: string, domain: string | null) =>
  db.sql('update public.developer_signups set company_domain = $2 where id = $1', [id, domain]);

/** Open and merged alerts, oldest first. */
const alertRows = () =>
  db.sql<{ id: string; account_key: string; status: string; open: boolean; owner: string | null }>(
    `select id, account_key, status, closed_at is null as open, owner from lead_bot.alerts order by opened_at, id`,
  );
const members = async (id: string) =>
  (
    await db.sql<{ developer_id: string }>(
      `select developer_id from lead_bot.alert_leads where alert_id = $1 and active order by entered_at`,
      [id],
    )
  ).map((row) => row.developer_id);
const kindsOf = async (id: string) => (await alerts.find(id))?.events.map(({ kind }) => kind);

let posts = 0;
/** Delivers until nothing is due. Returns the latest drawing of each message. */
async function deliver(): Promise<Map<string, Delivery>> {
  const seen = new Map<string, Delivery>();
  for (let round = 0; round < 20; round++) {
    const due = await take(10);
    for (const delivery of due) {
      seen.set(delivery.messageId, delivery);
      posts += 1;
      await shown(
        delivery,
        delivery.address?.ts ?? `17000${String(posts).padStart(5, '0')}.000100`,
      );
    }
    if (due.length === 0) break;
    await later('2 seconds');
  }
  return seen;
}

/**
 * Two alerts with posted cards that become one company when `join` is called. Ada's is older and known by her
 * address, Ben's by its domain.
 */
async function twoAlerts() {
  await db.poll();
  const ada = await addLead(db, { domain: null, email: 'ada@newco-mail.example', name: 'Ada' });
  await db.poll();
  const ben = await addLead(db, { domain: 'newco.example', company: 'NewCo', name: 'Ben' });
  await db.poll();
  const [older, newer] = await db.alertIds();
  if (older === undefined || newer === undefined) throw new Error('expected two alerts');
  await deliver();
  return {
    ada,
    ben,
    older,
    newer,
    async join() {
      await setDomain(ada, 'https://www.newco.example');
      await db.sweep();
      await db.poll();
    },
  };
}

test('a late domain moves the alert and its claim to the company, without a second card', async () => {
  await db.poll();
  const ada = await addLead(db, { domain: null, email: 'ada@newco-mail.example', name: 'Ada' });
  await db.poll();
  const id = await db.onlyAlert();
  await alerts.claim(id, 'U0ANNA');
  await deliver();
  await setDomain(ada, 'newco.example');
  await db.sweep();
  await db.poll();
  expect(await alertRows()).toMatchObject([
    { id, account_key: 'newco.example', status: 'claimed', open: true, owner: 'U0ANNA' },
  ]);
  expect(await kindsOf(id)).toEqual(['opened', 'claimed', 'moved']);
  expect([...(await deliver()).values()].map(({ action }) => action)).toEqual(['update']);
  await addLead(db, { domain: 'www.newco.example', name: 'Ben' });
  expect(await db.poll()).toMatchObject({ opened: 0, joined: 1 });
});

test('when two alerts turn out to be one company, the older continues and the other card points to it', async () => {
  const { ada, ben, older, newer, join } = await twoAlerts();
  await join();
  expect(await alertRows()).toMatchObject([
    { id: older, account_key: 'newco.example', status: 'open', open: true },
    { id: newer, account_key: 'newco.example', status: 'merged', open: false },
  ]);
  expect(await members(older)).toEqual([ada, ben]);
  expect(await members(newer)).toEqual([]);
  expect(await kindsOf(older)).toEqual(['opened', 'moved', 'absorbed']);
  expect(await kindsOf(newer)).toEqual(['opened', 'merged']);

  const updates = [...(await deliver()).values()];
  expect(updates.map(({ action }) => action)).toEqual(['update', 'update']);
  const [pointer = ''] = updates.map(drawn).filter((blocks) => blocks.includes('➡️'));
  expect(pointer).toContain(`<https://team.slack.example/archives/${CHANNEL}/p17000`);
  expect(pointer).toContain('|another card for this company>');
  expect(pointer).not.toContain('"button"');
  // Nothing is left to do.
  expect(await db.sweep()).toBeNull();
});

test('a lead of both alerts is in the surviving one', async () => {
  const { ada, ben, older, newer, join } = await twoAlerts();
  await db.sql(
    `insert into lead_bot.alert_leads (alert_id, developer_id, entered_at, score_at_entry, score)
     select $2, m.developer_id, m.entered_at, m.score_at_entry, m.score from lead_bot.alert_leads m where m.alert_id = $1`,
    [older, newer],
  );
  await join();
  expect(await members(older)).toEqual([ada, ben]);
  expect(await members(newer)).toEqual([]);
});

test('a claimed alert wins over an older unclaimed one', async () => {
  const { older, newer, join } = await twoAlerts();
  await alerts.claim(newer, 'U0BERT');
  await join();
  expect(await alertRows()).toMatchObject([
    { id: older, status: 'merged', open: false },
    { id: newer, status: 'claimed', open: true, owner: 'U0BERT' },
  ]);
  expect((await deliver()).size).toBe(2);
});

test('the earlier of two claims stays, and the other AE is mentioned in the thread', async () => {
  const { older, newer, join } = await twoAlerts();
  await alerts.claim(newer, 'U0BERT');
  await alerts.claim(older, 'U0ANNA');
  await deliver();
  await join();
  expect(await alertRows()).toMatchObject([
    { id: older, status: 'merged', open: false, owner: 'U0ANNA' },
    { id: newer, status: 'claimed', open: true, owner: 'U0BERT' },
  ]);
  const [notice, ...others] = [...(await deliver()).values()].filter(
    ({ action }) => action === 'post',
  );
  expect(others).toEqual([]);
  if (notice === undefined) throw new Error('no notice was posted');
  const [card] = await db.sql<{ ts: string }>(
    `select slack_ts as ts from lead_bot.messages where dedupe_key = 'card:' || $1`,
    [older],
  );
  expect(notice.threadTs).toBe(card?.ts);
  expect(drawn(notice)).toMatch(
    /<@U0ANNA>: there were two cards for \*[^*]+\*\. <@U0BERT> claimed it first/,
  );
  expect(drawn(notice)).toContain('|the other card>');

  expect(await alerts.release(older, 'U0ANNA')).toMatchObject({
    ok: false,
    refusal: { why: 'over' },
  });
  expect(await alerts.contact(newer, 'U0BERT', 'call', '')).toMatchObject({ ok: true });
});

test('an AE who had claimed both gets no message', async () => {
  const { older, newer, join } = await twoAlerts();
  await alerts.claim(older, 'U0ANNA');
  await alerts.claim(newer, 'U0ANNA');
  await deliver();
  await join();
  expect([...(await deliver()).values()].map(({ action }) => action)).toEqual(['update', 'update']);
});

test('the card that points to the other stays contacted', async () => {
  const { older, newer, join } = await twoAlerts();
  await alerts.claim(older, 'U0ANNA');
  await alerts.claim(newer, 'U0BERT');
  await alerts.contact(newer, 'U0BERT', 'call', 'On Friday');
  await deliver();
  await join();
  expect(await alertRows()).toMatchObject([
    { id: older, status: 'claimed', open: true },
    { id: newer, status: 'contacted', open: false },
  ]);
  const pointer = [...(await deliver()).values()].map(drawn).find((blocks) => blocks.includes('➡️'));
  expect(pointer).toMatch(/Contacted by phone .*owner <@U0BERT>/);
});

test("the surviving alert takes over the other's card if it has none", async () => {
  await db.poll();
  const ada = await addLead(db, { domain: null, email: 'ada@newco-mail.example', name: 'Ada' });
  await db.poll({ maxCardsPerPoll: 0 });
  await addLead(db, { domain: 'newco.example', company: 'NewCo', name: 'Ben' });
  await db.poll();
  await deliver();
  await addLead(db, { domain: 'other.example' });
  await db.poll();
  const [older, newer, other] = await db.alertIds();
  await setDomain(ada, 'newco.example');
  await db.sweep();
  await db.poll();
  expect(await alertRows()).toMatchObject([
    { id: older, status: 'open', open: true },
    { id: newer, status: 'merged', open: false },
    { id: other, status: 'open', open: true },
  ]);
  const cards = await db.sql(
    `select alert_id, dedupe_key, state from lead_bot.messages where kind = 'card' order by created_at`,
  );
  expect(cards).toEqual([
    { alert_id: older, dedupe_key: `card:${older}`, state: 'posted' },
    { alert_id: other, dedupe_key: `card:${other}`, state: 'pending' },
  ]);
  const card = [...(await deliver()).values()].find(({ action }) => action === 'update');
  expect(card && drawn(card)).toContain('Claim lead');
});

test("doesn't post an unposted card just to point to the other", async () => {
  await db.poll();
  const ada = await addLead(db, { domain: null, email: 'ada@newco-mail.example' });
  await db.poll();
  await deliver();
  await addLead(db, { domain: 'newco.example', name: 'Ben' });
  await db.poll();
  await setDomain(ada, 'newco.example');
  await db.sweep();
  await db.poll();
  expect([...(await deliver()).values()].map(({ action }) => action)).toEqual(['update']);
});

test('an unposted card that a merge makes needless takes its own replies along, and nothing else', async () => {
  await db.poll();
  const ada = await addLead(db, { domain: null, email: 'ada@newco-mail.example' });
  await db.poll();
  await deliver();
  await addLead(db, { domain: 'newco.example', name: 'Ben' });
  await addLead(db, { domain: 'other.example' });
  await db.poll();
  await addLead(db, { domain: 'newco.example', name: 'Cleo' });
  await db.poll();
  await setDomain(ada, 'newco.example');
  await db.sweep();
  await db.poll();
  const unposted = await db.sql(
    `select m.kind, m.state, a.account_key as company
       from lead_bot.messages m join lead_bot.alerts a on a.id = m.alert_id
      where m.state <> 'posted' order by 1, 2`,
  );
  expect(unposted).toEqual([
    { kind: 'card', state: 'gone', company: 'newco.example' },
    { kind: 'card', state: 'pending', company: 'other.example' },
    { kind: 'notice', state: 'gone', company: 'newco.example' },
  ]);
});

/** Anna claims the first alert and Bert the second, before the lead turns out to be of the second one's company. */
async function joinClaimed(lead: string): Promise<string> {
  const [first, second] = await db.alertIds();
  if (first === undefined || second === undefined) throw new Error('expected two alerts');
  await alerts.claim(first, 'U0ANNA');
  await alerts.claim(second, 'U0BERT');
  await setDomain(lead, 'newco.example');
  await db.sweep();
  await db.poll();
  return first;
}

test("the AE who loses a claim is told in the list's thread if there is no card", async () => {
  await db.poll();
  const ada = await addLead(db, { domain: null, email: 'ada@newco-mail.example' });
  await addLead(db, { domain: 'newco.example', name: 'Ben' });
  await db.poll({ maxCardsPerPoll: 0 });
  await deliver();
  await joinClaimed(ada);
  const notice = [...(await deliver()).values()].find(({ content }) => content.kind === 'notice');
  expect(notice && drawn(notice)).toContain('<@U0BERT>: ');
});

test("the AE who loses a claim is told in the newest list's thread if several show the lead", async () => {
  await db.poll();
  const ada = await addLead(db, { domain: null, email: 'ada@newco-mail.example' });
  await addLead(db, { domain: 'newco.example', name: 'Ben' });
  await db.poll({ maxCardsPerPoll: 0 });
  await deliver();
  await db.digests.request('C0DIGEST', '2026-03-02', new Date());
  const lists = [...(await deliver()).values()].map(({ content }) => content.kind);
  expect(lists).toEqual(['digest']);
  await joinClaimed(ada);
  const notice = [...(await deliver()).values()].find(({ content }) => content.kind === 'notice');
  expect(notice && drawn(notice)).toContain('<@U0BERT>: ');
  const [digest] = await db.sql<{ ts: string }>(
    `select slack_ts as ts from lead_bot.messages where kind = 'digest'`,
  );
  expect(notice).toMatchObject({ channel: 'C0DIGEST', threadTs: digest?.ts });
});

test('the AE who loses a claim is told under a new card if neither alert is in any message', async () => {
  const ada = await addLead(db, { domain: null, email: 'ada@newco-mail.example' });
  await addLead(db, { domain: 'newco.example', name: 'Ben' });
  await db.sweep({ firstRun: 'silent' });
  expect(await take()).toEqual([]);
  const first = await joinClaimed(ada);
  const posted = [...(await deliver()).values()];
  expect(posted.map(({ content }) => content.kind)).toEqual(['card', 'notice']);
  const [card, notice] = posted;
  expect(card && drawn(card)).toContain('<@U0ANNA>');
  expect(notice && drawn(notice)).toContain('<@U0BERT>: ');
  const [below] = await db.sql<{ ts: string }>(
    `select slack_ts as ts from lead_bot.messages where dedupe_key = 'card:' || $1`,
    [first],
  );
  expect(notice?.threadTs).toBe(below?.ts);
});

test('one of several leads that gets another domain moves to that company', async () => {
  await db.poll();
  const ada = await addLead(db, { name: 'Ada' });
  const ben = await addLead(db, { name: 'Ben' });
  await db.poll();
  const acme = await db.onlyAlert();
  await alerts.claim(acme, 'U0ANNA');
  await setDomain(ben, 'globex.example');
  await db.sweep();
  await db.poll();
  await db.poll();
  expect(await members(acme)).toEqual([ada]);
  expect(await kindsOf(acme)).toEqual(['opened', 'joined', 'claimed', 'moved']);
  expect(await alertRows()).toMatchObject([
    { id: acme, account_key: 'acme.example', status: 'claimed' },
    { account_key: 'globex.example', status: 'open' },
  ]);
});

test('a claimed alert follows its lead to another company, even if the lead is no longer hot', async () => {
  await db.poll();
  const ada = await addLead(db, { name: 'Ada' });
  await db.poll();
  const id = await db.onlyAlert();
  await alerts.claim(id, 'U0ANNA');
  await rescore(db, ada, 40);
  await db.poll();
  await setDomain(ada, 'newco.example');
  await db.sql(`update lead_bot.alerts set redraw_due_at = now() - interval '1 minute'`);
  await db.poll();
  expect(await alertRows()).toMatchObject([{ id, account_key: 'newco.example', open: true }]);
});

test('an open alert under another spelling of its domain gets the usual one, even if its lead is gone', async () => {
  await db.poll();
  const ada = await addLead(db, { name: 'Ada' });
  await db.poll();
  const id = await db.onlyAlert();
  // As an older version stored it.
  await db.sql(
    `update lead_bot.alerts set account_key = 'www.acme.example', redraw_due_at = now() - interval '1 minute'`,
  );
  await db.sql('delete from public.developer_signups where id = $1', [ada]);
  await db.poll();
  expect(await alertRows()).toMatchObject([{ id, account_key: 'acme.example', open: true }]);
  await addLead(db, { name: 'Ben' });
  expect(await db.poll()).toMatchObject({ opened: 0, joined: 1 });
});

/** Two companies among others, of which each now has the domain of the other. */
async function swapped() {
  await db.poll();
  await addLead(db, { domain: 'before.example' });
  await db.poll();
  const ada = await addLead(db, { domain: 'one.example' });
  const ben = await addLead(db, { domain: 'two.example' });
  await db.poll();
  await addLead(db, { domain: 'after.example' });
  await db.poll();
  const rows = () =>
    alertRows().then((all) => all.filter(({ account_key }) => /one|two/.test(account_key)));
  const before = await rows();
  await setDomain(ada, 'two.example');
  await setDomain(ben, 'one.example');
  return {
    ids: before.map(({ id }) => id),
    async expectBothMoved() {
      const after = await rows();
      expect(after).toEqual(
        before.map((row) => ({
          ...row,
          account_key: row.account_key === 'one.example' ? 'two.example' : 'one.example',
        })),
      );
      for (const { id, account_key } of after) {
        expect(await members(id)).toEqual([account_key === 'two.example' ? ada : ben]);
      }
    },
  };
}

test('two companies that swap domains are not merged', async () => {
  const { expectBothMoved } = await swapped();
  await db.sweep();
  await db.poll();
  await expectBothMoved();
});

test('an alert that moves to the place of another one takes that one along', async () => {
  const { ids, expectBothMoved } = await swapped();
  await db.sql(`select lead_bot.settle_accounts($1, '{}')`, [ids.slice(0, 1)]);
  await expectBothMoved();
});

test('the alert of a lead that lost its company cools and says why', async () => {
  await db.poll();
  const ada = await addLead(db, { domain: 'acme.example', email: 'ada@gmx.de' });
  await db.poll();
  const id = await db.onlyAlert();
  await setDomain(ada, null);
  await db.sweep();
  await db.poll();
  expect((await alerts.find(id))?.alert.coolingSince).not.toBeNull();
  await db.age('25 hours');
  await db.poll();
  expect(await alertRows()).toMatchObject([{ id, status: 'cooled', open: false }]);
  expect(await db.sweep()).toBeNull();
  await setDomain(ada, 'acme.example');
  await db.sweep();
  expect(await alertRows()).toMatchObject([{ id }, { account_key: 'acme.example', open: true }]);
});

test('the alert of a deleted lead leaves its domain once that turns out to be a mail provider', async () => {
  await db.poll();
  const ada = await addLead(db, { domain: 'free-mail.example' });
  await db.poll();
  const id = await db.onlyAlert();
  await alerts.claim(id, 'U0ANNA');
  await db.sql('delete from public.developer_signups where id = $1', [ada]);
  await db.sql(
    `insert into lead_bot.mail_providers (domain, gives_addresses, by_hand) values ('free-mail.example', true, true)`,
  );
  onTestFinished(async () => {
    await db.sql(`delete from lead_bot.mail_providers where domain = 'free-mail.example'`);
  });
  await db.sql("update lead_bot.alerts set redraw_due_at = now() - interval '1 minute'");
  await db.poll();
  expect(await alertRows()).toMatchObject([
    { id, account_key: `lead:${ada}`, status: 'claimed', open: true, owner: 'U0ANNA' },
  ]);
  expect((await alerts.find(id))?.account.domain).toBeNull();
});

test('rekeys hundreds of alerts in short steps', async () => {
  await db.poll();
  for (let lead = 0; lead < 130; lead++) {
    await addLead(db, { domain: null, email: `a@mail${lead}.example`, name: `A${lead}` });
  }
  await db.poll({ maxCardsPerPoll: 0 });
  await db.poll({ maxCardsPerPoll: 0 });
  expect(await db.alertIds()).toHaveLength(130);
  await db.sql(`update public.developer_signups
                   set company_domain = 'co' || (substring(email from '\\d+')::int / 2) || '.example'`);
  await db.sweep();
  await db.poll();
  const now = await alertRows();
  expect(now.filter(({ open }) => open)).toHaveLength(65);
  expect(new Set(now.filter(({ open }) => open).map((row) => row.account_key)).size).toBe(65);
  expect(await db.sql('select * from lead_bot.lead_marks')).toEqual([]);
});

test('a merged alert is not a past alert of its company, and keeps its history', async () => {
  const { ada, ben, older, newer, join } = await twoAlerts();
  await join();
  await rescore(db, ada, 50);
  await rescore(db, ben, 50);
  await db.poll();
  await db.age('25 hours');
  await db.poll();
  await rescore(db, ben, 90);
  await db.poll();
  const [, , third] = await alertRows();
  const picture = await alerts.find(third?.id ?? '');
  expect(picture?.past?.status).toBe('cooled');
  expect(await kindsOf(newer)).toEqual(['opened', 'merged']);
  expect((await kindsOf(older))?.at(-1)).toBe('cooled');
});
