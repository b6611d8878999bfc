import { expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import { addLead, rescore } from '../support/leads.ts';
import { BEN, HOT_LEADS, message, readable, startWorld } from '../support/world.ts';

const { slack, db } = await startWorld();
await message(slack, HOT_LEADS, 'VelocityPay');
await message(slack, HOT_LEADS, 'HomeFront');

/** The private answer to `/lead why <text>`. */
async function why(text: string) {
  const before = slack.privateAnswers(BEN).length;
  expect(await slack.say(BEN, HOT_LEADS, `/lead why ${text}`)).toMatchObject({ ok: true });
  return slack.until(() => slack.privateAnswers(BEN)[before], { what: `why ${text}` });
}

test('accounts for the card of a hot company', async () => {
  const reply = readable(await why('app.velocitypay.io'));
  expect(reply).toContain('VelocityPay · 88');
  expect(reply).toMatch(/Marcus Chen, 88 points: (?:card|roll-up) in <#/);
  expect(reply).toContain('“app.velocitypay.io” belongs to velocitypay.io.');
});

test('says in words how far another company is from hot', async () => {
  expect(readable(await why('cloudmetrics.dev'))).toMatch(
    /Not hot\. \w+ is the weakest; [\d.]+ points? to go\./,
  );
});

test('a colleague joined the card, and a personal address gets none', async () => {
  const colleague = await addLead(db, { domain: 'velocitypay.io', name: 'Wanda', score: 62 });
  await rescore(db, colleague, 83);
  const hidden = await addLead(db, {
    domain: null,
    email: 'wim@gmail.com',
    name: 'Wim',
    score: 62,
  });
  await rescore(db, hidden, 90);
  await expect
    .poll(() => db.sql(`select from lead_bot.crossings where fate in ('joined', 'personal')`), {
      timeout: 10_000,
    })
    .toHaveLength(2);
  expect(readable(await why('velocitypay.io'))).toContain(
    "Wanda, 83 points: joined a colleague's card",
  );
  expect(readable(await why('wim@gmail.com'))).toMatch(
    /Wim.*The address is personal and no company is known.*Wim, 90 points: no card: a personal address/s,
  );
});

test('asks which company is meant, and answers for the picked one', async () => {
  for (const [domain, company] of [
    ['quince-one.example', 'Quince One'],
    ['quince-two.example', 'Quince Two'],
  ]) {
    await addLead(db, { domain: domain ?? '', company: company ?? '', score: 50 });
  }
  const list = await why('quince');
  await slack.press(
    BEN,
    { in: 'message', channel: HOT_LEADS, ts: list.ts },
    { actionId: ids.pickWhy, value: 'quince-two.example' },
  );
  await slack.until(
    () =>
      slack
        .privateAnswers(BEN)
        .some((m) => m.ts === list.ts && readable(m).includes('30 points to go')),
    { what: 'the answer for the picked company' },
  );
});

test('explains itself, and knows nothing about strangers', async () => {
  expect(readable(await why(''))).toContain('Type a company after');
  expect(readable(await why('nobody-at-all.example'))).toContain('I know nothing about');
});
