import { beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { supabaseOffers } from '../../src/adapters/supabase-offers.ts';
import { supabaseReports } from '../../src/adapters/supabase-reports.ts';
import { supabaseSteps } from '../../src/adapters/supabase-steps.ts';
import { byNameAlone } from '../../src/core/command.ts';
import type { Delivery, Outcome } from '../../src/core/message.ts';
import { botDatabase } from '../support/bot-database.ts';
import { erase } from '../support/erasure.ts';
import { addLead, alertOf, rescore } from '../support/leads.ts';
import { outboxStage } from '../support/outbox-stage.ts';
import { outcomeStage } from '../support/outcome-stage.ts';

const db = await botDatabase();
const { alerts } = db;
const { take, confirm, shown, later } = outboxStage(db);
const webhooks = outcomeStage(db);
const offers = supabaseOffers(db.database);
const steps = supabaseSteps(db.database);

const OWNER = 'U0OWNER';
const TOMORROW = new Date(Date.now() + 86_400_000);

interface Company {
  domain: string;
  /** Two that are hot, one that isn't. */
  leads: readonly [string, string, string];
  /** The open one. */
  alert: string;
}
let acme: Company;
let bystander: Company;

let posts = 0;
/** Delivers all that is due, each to an address of its own. */
async function deliver(): Promise<void> {
  for (let due = await take(); due.length > 0; due = await take()) {
    for (const delivery of due) {
      posts += 1;
      await shown(delivery, delivery.address?.ts ?? `1700000${posts}.000100`);
    }
    await later('2 seconds');
  }
}

async function companyOf(name: string): Promise<Omit<Company, 'alert'>> {
  const domain = `${name}.example`;
  const add = (who: string, score: number) =>
    addLead(db, { domain, company: name, name: `${who} ${name}`, score });
  const leads = [await add('Ada', 90), await add('Ben', 85), await add('Cleo', 50)] as const;
  await db.sql(
    `insert into public.stakeholders (company_domain, full_name, title) values ($1, $2, 'CTO')`,
    [domain, `Dora ${name}`],
  );
  return { domain, leads };
}

/** Two companies with the same history: an alert before, and one that is claimed, noted and posted. */
beforeEach(async () => {
  // First in the tables and in the alphabet: what looks at too many rows tends to find it.
  const made = [await companyOf('a-bystander'), await companyOf('acme')] as const;
  await webhooks.turnOn();
  await db.poll();
  await deliver();
  for (const { domain } of made) {
    const alert = await alertOf(db, domain);
    await alerts.claim(alert, OWNER);
    await alerts.addNote(alert, OWNER, `Note on ${domain}`);
    await alerts.contact(alert, OWNER, 'call', `Called ${domain}`);
    await alerts.outcome(alert, OWNER, 'meeting', null, `Met ${domain}`);
  }
  // Both go cold, and turn hot again months later.
  for (const { leads } of made) for (const lead of leads) await rescore(db, lead, 40);
  await db.poll();
  await db.age('40 days');
  await db.sweep();
  await deliver();
  for (const { leads } of made) for (const lead of leads.slice(0, 2)) await rescore(db, lead, 91);
  await db.poll();
  const withAlert = async (company: Omit<Company, 'alert'>): Promise<Company> => ({
    ...company,
    alert: await alertOf(db, company.domain),
  });
  [bystander, acme] = [await withAlert(made[0]), await withAlert(made[1])];
  await deliver();
});

/** Every row of the bot that is about this company, by table. */
async function rowsAbout({ domain }: Company): Promise<Record<string, unknown[]>> {
  const tables = await db.sql<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c
      where c.relkind = 'r' and c.relnamespace = 'lead_bot'::regnamespace order by 1`,
  );
  const ids = await db.sql<{ id: string }>(
    `select s.id::text as id from public.developer_signups s where s.company_domain = $1
     union all select a.id::text from lead_bot.alerts a where a.account_key = $1
     union all select m.id::text from lead_bot.messages m join lead_bot.alerts a on a.id = m.alert_id where a.account_key = $1
     union all select $1`,
    [domain],
  );
  const rows: Record<string, unknown[]> = {};
  for (const { name } of tables) {
    const found = await db.sql(
      `select to_jsonb(t) as row from ${name} t where to_jsonb(t)::text ~ $1 order by to_jsonb(t)::text`,
      [ids.map(({ id }) => id).join('|')],
    );
    if (found.length > 0) rows[name] = found;
  }
  return rows;
}

/** Tables in which each company has rows. */
const HELD = [
  'lead_bot.alert_events',
  'lead_bot.alert_leads',
  'lead_bot.alert_notes',
  'lead_bot.alerts',
  'lead_bot.crossings',
  'lead_bot.message_alerts',
  'lead_bot.messages',
  'lead_bot.outcomes',
];

/** Takes the next drawing of the card after a claim. */
async function taken(): Promise<Delivery> {
  await alerts.claim(acme.alert, OWNER);
  await later('2 seconds');
  const due = await take();
  const ours = due.find(({ content }) => JSON.stringify(content).includes(acme.alert));
  if (ours === undefined) throw new Error('there is no drawing of the card');
  return ours;
}

const outcome = (made: Outcome) => async () => {
  const delivery = await taken();
  return () => confirm(delivery, made);
};

async function dueStep() {
  await steps.setDeadlines({ claimMs: 1, contactMs: 1, followUpMs: 1 });
  const { cases, now } = await steps.due(50);
  const one = cases.find(({ alertId }) => alertId === acme.alert);
  if (one === undefined) throw new Error('no step is due');
  return { one, now };
}

/** What is done about one company. A function that is returned comes after what prepared it. */
const CHANGES: readonly [string, () => Promise<unknown>][] = [
  ['claims it', () => alerts.claim(acme.alert, OWNER)],
  [
    'claims and releases it',
    async () => {
      await alerts.claim(acme.alert, OWNER);
      await alerts.release(acme.alert, OWNER);
    },
  ],
  [
    'claims it and takes that back',
    async () => {
      const claimed = await alerts.claim(acme.alert, OWNER);
      const undo = claimed.ok ? claimed.picture.alert.undo : null;
      if (undo === null) throw new Error('there is nothing to undo');
      await alerts.undo(acme.alert, OWNER, undo.id);
    },
  ],
  [
    'hands it over, and back',
    async () => {
      await alerts.claim(acme.alert, OWNER);
      await alerts.handOver(acme.alert, OWNER, 'U0BEN', 'Yours');
      await alerts.giveBack(acme.alert, 'U0BEN');
    },
  ],
  [
    'keeps it',
    async () => {
      await alerts.claim(acme.alert, OWNER);
      await alerts.handOver(acme.alert, OWNER, 'U0BEN', 'Yours');
      await alerts.keep(acme.alert, 'U0BEN');
    },
  ],
  [
    'contacts it, and says what came of it',
    async () => {
      await alerts.contact(acme.alert, OWNER, 'call', 'Called');
      await alerts.outcome(acme.alert, OWNER, 'not-now', TOMORROW, 'Next year');
    },
  ],
  ['snoozes it', () => alerts.snooze(acme.alert, OWNER, TOMORROW)],
  ['calls it not a fit', () => alerts.notAFit(acme.alert, OWNER, 'student', '', 3_600_000)],
  ['notes something', () => alerts.addNote(acme.alert, OWNER, 'Remember')],
  [
    'has first call, and passes',
    async () => {
      await offers.make(acme.alert, 'U0BEN', 'rotation', TOMORROW);
      await alerts.pass(acme.alert, 'U0BEN');
    },
  ],
  [
    'erases one of its people',
    async () => {
      const [row] = await db.sql<{ email: string }>(
        'select email from public.developer_signups where id = $1',
        [acme.leads[0]],
      );
      await erase(db, row?.email ?? '');
    },
  ],
  ['erases it', () => erase(db, acme.domain)],
  [
    'has another hot lead of it',
    async () => {
      await rescore(db, acme.leads[2], 95);
      await db.poll();
    },
  ],
  [
    'scores one of its leads anew',
    async () => {
      await rescore(db, acme.leads[0], 99);
      await db.poll();
    },
  ],
  [
    'sees it go cold',
    async () => {
      for (const lead of acme.leads) await rescore(db, lead, 40);
      await db.poll();
      await db.sql(
        `update lead_bot.alerts set cooling_since = cooling_since - interval '2 days' where account_key = $1`,
        [acme.domain],
      );
      await db.poll();
    },
  ],
  [
    'finds that its developers are gone',
    async () => {
      await db.sql('delete from public.lead_scores where developer_id = any ($1)', [acme.leads]);
      await db.sweep();
    },
  ],
  [
    'moves it to another domain',
    async () => {
      await db.sql(
        `update public.developer_signups set company_domain = 'acme2.example' where company_domain = $1`,
        [acme.domain],
      );
      await db.sweep();
      await db.sweep();
    },
  ],
  [
    'defers its steps',
    async () => {
      const { one } = await dueStep();
      return () =>
        steps.defer([{ alertId: one.alertId, seen: one.seen, at: TOMORROW, dueAt: TOMORROW }]);
    },
  ],
  [
    'is reminded of it',
    async () => {
      const { one, now } = await dueStep();
      const step = {
        alertId: one.alertId,
        kind: 'reminder',
        period: one.period,
        until: null,
      } as const;
      return () => steps.take([step], [{ to: OWNER, at: now, sendBy: TOMORROW }], false);
    },
  ],
  [
    'sees it drawn',
    async () => {
      const delivery = await taken();
      const { version, address } = delivery;
      const at = address ?? { channel: delivery.channel, ts: '1.1' };
      return () =>
        confirm(delivery, { kind: 'shown', version, address: at, hash: 'h2', sent: true });
    },
  ],
  ['deletes its card', outcome({ kind: 'gone', reason: 'message_not_found' })],
  ['sees its card given up', outcome({ kind: 'dead', reason: 'no_text' })],
  ['sees its blocks refused', outcome({ kind: 'plain', reason: 'invalid_blocks' })],
  ['sees its card too old to edit', outcome({ kind: 'frozen', reason: 'edit_window_closed' })],
  [
    'waits for its card',
    outcome({
      kind: 'later',
      reason: 'new_code',
      counts: true,
      wholeChannel: false,
      afterMs: 60_000,
    }),
  ],
];

test.each(CHANGES)('when someone %s, nothing about another company changes', async (_, change) => {
  const ofAcme = await rowsAbout(acme);
  let before = await rowsAbout(bystander);
  expect(Object.keys(before)).toEqual(expect.arrayContaining(HELD));
  const then = await change();
  if (typeof then === 'function') {
    before = await rowsAbout(bystander);
    await then();
  }
  expect(await rowsAbout(bystander)).toEqual(before);
  expect(await rowsAbout(acme)).not.toEqual(ofAcme);
});

const READS: readonly [string, () => Promise<unknown>][] = [
  ['its alert', () => alerts.find(acme.alert)],
  ['the next drawing of its card', async () => (await taken()).content],
  [
    'its trace',
    () =>
      db.database.call('lead_bot_trace', { p_keys: ['acme.example'], p_emails: [] }, z.unknown()),
  ],
  ['a lookup', () => alerts.lookup({ ...byNameAlone('acme'), keys: ['acme.example'] })],
  [
    'why it was hot',
    () => supabaseReports(db.database).why({ keys: ['acme.example'], emails: [] }),
  ],
];

test.each(READS)('%s says nothing about another company', async (_, read) => {
  const text = JSON.stringify(await read());
  expect(text).toContain('acme');
  expect(text).not.toContain('bystander');
});

test('webhooks about a company say nothing about another', async () => {
  await alerts.claim(acme.alert, OWNER);
  const sent = (await webhooks.deliverAll()).map((body) => JSON.stringify(body));
  expect(sent.filter((body) => body.includes('acme')).length).toBeGreaterThan(4);
  expect(sent.filter((body) => body.includes('acme') && body.includes('bystander'))).toEqual([]);
});
