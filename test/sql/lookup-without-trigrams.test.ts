import { expect, test } from 'vitest';
import { botDatabase } from '../support/bot-database.ts';
import { addLead } from '../support/leads.ts';

// The extension is dropped while the bot runs, without another db:apply.
const db = await botDatabase();
const { alerts } = db;
await db.sql('drop extension pg_trgm cascade');

const byText = (name: string) => ({
  keys: [],
  emails: [],
  names: [name],
  profiles: [],
  near: name,
  parts: true,
});
const search = (name: string) => alerts.lookup(byText(name));

async function companies(): Promise<void> {
  await addLead(db, { domain: 'velocitypay.io', company: 'VelocityPay', score: 88 });
  await addLead(db, { domain: 'homefront.tech', company: 'HomeFront Technologies', score: 86 });
  await addLead(db, { domain: 'medisync.health', company: 'MediSync', score: 68 });
}

test.each(['velocitypay', 'velocity', 'homefront t', 'medi'])(
  'without pg_trgm finds %s by name or prefix',
  async (name) => {
    await companies();
    expect(await search(name)).toMatchObject({ kind: 'found' });
  },
);

test('without pg_trgm finds a company by domain', async () => {
  await companies();
  expect(await alerts.lookup({ ...byText('velocitypay'), keys: ['velocitypay.io'] })).toMatchObject(
    { kind: 'found', picture: { account: { name: 'VelocityPay' } } },
  );
});

test.each(['velocty pay', 'velocitypaid', 'velocity bay'])(
  'without pg_trgm offers a name with the same prefix for %s',
  async (name) => {
    await companies();
    expect(await search(name)).toMatchObject({
      kind: 'near',
      fitting: 0,
      matches: [{ domain: 'velocitypay.io' }],
    });
  },
);

test('without pg_trgm finds nothing for an unknown name', async () => {
  await companies();
  expect(await search('zzzyqx')).toEqual({ kind: 'none' });
});

test('without pg_trgm compares the ten companies before and after the text', async () => {
  for (const letter of 'bcwx') {
    await addLead(db, { domain: `${letter}.example`, company: `Velocity ${letter}` });
  }
  // Without leads, they are never offered.
  await db.sql(
    `insert into public.company_enrichment (domain, company_name)
     select letter || '.example', 'Velocity ' || letter from string_to_table('defghijklnopqrstuv', null) letter`,
  );
  const result = await search('velocity m');
  expect(result.kind === 'near' && result.matches.map(({ domain }) => domain).sort()).toEqual([
    'c.example',
    'w.example',
  ]);
});
