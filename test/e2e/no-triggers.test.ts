import { expect, test } from 'vitest';
import { createPanel } from '../../src/sandbox/demo/panel.ts';
import { HOT_LEADS, message, startWorld } from '../support/world.ts';

const { slack, db, logged, startAnother } = await startWorld({ replicas: 0 });
const panel = createPanel(db.adminUrl);
await db.sql(`
  drop trigger lead_bot_mark_insert on public.lead_scores;
  drop trigger lead_bot_mark_update on public.lead_scores`);
await startAnother();

/** Makes a sweep due now. */
async function sweep(): Promise<void> {
  await db.sql(`update lead_bot.sweep_state set due_at = '-infinity'`);
  await expect
    .poll(() => db.sql('select due_at > now() as swept from lead_bot.sweep_state'))
    .toEqual([{ swept: true }]);
}

test('without triggers, posts cards of leads hot at the start, and logs what is missing', async () => {
  await message(slack, HOT_LEADS, 'VelocityPay');
  await message(slack, HOT_LEADS, 'HomeFront');
  const warnings = () => logged.filter((line) => line.includes('lacks the triggers'));
  await expect.poll(warnings).toHaveLength(1);
  expect(warnings()[0]).toContain('npm run db:apply');
});

test('without triggers, posts the card of a lead that turns hot after a sweep', async () => {
  await panel.run('cloudmetrics-hot');
  await sweep();
  await message(slack, HOT_LEADS, '🔥 CloudMetrics');
});

test('without triggers, cools a lead at the second sweep that misses it, and restores it at the next', async () => {
  const hot = await message(slack, HOT_LEADS, '🔥 VelocityPay');
  await panel.run('velocitypay-cools');
  await sweep();
  await db.sql(
    `update lead_bot.alert_leads set missing_since = missing_since - interval '1 minute'`,
  );
  await sweep();
  const cooling = await message(slack, HOT_LEADS, '🌥️ VelocityPay');
  expect(cooling.ts).toBe(hot.ts);

  await panel.run('velocitypay-hot');
  await sweep();
  const again = await message(slack, HOT_LEADS, '🔥 VelocityPay');
  expect(again.ts).toBe(hot.ts);
  expect(slack.messages(HOT_LEADS).filter(({ text }) => text.includes('VelocityPay'))).toHaveLength(
    1,
  );
});
