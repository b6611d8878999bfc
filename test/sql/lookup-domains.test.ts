import { expect, test } from 'vitest';
import type { LookupResult } from '../../src/core/lookup.ts';
import { botDatabase } from '../support/bot-database.ts';
import { addLead } from '../support/leads.ts';
import { lookupQuery } from '../support/lookup-query.ts';

const db = await botDatabase();

/** Looks up what an AE typed after `/lead`. */
const lookup = (asked: string): Promise<LookupResult> => db.alerts.lookup(lookupQuery(asked));

test.each([
  ['www.initech.example', 'www.initech.example'],
  ['initech.example', 'https://www.Initech.example/about'],
  ['www.initech.example', 'initech.example\u00a0'],
  ['xn--mnchen-3ya.de', 'münchen.de'],
  ['münchen.de', 'xn--mnchen-3ya.de'],
  ['https://MÜNCHEN.de/rathaus', 'www.xn--mnchen-3ya.de.'],
  ['mu\u0308nchen.de', 'münchen.de'],
])('finds %s when the table only has %j', async (asked, stored) => {
  const id = await addLead(db, { domain: stored, company: null, email: 'ada@elsewhere.example' });
  const result = await lookup(asked);
  expect(result).toMatchObject({
    kind: 'found',
    picture: { account: { leads: [{ developerId: id }] } },
  });
});

test('finds a domain known only from addresses, and parts of it', async () => {
  await addLead(db, { domain: null, email: 'ada@newco.example', name: 'Ada New' });
  await addLead(db, { domain: null, email: 'ben@newco.example', score: 60 });
  for (const asked of [
    'newco.example',
    '<http://newco.example|newco.example>',
    'newc',
    'Ada New',
  ]) {
    expect(await lookup(asked), asked).toMatchObject({
      kind: 'found',
      picture: {
        account: { leads: [{ championName: 'Ada New' }, { email: 'ben@newco.example' }] },
      },
    });
  }
});
