import { expect, test } from 'vitest';
import { supabaseOutcomes } from '../../src/adapters/supabase-outcomes.ts';
import { botDatabase } from '../support/bot-database.ts';
import { addCanaries, sightings } from '../support/canaries.ts';
import { erase } from '../support/erasure.ts';
import { addLead } from '../support/leads.ts';
import { bodyOf, ENDPOINT, LEASE_MS, outcomeStage } from '../support/outcome-stage.ts';

const db = await botDatabase();
const { alerts } = db;
const { turnOn, take, confirm } = outcomeStage(db);
const withPeople = supabaseOutcomes(db.database, { fingerprint: ENDPOINT, people: true });

const ANNA = 'U0ANNA';
const BEN = 'U0BEN';
const DOMAIN = 'aviary.example';

/** Everything that waits, as it would be sent now. */
async function waiting(outcomes: typeof withPeople | null = null): Promise<string> {
  const bodies: string[] = [];
  const next = async () =>
    outcomes === null ? take() : (await outcomes.take(10, LEASE_MS, false)).work;
  for (let due = await next(); due.length > 0; due = await next()) {
    for (const taken of due) {
      bodies.push(taken.event.body);
      await confirm(taken);
    }
  }
  return bodies.join('\n');
}

/** An alert of a company whose every text is a canary, with each kind of gesture. */
async function worked(): Promise<string> {
  await turnOn();
  await addCanaries(db, DOMAIN);
  // Companies are named.
  await db.sql(`update public.company_enrichment set company_name = 'Aviary' where domain = $1`, [
    DOMAIN,
  ]);
  await db.poll();
  const id = await db.onlyAlert();
  await alerts.claim(id, ANNA);
  await alerts.handOver(id, ANNA, BEN, 'canary note of an AE');
  await alerts.contact(id, BEN, 'email', 'canary note of an AE, typed.canary@leak.example');
  await alerts.outcome(id, BEN, 'lost', null, 'canary note of an AE');
  return id;
}

test('without OUTCOME_WEBHOOK_PEOPLE a webhook names no person: no lead, no AE, nothing that they wrote', async () => {
  await worked();
  const sent = await waiting();
  expect(sent.split('\n')).toHaveLength(5);
  expect(sightings(sent, [ANNA, BEN])).toEqual([]);
  expect(sent).not.toContain('people');
});

test('with it a webhook names who did it, who has the lead, and the lead', async () => {
  const id = await worked();
  const sent = (await waiting(withPeople)).split('\n').map((body) => JSON.parse(body).data.people);
  const lead = { name: expect.stringContaining('Kanarienvogel'), email: `zoe.canary@${DOMAIN}` };
  expect(sent).toEqual([
    { actor: null, owner: null, target: null, lead },
    { actor: ANNA, owner: ANNA, target: null, lead },
    { actor: ANNA, owner: BEN, target: BEN, lead },
    { actor: BEN, owner: BEN, target: null, lead },
    { actor: BEN, owner: BEN, target: null, lead },
  ]);
  expect(await alerts.find(id)).not.toBeNull();
});

test('even with it, what AEs wrote stays here', async () => {
  await worked();
  expect(await waiting(withPeople)).not.toContain('canary note');
});

test('an erased person is gone from what waits, and it is still sent', async () => {
  await turnOn();
  await addLead(db, { domain: DOMAIN, email: `zoe@${DOMAIN}`, name: 'Zoe Zilch' });
  await addLead(db, { domain: DOMAIN, email: `max@${DOMAIN}`, name: 'Max Muster', score: 81 });
  await db.poll();
  await alerts.claim(await db.onlyAlert(), ANNA);
  await erase(db, `zoe@${DOMAIN}`);
  const sent = (await waiting(withPeople)).split('\n').map((body) => JSON.parse(body));
  expect(sent.map(({ type, data }) => [type, data.people.lead])).toEqual([
    ['lead.opened', { name: 'Max Muster', email: `max@${DOMAIN}` }],
    ['lead.claimed', { name: 'Max Muster', email: `max@${DOMAIN}` }],
  ]);
});

test('of an erased company nothing is sent any more', async () => {
  await worked();
  await erase(db, DOMAIN);
  expect(await waiting(withPeople)).toBe('');
  expect(await db.sql('select from lead_bot.outcomes')).toEqual([]);
  expect(await db.sql('select from lead_bot.outcome_queues')).toEqual([]);
});

test('an attempt that was under way when its company was erased can still be reported', async () => {
  await worked();
  const [under] = await take();
  if (under === undefined) throw new Error('nothing was due');
  await erase(db, DOMAIN);
  expect(await confirm(under)).toBe('stale');
});

test('an event that waits longer than RETENTION_DAYS names no lead', async () => {
  const id = await worked();
  await db.sql(`update lead_bot.alerts set closed_at = now() - interval '2 days' where id = $1`, [
    id,
  ]);
  await db.tidy(1);
  const sent = await waiting(withPeople);
  expect(sent.split('\n')).toHaveLength(5);
  expect(sightings(sent)).toEqual([]);
});

test('a lead whose company turns out to be a mail provider names neither an address nor an id', async () => {
  await turnOn();
  const id = await addLead(db, { domain: 'mail.example', email: 'zoe@mail.example' });
  await db.sql('update public.company_enrichment set company_name = null where true');
  await db.poll();
  await db.sql(
    `insert into lead_bot.mail_providers (domain, gives_addresses, by_hand) values ('mail.example', true, true)`,
  );
  await db.sweep();
  await db.age('2 hours');
  await db.poll();
  const sent = await waiting();
  expect(sent).not.toContain('zoe@mail.example');
  expect(sent).not.toContain(id);
  expect(sent.split('\n').map((body) => JSON.parse(body).data.company)).toEqual([
    { domain: null, name: null },
    { domain: null, name: null },
  ]);
});

test('somebody whom the lead tables no longer have is not named', async () => {
  await turnOn();
  const id = await addLead(db, { domain: DOMAIN, email: `zoe@${DOMAIN}`, name: 'Zoe Zilch' });
  await db.poll();
  await db.sql('delete from public.developer_signups where id = $1', [id]);
  expect(JSON.parse(await waiting(withPeople))).toMatchObject({
    type: 'lead.opened',
    data: { people: { lead: null } },
  });
});

test('a row that cannot be read does not hold an event up', async () => {
  await turnOn();
  await addLead(db, { domain: DOMAIN, company: 'Aviary' });
  await db.poll();
  await db.sql(`
    create or replace function lead_bot.account_name(p_account_key text) returns text
    language plpgsql stable set search_path = '' as $$ begin return 1 / 0; end $$`);
  const [taken] = (await withPeople.take(1, LEASE_MS, false)).work;
  expect(taken && bodyOf(taken).data).toMatchObject({
    company: { domain: DOMAIN, name: DOMAIN },
    people: null,
  });
});
