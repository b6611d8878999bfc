import { expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import { BEN, confirmShare, HOT_LEADS, message, readable, startWorld } from '../support/world.ts';

const { slack, db } = await startWorld();
await message(slack, HOT_LEADS, 'VelocityPay');
await message(slack, HOT_LEADS, 'HomeFront');

async function lead(text: string) {
  const before = slack.privateAnswers(BEN).length;
  expect(await slack.say(BEN, HOT_LEADS, `/lead ${text}`)).toMatchObject({ ok: true });
  return slack.until(() => slack.privateAnswers(BEN)[before], {
    what: `the answer to /lead ${text}`,
  });
}

test.each([
  ['hot fintech', 'VelocityPay', 'HomeFront'],
  ['hot proptech >500', 'HomeFront', 'VelocityPay'],
  ['hot 51-200', 'VelocityPay', 'HomeFront'],
  ['hot series b', 'VelocityPay', 'HomeFront'],
])('/lead %s finds %s', async (asked, found, other) => {
  const answer = readable(await lead(asked));
  expect(answer).toContain(found);
  expect(answer).not.toContain(other);
  expect(answer).toContain(`1 hot lead: ${asked.slice(4)}`);
});

test('a press on a row of a filtered list, and sharing it, keep the filter', async () => {
  const list = await lead('hot fintech');
  const at = { in: 'message', channel: HOT_LEADS, ts: list.ts } as const;
  expect(await slack.press(BEN, at, { actionId: ids.claim })).toMatchObject({ ok: true });
  await slack.until(
    () =>
      slack
        .privateAnswers(BEN)
        .some((m) => m.ts === list.ts && /1 hot lead: fintech[\s\S]*claimed by/.test(readable(m))),
    { what: 'the list, redrawn' },
  );
  await slack.press(BEN, at, { actionId: ids.shareList });
  await confirmShare(slack, BEN);
  const shared = readable(await message(slack, HOT_LEADS, 'Shared by'));
  expect(shared).toContain('1 hot lead: fintech');
  expect(shared).not.toContain('HomeFront');
});

test('mine can be narrowed too', async () => {
  expect(readable(await lead('mine fintech'))).toContain('1 lead for you: fintech');
  expect(readable(await lead('mine proptech'))).toContain('None of your leads fits “proptech”');
  expect(readable(await lead('mine late'))).toContain('None of your leads fits “late”');
});

test('what can’t be read shows the forms, and an empty list what was looked for', async () => {
  expect(readable(await lead('hot >'))).toContain('51-200');
  expect(readable(await lead('hot >abc'))).toContain('I can’t read');
  expect(readable(await lead('hot insurance'))).toMatch(
    /No hot lead fits “insurance”[\s\S]*insurtech/,
  );
});

test('a company whose name begins with the word is offered below', async () => {
  await db.sql(
    "insert into public.company_enrichment (domain, company_name) values ('hottopic.example', 'Hot Topic')",
  );
  await db.sql(
    "insert into public.developer_signups (email, company_domain) values ('a@hottopic.example', 'hottopic.example')",
  );
  expect(readable(await lead('hot topic'))).toMatch(/No hot lead fits “topic”[\s\S]*Hot Topic/);
});
