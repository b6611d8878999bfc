import { expect, test } from 'vitest';
import { readColumns } from '../../src/adapters/supabase-checkup.ts';
import { botDatabase } from '../support/bot-database.ts';
import { addLead } from '../support/leads.ts';
import { OTHER, ownerColumns } from '../support/owner-columns.ts';

const db = await botDatabase();
const { append, openAlertWith } = await ownerColumns(db);

test('the lead that opens an alert decides the owner, link and extra fields until it closes', async () => {
  await db.poll();
  await append({
    owner_email: `lower(v.champion_name) || '@ours.example'`,
    crm_url: `'https://crm.example/' || v.champion_name`,
    card_fields: `jsonb_build_object('Known by', v.champion_name)`,
  });
  await addLead(db, { name: 'Ada', score: 82 });
  await db.poll();
  await addLead(db, { name: 'Grace', score: 95 });
  await db.poll();
  const [best, other] = (await db.alerts.find(await db.onlyAlert()))?.account.leads ?? [];
  expect([best?.championName, other?.championName]).toEqual(['Grace', 'Ada']);
  expect(best).toMatchObject({
    ownerEmail: 'ada@ours.example',
    crmUrl: 'https://crm.example/Ada',
    cardFields: [{ label: 'Known by', text: 'Ada' }],
  });
});

test.each([
  ['[1, 2]', 0],
  ['7', 0],
  ['"text"', 0],
  ['null', 0],
  ['{"Plan": "Pro", "Seats": 40, "Nested": {"a": 1}, "List": [1], "Empty": "", "None": null}', 2],
  ['{"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6}', 5],
])('reads the label and text pairs of card_fields %s', async (json, expected) => {
  await openAlertWith({
    owner_email: "'jo@ours.example'",
    crm_url: "'https://crm.example/a?b=c'",
    card_fields: `'${json}'::jsonb`,
  });
  const lead = (await db.alerts.find(await db.onlyAlert()))?.account.leads[0];
  expect(lead).toMatchObject({
    ownerEmail: 'jo@ours.example',
    crmUrl: 'https://crm.example/a?b=c',
  });
  expect(lead?.cardFields).toHaveLength(expected);
});

test.each([
  "'javascript:alert(1)'",
  "'ftp://crm.example'",
  "'https://crm.example/ x'",
  "'https://crm.example/' || repeat('x', 3000)",
  "'crm.example'",
])("drops a crm_url that Slack wouldn't accept (%s)", async (value) => {
  await openAlertWith({
    crm_url: value,
    card_fields: `jsonb_build_object('big', repeat(md5(random()::text), 40000))`,
  });
  const lead = (await db.alerts.find(await db.onlyAlert()))?.account.leads[0];
  expect(lead?.crmUrl).toBeNull();
});

test('reports which columns exist and how many of their values are unusable', async () => {
  expect(await readColumns(db.database)).toEqual({
    found: [],
    wrong: null,
    channels: [],
    unfit: [],
  });
  await db.poll();
  await append({
    card_fields: `case when v.company_domain = 'd.example' then '[1]' else '{"a": 1}' end::jsonb`,
    alert_channel: `case v.company_domain when 'a.example' then '#sales' when 'b.example' then '${OTHER}' end`,
    owner_email: `case v.company_domain when 'b.example' then 'Jo' when 'a.example' then '' else 'jo@ours.example' end`,
    crm_url: `case v.company_domain when 'c.example' then 'crm/1' else 'https://crm.example/1' end`,
  });
  for (const letter of ['a', 'b', 'c', 'd', 'e']) {
    await addLead(db, { domain: `${letter}.example` });
  }
  await db.poll();
  await db.sql(`update lead_bot.card_channels set refused = 'is_archived'`);
  expect(await readColumns(db.database)).toEqual({
    found: ['alert_channel', 'owner_email', 'crm_url', 'card_fields'],
    wrong: { leads: 5, unreadable: 0, ownerEmail: 1, crmUrl: 1, cardFields: 1 },
    channels: [{ channel: OTHER, refused: 'is_archived' }],
    unfit: ['#sales'],
  });
});
