import { expect, test } from 'vitest';
import { botDatabase, CHANNEL } from '../support/bot-database.ts';
import { erase, erasuresLeft, placesOf } from '../support/erasure.ts';
import { addLead, rescore } from '../support/leads.ts';
import { ADDRESS, outboxStage } from '../support/outbox-stage.ts';

const db = await botDatabase();
const { take, takeOne, confirm, shown, later } = outboxStage(db);

const EMAIL = 'Zoe.Canary@Acme.example';
const zoe = (part: object = {}) => addLead(db, { email: EMAIL, name: 'Zoë Canary', ...part });
const messages = () =>
  db.sql<{ kind: string; state: string; removal: string | null; payload: object }>(
    'select kind, state, removal, payload from lead_bot.messages order by created_at, id',
  );
/** The history, sorted by kind. */
const history = () =>
  db.sql(
    `select kind, detail, from_status, to_status from lead_bot.alert_events
      order by kind desc, from_status`,
  );

test('erasing the only lead of an alert erases the alert and removes its card', async () => {
  const id = await zoe();
  await db.poll();
  await shown(await takeOne());
  expect(await erase(db, EMAIL.toLowerCase())).toMatchObject({
    people: 1,
    alerts: 1,
    messages_removed: 1,
  });
  expect(await db.alertIds()).toEqual([]);
  const removal = await takeOne();
  expect(removal).toMatchObject({ action: 'remove', content: { kind: 'nothing' } });
  expect(await erasuresLeft(db)).toMatchObject([{ channel: CHANNEL, kind: 'card', count: 1 }]);
  await confirm(removal, { kind: 'removed' });
  expect(await erasuresLeft(db)).toEqual([]);
  expect(await take()).toEqual([]);
  for (const word of [EMAIL, 'Canary']) expect(await placesOf(db, word)).toEqual([]);
  // Only a dangling id is left.
  expect(await placesOf(db, id)).toEqual(['lead_bot.alert_events.developer_id']);
});

test('cancels a card that was never sent', async () => {
  await zoe();
  await db.poll();
  await erase(db, EMAIL);
  expect(await messages()).toEqual([
    { kind: 'card', state: 'gone', removal: 'erased', payload: {} },
  ]);
  expect(await take()).toEqual([]);
});

test('removes a card that is being posted once the post is confirmed', async () => {
  await zoe();
  await db.poll();
  const post = await takeOne();
  await erase(db, EMAIL);
  expect(await take()).toEqual([]);
  expect(await erasuresLeft(db)).toMatchObject([{ kind: 'card', count: 1 }]);
  expect(await shown(post)).toBe(true);
  const removal = await takeOne();
  expect(removal).toMatchObject({ action: 'remove', address: { channel: CHANNEL } });
});

test("doesn't retry a post that certainly failed", async () => {
  await zoe();
  await db.poll();
  const post = await takeOne();
  await erase(db, EMAIL);
  await confirm(post, {
    kind: 'later',
    reason: 'ECONNREFUSED',
    afterMs: 0,
    wholeChannel: false,
    counts: false,
  });
  expect(await take()).toEqual([]);
  expect(await erasuresLeft(db)).toEqual([]);
});

test('looks for an unclear post three times, and never posts it again', async () => {
  await zoe();
  await db.poll();
  const post = await takeOne();
  await confirm(post, { kind: 'unclear', reason: 'timeout', settleMs: 5_000 });
  await erase(db, EMAIL);
  for (let look = 0; look < 3; look++) {
    expect(await erasuresLeft(db)).toMatchObject([{ kind: 'card' }]);
    await later('2 minutes');
    const delivery = await takeOne();
    expect(delivery.action).toBe('look');
    await confirm(delivery, { kind: 'missing', settleMs: 30_000 });
  }
  expect(await erasuresLeft(db)).toEqual([]);
  await later('1 hour');
  expect(await take()).toEqual([]);
});

/** Zoe's card, which may be in Slack. It is due to be posted again. */
async function aPostMissedTwice(): Promise<void> {
  await zoe();
  await db.poll();
  await confirm(await takeOne(), { kind: 'unclear', reason: 'timeout', settleMs: 5_000 });
  for (let look = 0; look < 2; look++) {
    await later('1 minute');
    await confirm(await takeOne(), { kind: 'missing', settleMs: 0 });
  }
}

test('looks once more a minute later for a post that two searches had missed before it was erased', async () => {
  await aPostMissedTwice();
  await erase(db, EMAIL);
  await confirm(await takeOne(), { kind: 'missing', settleMs: 0 });
  expect(await take()).toEqual([]);
  await later('50 seconds');
  expect(await take()).toEqual([]);
  await later('10 seconds');
  const last = await takeOne();
  expect(last).toMatchObject({ action: 'look' });
  await confirm(last, { kind: 'missing', settleMs: 0 });
  expect(await erasuresLeft(db)).toEqual([]);
});

test('removes an unclear post once it is found', async () => {
  await zoe();
  await db.poll();
  const post = await takeOne();
  await confirm(post, { kind: 'unclear', reason: 'timeout', settleMs: 5_000 });
  await erase(db, EMAIL);
  await later('1 minute');
  await confirm(await takeOne(), { kind: 'found', address: { channel: CHANNEL, ts: '17.1' } });
  expect(await takeOne()).toMatchObject({ action: 'remove', address: { ts: '17.1' } });
});

test('removes a post that is confirmed after it was given up', async () => {
  await zoe();
  await db.poll();
  const post = await takeOne();
  await erase(db, EMAIL);
  for (let look = 0; look < 3; look++) {
    await later('2 minutes');
    await confirm(await takeOne(), { kind: 'missing', settleMs: 30_000 });
  }
  expect(await erasuresLeft(db)).toEqual([]);
  expect(await shown(post, '18.1')).toBe(false);
  expect(await takeOne()).toMatchObject({ action: 'remove', address: { ts: '18.1' } });
});

test.each([2, 3])(
  'looks twice more for a post that may only have been made after %i searches, a minute apart',
  async (searches) => {
    await zoe();
    await db.poll();
    const frozen = await takeOne();
    await erase(db, EMAIL);
    await later('2 minutes');
    for (let look = 1; look < searches; look++) {
      await confirm(await takeOne(), { kind: 'missing', settleMs: 0 });
      await later('1 minute');
    }
    const search = await takeOne();
    if (searches === 3) await confirm(search, { kind: 'missing', settleMs: 0 });
    expect(await confirm(frozen, { kind: 'unclear', reason: 'timeout', settleMs: 5_000 })).toBe(
      false,
    );
    // It has looked too early.
    expect(await confirm(search, { kind: 'missing', settleMs: 0 })).toBe(false);
    for (const wait of ['0 seconds', '1 minute']) {
      expect(await erasuresLeft(db)).toMatchObject([{ kind: 'card' }]);
      await later(wait);
      await confirm(await takeOne(), { kind: 'missing', settleMs: 0 });
      expect(await take()).toEqual([]);
    }
    expect(await erasuresLeft(db)).toEqual([]);
  },
);

test('removes a post that is confirmed while others look for it', async () => {
  await zoe();
  await db.poll();
  const frozen = await takeOne();
  await later('2 minutes');
  await erase(db, EMAIL);
  const search = await takeOne();
  expect(search).toMatchObject({ action: 'look' });
  expect(await shown(frozen)).toBe(false);
  // Slack's history may be late.
  expect(await confirm(search, { kind: 'missing', settleMs: 0 })).toBe(false);
  expect(await takeOne()).toMatchObject({ action: 'remove', address: ADDRESS });
});

test('looks for the second copy of a repeated post before calling it done', async () => {
  await aPostMissedTwice();
  await later('1 minute');
  await shown(await takeOne());
  await erase(db, EMAIL);
  await confirm(await takeOne(), { kind: 'removed' });
  expect(await erasuresLeft(db)).toMatchObject([{ kind: 'card' }]);
  await later('2 minutes');
  const look = await takeOne();
  expect(look.action).toBe('look');
  await confirm(look, { kind: 'found', address: { channel: CHANNEL, ts: '19.1' } });
  expect(await takeOne()).toMatchObject({ action: 'remove', address: { ts: '19.1' } });
});

test('with hot colleagues the card is redrawn without the person, and their notice is removed', async () => {
  await addLead(db, { name: 'Ada Example' });
  await db.poll();
  const id = await db.onlyAlert();
  await shown(await takeOne());
  await zoe({ score: 95 });
  await db.poll();
  await later('1 minute');
  for (const [n, delivery] of (await take()).entries()) await shown(delivery, `30.${n}`);
  await db.alerts.claim(id, 'U0ANNA');
  await db.alerts.contact(id, 'U0ANNA', 'call', 'Zoë prefers mail');

  await erase(db, EMAIL);
  const due = await take();
  expect(due.map(({ action, content }) => [action, content.kind]).sort()).toEqual([
    ['remove', 'nothing'],
    ['update', 'card'],
  ]);
  expect(JSON.stringify(due)).not.toContain('Zo');
  expect(await erasuresLeft(db)).toHaveLength(2);
  for (const delivery of due) {
    await (delivery.action === 'remove' ? confirm(delivery, { kind: 'removed' }) : shown(delivery));
  }
  expect(await erasuresLeft(db)).toEqual([]);
  expect(await placesOf(db, 'Zo')).toEqual([]);
  expect((await db.alerts.find(id))?.alert.contactNote).toBeNull();
});

test("removes a card that can't be edited", async () => {
  await addLead(db);
  await zoe({ score: 95 });
  await db.poll();
  await shown(await takeOne());
  await erase(db, EMAIL);
  await confirm(await takeOne(), { kind: 'frozen', reason: 'edit_window_closed' });
  expect(await takeOne()).toMatchObject({ action: 'remove' });
  expect(await erasuresLeft(db)).toMatchObject([{ kind: 'card', refused: false }]);
});

test('deletes a card that is gone or was uneditable, to be sure', async () => {
  await zoe();
  await db.poll();
  await shown(await takeOne());
  await db.alerts.claim(await db.onlyAlert(), 'U0ANNA');
  await confirm(await takeOne(), { kind: 'frozen', reason: 'edit_window_closed' });
  await erase(db, EMAIL);
  // The new card was never posted, so it needs no removal.
  expect(await takeOne()).toMatchObject({ action: 'remove', address: ADDRESS });
});

test('when one of two people is erased, deletes the uneditable card and redraws its replacement', async () => {
  await addLead(db);
  await zoe({ score: 95 });
  await db.poll();
  await shown(await takeOne());
  await db.alerts.claim(await db.onlyAlert(), 'U0ANNA');
  await confirm(await takeOne(), { kind: 'frozen', reason: 'edit_window_closed' });
  await later('2 seconds');
  await shown(await takeOne(), '1700000900.000100');
  await erase(db, EMAIL);
  expect((await take()).map(({ action, address }) => [action, address?.ts]).sort()).toEqual([
    ['remove', ADDRESS.ts],
    ['update', '1700000900.000100'],
  ]);
});

test('keeps a message that Slack refuses to delete on the list, and retries it on the next run', async () => {
  await zoe();
  await db.poll();
  await shown(await takeOne());
  await erase(db, EMAIL);
  await confirm(await takeOne(), { kind: 'dead', reason: 'cant_delete_message' });
  expect(await take()).toEqual([]);
  expect(await erasuresLeft(db)).toEqual([
    {
      channel: CHANNEL,
      kind: 'card',
      refused: true,
      paused: false,
      reason: 'cant_delete_message',
      count: 1,
    },
  ]);
  await db.sql('select lead_bot.retry_erasures()');
  expect(await takeOne()).toMatchObject({ action: 'remove' });
});

test('what is left of an erasure waits for the channel that is paused, whatever was paused before', async () => {
  await zoe();
  await db.poll();
  await shown(await takeOne());
  await erase(db, EMAIL);
  await db.sql(
    `insert into lead_bot.channels (channel, pauses, pause_reason) values ('*', 0, null), ($1, 1, 'is_archived')
     on conflict (channel) do update set pauses = excluded.pauses, pause_reason = excluded.pause_reason`,
    [CHANNEL],
  );
  expect(await erasuresLeft(db)).toMatchObject([{ paused: true, reason: 'is_archived' }]);
});

test('removes the row from lists, and removes a list that becomes empty', async () => {
  await zoe({ domain: 'zoe.example', company: 'Zoe Inc' });
  await addLead(db, { domain: 'ada.example', company: 'Ada Inc' });
  await db.poll({ firstRun: 'rollup' });
  await db.sql(`update lead_bot.poll_state set first_poll_at = now() - interval '1 hour'`);
  await db.digests.request('C0DIGEST', '2026-03-02', new Date());
  for (const delivery of await take()) await shown(delivery);

  await erase(db, 'zoe.example');
  const contents = (await take()).map(({ content }) => content);
  const rollup = contents.find((content) => content.kind === 'rollup');
  const digest = contents.find((content) => content.kind === 'digest');
  expect(rollup?.rollup.alerts.map(({ account }) => account.name)).toEqual(['Ada Inc']);
  expect(rollup?.rollup.total).toBe(1);
  expect(digest?.digest.unclaimed).toHaveLength(1);
  expect(digest?.digest.counts.unclaimed).toBe(1);

  await later('2 minutes');
  await erase(db, 'ada.example');
  const actions = (await take()).map(({ action, content }) => [action, content.kind]);
  expect(actions.sort()).toEqual([
    ['remove', 'nothing'],
    ['update', 'digest'],
  ]);
});

test('erases a company with its people, past alerts and enrichment', async () => {
  await zoe();
  const other = await addLead(db, { email: 'contractor@acme.example', domain: 'other.example' });
  await db.sql(
    `insert into public.stakeholders (company_domain, full_name) values ('acme.example', 'Max Canary')`,
  );
  await db.sql(
    `insert into public.expansion_signals (company_domain, signal_type, signal_title)
     values ('acme.example', 'news', 'Canary')`,
  );
  await db.poll();
  await db.sql(`update lead_bot.alerts set closed_at = now(), status = 'cooled'
                 where account_key = 'acme.example'`);
  expect(await erase(db, 'ACME.example')).toMatchObject({ people: 2, companies: 1, alerts: 2 });
  for (const word of ['acme.example', 'canary', other]) {
    expect((await placesOf(db, word)).filter((place) => !place.endsWith('developer_id'))).toEqual(
      [],
    );
  }
  expect(await history()).toEqual([
    { kind: 'opened', detail: null, from_status: null, to_status: 'open' },
    { kind: 'opened', detail: null, from_status: null, to_status: 'open' },
    { kind: 'erased', detail: 'company', from_status: 'cooled', to_status: 'erased' },
    { kind: 'erased', detail: 'company', from_status: 'open', to_status: 'erased' },
  ]);
});

test('erases a person from the stakeholders and the notes too', async () => {
  await zoe();
  await addLead(db, { domain: 'acme.example' });
  await db.sql(
    `insert into public.stakeholders (company_domain, full_name) values
       ('acme.example', 'Zoë Canary'), ('acme.example', 'Max Other')`,
  );
  await db.poll();
  const id = await db.onlyAlert();
  await db.alerts.claim(id, 'U0ANNA');
  await db.alerts.contact(id, 'U0ANNA', 'call', `wrote to ${EMAIL}`);
  await erase(db, EMAIL);
  expect(await placesOf(db, 'Canary')).toEqual([]);
  expect(await placesOf(db, 'Max Other')).toEqual(['stakeholders.full_name']);
});

test.each(['gmail.com', 'GMAIL.com', 'gmx.de', 'https://www.gmx.de/'])(
  'refuses to erase the mail provider %s',
  async (domain) => {
    await addLead(db, { email: 'someone@gmail.com', domain: 'acme.example' });
    await addLead(db, { email: 'bob@gmx.de', domain: 'gmx.de' });
    expect(await erase(db, domain)).toEqual({ refused: 'personal' });
    expect(await placesOf(db, 'someone@gmail.com')).toEqual(['developer_signups.email']);
    expect(await erase(db, 'bob@gmx.de')).toMatchObject({ people: 1 });
    expect(await placesOf(db, 'bob@gmx.de')).toEqual([]);
  },
);

test('erases a company under all spellings of its domain, including leads known only by address', async () => {
  await addLead(db, { domain: 'https://www.canary.example/', email: 'ada@else.example' });
  await addLead(db, { domain: 'Canary.example', company: null, email: 'ben@else.example' });
  await addLead(db, { domain: null, email: 'Cleo@CANARY.example' });
  await db.poll();
  await db.onlyAlert();
  expect(await erase(db, 'canary.example')).toMatchObject({ people: 3, companies: 2, alerts: 1 });
  expect(await placesOf(db, 'canary.example')).toEqual([]);
});

test('erases a stakeholder however the domain and name are spelled', async () => {
  await addLead(db, { domain: null, email: EMAIL, name: 'Zoë Canary' });
  await db.sql(
    `insert into public.company_enrichment (domain) values ('www.acme.example');
     insert into public.stakeholders (company_domain, full_name) values
       ('www.acme.example', 'ZOË  CANARY'), ('www.acme.example', 'Max Other')`,
  );
  await erase(db, EMAIL);
  expect(await placesOf(db, 'Canary')).toEqual([]);
  expect(await placesOf(db, 'Max Other')).toEqual(['stakeholders.full_name']);
});

test.each(['nobody@acme.example', 'nobody.example', 'cme.example', '%', ''])(
  'erases nothing for the unknown %s',
  async (whom) => {
    await zoe();
    await db.poll();
    const { account_keys: _, ...counts } = await erase(db, whom);
    expect(Object.values(counts).every((count) => count === 0)).toBe(true);
    expect(await db.alertIds()).toHaveLength(1);
  },
);

test('erasing twice is a no-op', async () => {
  await zoe();
  await db.poll();
  await shown(await takeOne());
  await erase(db, EMAIL);
  expect(await erase(db, EMAIL)).toMatchObject({ people: 0, alerts: 0, messages_removed: 0 });
  await confirm(await takeOne(), { kind: 'removed' });
  await erase(db, EMAIL);
  expect(await take()).toEqual([]);
});

test('a poll that read the lead before the erasure does not bring it back', async () => {
  await zoe();
  const { entering, marks } = await db.polls.changes({ rearmAfterMs: 60_000 });
  expect(entering).toHaveLength(1);
  const plan = {
    rollupReason: 'storm' as const,
    unfinished: false,
    marks,
    entries: entering.map(({ lead }) => ({ developerId: lead.developerId, show: 'card' as const })),
  };
  await erase(db, EMAIL);
  await db.polls.record(plan, {
    channel: CHANNEL,
    firstRun: 'cards',
    maxCardsPerPoll: 10,
    offerTo: { owners: false, rotation: false },
    rearmAfterMs: 60_000,
  });
  expect(await db.alertIds()).toEqual([]);
  expect(await messages()).toEqual([]);
});

test('an alert left with only cooled leads keeps cooling', async () => {
  const ada = await addLead(db, { name: 'Ada Example' });
  await zoe();
  await db.poll();
  await rescore(db, ada, 50);
  await db.poll();
  await erase(db, EMAIL);
  const [alert] = await db.sql('select cooling_since is not null as cools from lead_bot.alerts');
  expect(alert).toEqual({ cools: true });
});

test("the bot itself can't erase", async () => {
  for (const name of ['erase_person', 'erase_company', 'erase_leads']) {
    const [{ may } = { may: true }] = await db.sql(
      `select bool_or(has_function_privilege(r.role, p.oid, 'execute')) as may
         from pg_proc p cross join (values ('lead_bot'), ('service_role'), ('anon'), ('authenticated')) r (role)
        where p.proname = $1`,
      [name],
    );
    expect(may).toBe(false);
  }
});

test('removals go first, even in a paused channel', async () => {
  await addLead(db, { domain: 'acme.example', name: 'Ada Stays' });
  await db.poll();
  await shown(await takeOne());
  await zoe({ domain: 'acme.example' });
  await db.poll();
  await later('1 minute');
  for (const delivery of await take()) {
    await shown(delivery, delivery.address?.ts ?? '18.1');
  }
  await erase(db, EMAIL);
  await db.sql(
    `insert into lead_bot.channels (channel, paused_until, pauses, pause_reason)
     values ($1, now(), 1, 'is_ext_shared')
     on conflict (channel) do update set paused_until = now(), pauses = 1, pause_reason = 'is_ext_shared'`,
    [CHANNEL],
  );
  const removal = await takeOne();
  expect(removal).toMatchObject({ action: 'remove', content: { kind: 'nothing' } });
  await confirm(removal, { kind: 'removed' });
  expect(await takeOne()).toMatchObject({ action: 'update', content: { kind: 'card' } });
});

test('erases a company under all spellings of its domain', async () => {
  await addLead(db, { domain: 'www.globex.example' });
  await addLead(db, { domain: 'https://globex.example/' });
  await addLead(db, { domain: 'other.example' });
  await db.sql(`select lead_bot.erase_company('GLOBEX.example')`);
  expect(await db.sql('select company_domain from public.developer_signups')).toEqual([
    { company_domain: 'other.example' },
  ]);
  expect(await db.sql('select domain from public.company_enrichment')).toEqual([
    { domain: 'other.example' },
  ]);
});
