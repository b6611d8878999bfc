import { expect, test } from 'vitest';
import { BEN, HOT_LEADS, message, readable, startWorld } from '../support/world.ts';

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

test('alone it says what makes a lead hot today, and what it can replay', async () => {
  const answer = readable(await lead('tune'));
  expect(answer).toContain('hot from 80 points: Usage 30%, Company 25%');
  expect(answer).toContain('2 alerts');
  expect(answer).toContain('/lead tune usage=35 company=20');
});

test('another score says what would have come, and the SQL it shows makes it so', async () => {
  const answer = await lead('tune 87');
  expect(readable(answer)).toContain('Hot from 87 points instead of 80');
  expect(readable(answer)).toContain('1 alert, instead of 2 alerts');
  const [sql = ''] =
    /begin;\n[\s\S]*commit;/.exec(
      answer.blocks
        ?.map((block) => (block.type === 'section' ? block.text?.text : ''))
        .join('\n') ?? '',
    ) ?? [];
  expect(await tiers()).toEqual({ 'homefront.tech': 'hot', 'velocitypay.io': 'hot' });
  await db.sql(sql.replaceAll('&gt;', '>').replaceAll('&lt;', '<').replaceAll('&amp;', '&'));
  expect(await tiers()).toEqual({ 'homefront.tech': 'warm', 'velocitypay.io': 'hot' });
  expect(readable(await lead('tune'))).toContain('hot from 87 points');
  expect(readable(await lead('homefront.tech'))).toContain('HomeFront');
});

test('weights that don’t add up to 100, and words, get a hint', async () => {
  expect(readable(await lead('tune usage=40'))).toContain('add up to 110%');
  expect(readable(await lead('tune hotter'))).toContain('I can’t read “hotter”');
});

async function tiers(): Promise<Record<string, string>> {
  const rows = await db.sql<{ company_domain: string; tier: string }>(
    "select company_domain, tier from public.lead_dashboard where company_domain in ('velocitypay.io', 'homefront.tech')",
  );
  return Object.fromEntries(rows.map(({ company_domain, tier }) => [company_domain, tier]));
}
