import { expect, test } from 'vitest';
import { supabaseHomes } from '../../src/adapters/supabase-homes.ts';
import { botDatabase } from '../support/bot-database.ts';
import { addLead } from '../support/leads.ts';
import { outboxStage } from '../support/outbox-stage.ts';

const db = await botDatabase();
const { alerts } = db;
const { takeOne } = outboxStage(db);
const homes = supabaseHomes(db.database);
const FIRST = { mine: 0, unclaimed: 0 };

async function aLead(domain: string, score = 85): Promise<string> {
  await addLead(db, { domain, company: domain, score });
  await db.poll();
  const [row] = await db.sql<{ id: string }>(
    'select id from lead_bot.alerts where account_key = $1',
    [domain],
  );
  if (row === undefined) throw new Error(`no alert of ${domain}`);
  return row.id;
}

test('a Home tab that is opened is drawn at once, as an update', async () => {
  await homes.open('U1');
  expect(await takeOne()).toMatchObject({
    action: 'update',
    channel: 'home',
    address: { channel: 'U1', ts: 'home' },
    content: { kind: 'home', user: 'U1', pages: FIRST, isIdle: false },
  });
});

test('a claimed lead moves from the unclaimed ones to its owner', async () => {
  const alert = await aLead('acme.example');
  expect((await homes.read('U1', FIRST)).unclaimed.alerts.map((a) => a.alert.id)).toEqual([alert]);
  await alerts.claim(alert, 'U1');
  const { mine, unclaimed, done } = await homes.read('U1', FIRST);
  expect({ mine: mine.alerts.map((a) => a.alert.id), unclaimed, done: done?.alert.id }).toEqual({
    mine: [alert],
    unclaimed: { total: 0, alerts: [] },
    done: alert,
  });
});
