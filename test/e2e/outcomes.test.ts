import { expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import { aHotLead } from '../support/hot-lead.ts';
import { webhookReceiver } from '../support/webhook-receiver.ts';
import { ALICE, onMessage, startWorld } from '../support/world.ts';

const crm = await webhookReceiver();
const { slack, db } = await startWorld({
  seed: false,
  env: { OUTCOME_WEBHOOK_URL: crm.url, OUTCOME_WEBHOOK_SECRET: crm.secret },
});

const typesOf = (alert: string) =>
  crm.received.filter(({ event }) => event.data.alert_id === alert).map(({ event }) => event.type);

test('a lead that turns hot and is claimed arrives as two signed webhooks, in order', async () => {
  const { alert, card } = await aHotLead({ db, slack });
  await slack.press(ALICE, onMessage(card), { actionId: ids.claim });
  await expect.poll(() => typesOf(alert)).toEqual(['lead.opened', 'lead.claimed']);
  expect(crm.forged).toEqual([]);
});
