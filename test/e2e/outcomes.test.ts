import { expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import { aHotLead, type HotLead } from '../support/hot-lead.ts';
import { answers, webhookReceiver } from '../support/webhook-receiver.ts';
import { ALICE, onMessage, startWorld } from '../support/world.ts';

const crm = await webhookReceiver();
const { slack, db, bots, logged, startAnother } = await startWorld({
  seed: false,
  env: { OUTCOME_WEBHOOK_URL: crm.url, OUTCOME_WEBHOOK_SECRET: crm.secret },
});

const requestsOf = ({ alert }: HotLead) =>
  crm.received.filter(({ event }) => event.data.alert_id === alert);
const typesOf = (lead: HotLead) => requestsOf(lead).map(({ event }) => event.type);
const claim = ({ card }: HotLead) => slack.press(ALICE, onMessage(card), { actionId: ids.claim });

/** As if the pauses after failures, and leases of bots that are gone, were over. */
const hurry = () =>
  db.sql(`
    update lead_bot.outcome_queues set due_at = now() where due_at is not null;
    update lead_bot.outcome_endpoints set paused_until = now() where paused_until is not null and gone_at is null`);

/** Waits until a lead's requests are these, hurrying. */
const untilTypes = (lead: HotLead, types: readonly string[]) =>
  expect
    .poll(
      async () => {
        if (typesOf(lead).length < types.length) await hurry();
        return typesOf(lead);
      },
      { timeout: 30_000, interval: 300 },
    )
    .toEqual(types);

test('a lead that turns hot and is claimed arrives as two signed webhooks, in order', async () => {
  const lead = await aHotLead({ db, slack });
  await claim(lead);
  await expect.poll(() => typesOf(lead)).toEqual(['lead.opened', 'lead.claimed']);
  expect(crm.forged).toEqual([]);
});

test('a receiver that fails in every usual way gets each event in the end, under one id, in order', async () => {
  crm.next(
    answers.status(500),
    answers.cutOff,
    answers.status(302, { location: 'http://127.0.0.1:1/' }),
    answers.status(429, { 'retry-after': '1' }),
    answers.status(400),
  );
  const lead = await aHotLead({ db, slack });
  await claim(lead);
  await untilTypes(lead, [...Array(6).fill('lead.opened'), 'lead.claimed']);
  const [opened, claimed] = new Set(requestsOf(lead).map(({ id }) => id));
  expect(requestsOf(lead).map(({ id }) => id)).toEqual([...Array(6).fill(opened), claimed]);
  const reasons = logged.flatMap((line) => /"reason":"(HTTP \d+|[A-Z_]+)"/.exec(line)?.[1] ?? []);
  expect(reasons).toEqual(expect.arrayContaining(['HTTP 500', 'HTTP 302', 'HTTP 429', 'HTTP 400']));
});

test('a bot that is killed while it waits for the receiver loses nothing', async () => {
  crm.next(answers.silence);
  const lead = await aHotLead({ db, slack });
  await expect.poll(() => typesOf(lead)).toEqual(['lead.opened']);
  await Promise.all(bots.map((bot) => bot.kill()));
  await startAnother();
  await untilTypes(lead, ['lead.opened', 'lead.opened']);
  const [first, second] = requestsOf(lead);
  expect(second?.id).toBe(first?.id);
  expect(second?.body).toBe(first?.body);
});

test('after 410 the log says that webhooks are stopped, and a restart goes on where they did', async () => {
  crm.next(answers.status(410));
  const lead = await aHotLead({ db, slack });
  await claim(lead);
  await expect.poll(() => logged.join('\n')).toContain('its URL is gone');
  expect(typesOf(lead)).toEqual(['lead.opened']);
  await Promise.all(bots.map((bot) => bot.stop()));
  await startAnother();
  await untilTypes(lead, ['lead.opened', 'lead.opened', 'lead.claimed']);
});

test('several bots send each event once', async () => {
  await startAnother();
  const leads: HotLead[] = [];
  for (let n = 0; n < 5; n++) leads.push(await aHotLead({ db, slack }));
  await Promise.all(leads.map(claim));
  for (const lead of leads) {
    await expect.poll(() => typesOf(lead)).toEqual(['lead.opened', 'lead.claimed']);
  }
});

test('the log has neither the URL nor the secret, and no name of a company', () => {
  const lines = logged.filter((line) => line.includes('webhook'));
  expect(lines.length).toBeGreaterThan(0);
  for (const secret of [crm.secret, crm.url, 'company1x.example']) {
    expect(lines.filter((line) => line.includes(secret))).toEqual([]);
  }
});
