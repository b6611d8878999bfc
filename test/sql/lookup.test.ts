import { expect, test } from 'vitest';
import { parseCommand } from '../../src/core/command.ts';
import type { LookupResult } from '../../src/core/lookup.ts';
import { botDatabase } from '../support/bot-database.ts';
import { addLead, rescore } from '../support/leads.ts';

const db = await botDatabase();
const { alerts } = db;

/** Looks up what an AE typed behind `/lead`. */
async function lookup(asked: string): Promise<LookupResult> {
  const command = parseCommand(asked);
  if (command.kind !== 'lookup') throw new Error(`${asked} is a ${command.kind}`);
  return alerts.lookup(command.query);
}

async function companies(): Promise<void> {
  await addLead(db, {
    domain: 'velocitypay.io',
    company: 'VelocityPay',
    email: 'Marcus.Chen@velocitypay.io',
    score: 88,
  });
  await addLead(db, { domain: 'homefront.tech', company: 'HomeFront Technologies', score: 86 });
  await addLead(db, { domain: 'medisync.health', company: 'MediSync', score: 68 });
}

test.each([
  'velocitypay.io',
  'VelocityPay.IO',
  'app.velocitypay.io',
  'a.b.velocitypay.io',
  'https://www.velocitypay.io/pricing?x=1',
  '<http://velocitypay.io|velocitypay.io>',
  'marcus.chen@velocitypay.io',
  '<mailto:marcus.chen@velocitypay.io|marcus.chen@velocitypay.io>',
  'somebody.else@velocitypay.io',
  'VelocityPay',
  'velocitypay',
  'velocity',
  'locitypay',
])('%s finds VelocityPay', async (asked) => {
  await companies();
  expect(await lookup(asked)).toMatchObject({
    kind: 'found',
    picture: { account: { key: 'velocitypay.io', name: 'VelocityPay' }, current: null },
  });
});

test('the longest domain that somebody has wins', async () => {
  await addLead(db, { domain: 'bigcorp.example', company: 'BigCorp' });
  await addLead(db, { domain: 'labs.bigcorp.example', company: 'BigCorp Labs' });
  expect(await lookup('x.labs.bigcorp.example')).toMatchObject({
    picture: { account: { name: 'BigCorp Labs' } },
  });
  expect(await lookup('shop.bigcorp.example')).toMatchObject({
    picture: { account: { name: 'BigCorp' } },
  });
});

test('an address finds its developer’s company, also when its domain is another', async () => {
  await addLead(db, { domain: 'acme.example', email: 'ada@contractor.example' });
  expect(await lookup('ada@contractor.example')).toMatchObject({
    kind: 'found',
    picture: { account: { key: 'acme.example' } },
  });
});

test('a developer without a company is found by address', async () => {
  const id = await addLead(db, { domain: null, email: 'solo@dev.example' });
  expect(await lookup('solo@dev.example')).toMatchObject({
    kind: 'found',
    picture: { account: { key: `lead:${id}`, name: 'solo@dev.example', domain: null } },
  });
});

test('a developer with a personal address is nobody’s lead', async () => {
  await addLead(db, { domain: null, email: 'ada@gmail.com' });
  await addLead(db, { domain: 'hidden.example', company: 'Hidden', email: 'b@gmail.com' });
  expect(await lookup('ada@gmail.com')).toEqual({ kind: 'none' });
  expect(await lookup('hidden.example')).toEqual({ kind: 'none' });
  expect(await lookup('Hidden')).toEqual({ kind: 'none' });
});

test.each(['velocty pay', 'VelocityPaid', 'velocitypay.com'])(
  '%s is no company, but comes near VelocityPay',
  async (asked) => {
    await companies();
    const result = await lookup(asked);
    expect(result).toMatchObject({ kind: 'near', fitting: 0 });
    expect(result.kind === 'near' && result.matches[0]).toEqual({
      accountKey: 'velocitypay.io',
      name: 'VelocityPay',
      domain: 'velocitypay.io',
      totalScore: 88,
      tier: 'hot',
    });
  },
);

test('a part of a name that several companies have asks which one, and says how many there are', async () => {
  for (let i = 0; i < 12; i++) {
    await addLead(db, { domain: `north${i}.example`, company: `North Wind ${i}` });
  }
  await addLead(db, { domain: 'norm-windows.example', company: 'Norm Windows' });
  const result = await lookup('north wind');
  expect(result).toMatchObject({ kind: 'near', fitting: 12 });
  expect(result.kind === 'near' && result.matches.length).toBe(10);
});

test('what comes near is five companies at most', async () => {
  for (let i = 0; i < 7; i++) {
    await addLead(db, { domain: `north${i}.example`, company: `North Wind ${i}` });
  }
  const result = await lookup('nort wind');
  expect(result).toMatchObject({ kind: 'near', fitting: 0 });
  expect(result.kind === 'near' && result.matches.length).toBe(5);
});

test('the end of a domain is no part of a name', async () => {
  await companies();
  expect(await lookup('health')).toMatchObject({ kind: 'near', fitting: 0 });
});

test('a name that several companies share asks which one', async () => {
  await addLead(db, { domain: 'apex.example', company: 'Apex', score: 90 });
  await addLead(db, { domain: 'apex-group.example', company: 'APEX', score: 50 });
  await addLead(db, { domain: 'apexes.example', company: 'Apexes', score: 50 });
  const result = await lookup('apex');
  expect(result).toMatchObject({ kind: 'near', fitting: 2 });
  expect(result.kind === 'near' && result.matches.map((match) => match.domain).sort()).toEqual([
    'apex-group.example',
    'apex.example',
  ]);
});

test('what nobody resembles finds nothing', async () => {
  await companies();
  expect(await lookup('zzzyqx')).toEqual({ kind: 'none' });
  expect(await lookup('zzzyqx.example')).toEqual({ kind: 'none' });
});

test.each(["'; drop table alerts; --", '100%', '_', '\\', 'a\u0000b', '%%%', '🎉 velocitypay'])(
  '%j does no harm',
  async (asked) => {
    await companies();
    const command = parseCommand(asked);
    if (command.kind === 'lookup') await alerts.lookup(command.query);
    expect(await alerts.hot(5)).toMatchObject({ total: 0 });
  },
);

test('a company that is looked up comes with its leads, signals and people, strongest first', async () => {
  await addLead(db, { score: 62, name: 'Ada' });
  await addLead(db, { score: 75, name: 'Grace' });
  await db.sql(
    `insert into public.expansion_signals (company_domain, signal_type, signal_title, signal_strength, signal_date)
     values ('acme.example', 'news', 'weak', 'low', '2026-03-02'),
            ('acme.example', 'hiring', 'old', 'high', '2026-01-01'),
            ('acme.example', 'funding', 'new', 'high', '2026-03-01')`,
  );
  await db.sql(
    `insert into public.stakeholders (company_domain, full_name, is_decision_maker)
     values ('acme.example', 'Ann Engineer', false), ('acme.example', 'Zoe Chief', true)`,
  );
  const result = await lookup('acme.example');
  if (result.kind !== 'found') throw new Error(result.kind);
  const { account } = result.picture;
  expect(account.leads.map((lead) => lead.championName)).toEqual(['Grace', 'Ada']);
  expect(account.signals.map((signal) => signal.title)).toEqual(['new', 'old', 'weak']);
  expect(account.stakeholders.map((person) => person.fullName)).toEqual([
    'Zoe Chief',
    'Ann Engineer',
  ]);
});

test('a company that is looked up comes with its open alert, or else its newest one', async () => {
  const lead = await addLead(db);
  await db.poll();
  const first = await db.onlyAlert();
  const current = async () => {
    const result = await lookup('acme.example');
    return result.kind === 'found' ? result.picture.current?.alert : undefined;
  };
  expect(await current()).toMatchObject({ id: first, status: 'open' });
  await rescore(db, lead, 50);
  await db.poll();
  await db.age('30 hours');
  await db.poll();
  expect(await current()).toMatchObject({ id: first, status: 'cooled' });
  await rescore(db, lead, 90);
  await db.poll();
  const second = await current();
  expect(second?.id).not.toBe(first);
  expect(second?.status).toBe('open');
});
