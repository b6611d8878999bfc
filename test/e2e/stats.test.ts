import { expect, test } from 'vitest';
import { aHotLead } from '../support/hot-lead.ts';
import { ALICE, BEN, CHLOE, HOT_LEADS, readable, startWorld } from '../support/world.ts';

const world = await startWorld({ seed: false, env: { MANAGERS: ALICE, CLAIM_WITHIN: '2h' } });
const { slack, db } = world;
await aHotLead(world, BEN);
await aHotLead(world, CHLOE);
await aHotLead(world);

/** The private answer to `/lead stats <words>`. */
async function stats(user: string, words = '') {
  const before = slack.privateAnswers(user).length;
  expect(await slack.say(user, HOT_LEADS, `/lead stats ${words}`)).toMatchObject({ ok: true });
  const answer = await slack.until(() => slack.privateAnswers(user)[before], {
    what: `the answer to /lead stats ${words}`,
  });
  const types = new Set(answer.blocks.map(({ type }) => type));
  return {
    words: readable(answer),
    people: JSON.stringify(answer.blocks).match(/U0[A-Z]+/g) ?? [],
    isRich: types.has('data_table'),
  };
}

test('a manager sees what everyone has done, with a table', async () => {
  const { words, people, isRich } = await stats(ALICE);
  expect(words).toContain('Alerts of the last 30 days');
  expect(words).toMatch(/3 alerts.* · 2 claimed \(67%\) · 0 contacted \(0%\)/);
  expect(words).toContain('2 of 2 in time (100%)');
  expect(words).toContain('3 leads turned hot: 3 got a card');
  expect(new Set(people)).toEqual(new Set([BEN, CHLOE]));
  expect(isRich).toBe(true);
});

test('others see only their own row beside that of the team', async () => {
  const { words, people } = await stats(BEN, '7d');
  expect(words).toMatch(/3 alerts.* · 2 claimed/);
  expect(new Set(people)).toEqual(new Set([BEN]));
});

test.each([400, 200] as const)(
  'a workspace that refuses charts (HTTP %i) gets words at once, and is asked again after a day',
  async (urlStatus) => {
    const allow = slack.misbehave({
      how: { kind: 'refuse-block', type: 'data_visualization', urlStatus },
    });
    const refused = await stats(ALICE);
    expect(refused.isRich).toBe(false);
    expect(refused.words).toContain('API growth: 0 of 3 (0%)');
    expect(new Set(refused.people)).toEqual(new Set([BEN, CHLOE]));
    allow();
    expect((await stats(ALICE)).isRich).toBe(false);
    await db.sql(
      `update lead_bot.poll_state set new_blocks_refused_at = new_blocks_refused_at - interval '25 hours'`,
    );
    expect((await stats(ALICE)).isRich).toBe(true);
  },
);
