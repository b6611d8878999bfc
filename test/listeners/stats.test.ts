import { expect, test } from 'vitest';
import type { Reach } from '../../src/core/access.ts';
import { JONAS, statsOf, tallyOf } from '../../src/doctor/samples.ts';
import { bodyOf, stage, USER } from './stage.ts';

const TEAM = statsOf({
  byPerson: [
    { user: JONAS, tally: tallyOf({ alerts: 60 }) },
    { user: USER, tally: tallyOf({ alerts: 37 }) },
  ],
});

interface Asked {
  reach?: Reach;
  managers?: readonly string[];
}

/** The answer to `/lead stats <words>`, and what was asked for. */
async function askStats(words: string, { reach = 'everything', managers }: Asked = {}) {
  const asked: unknown[] = [];
  const { send, shown } = stage(null, undefined, undefined, {
    reach,
    ...(managers === undefined ? {} : { managers }),
    alerts: { lookup: async () => ({ kind: 'none' }) },
    reports: {
      stats: async (days, within) => {
        asked.push({ days, within });
        return TEAM;
      },
    },
  });
  await send({ ...bodyOf({ kind: 'command', id: '/lead' }), text: `stats ${words}`.trim() });
  return { answer: shown.at(-1) ?? '', asked };
}

test.each([
  ['', 30],
  ['7d', 7],
  ['90 days', 90],
  ['last week', 7],
  ['Quarter', 90],
])('`/lead stats %s` covers %i days', async (words, days) => {
  expect((await askStats(words)).asked).toEqual([{ days, within: undefined }]);
});

test.each(['8d', 'yesterday', '7d 30d', '٣٠'])(
  '`/lead stats %s` says what it covers, and counts nothing',
  async (words) => {
    const { answer, asked } = await askStats(words);
    expect(answer).toContain('`/lead stats 7d`');
    expect(asked).toEqual([]);
  },
);

test('without MANAGERS, everyone sees the numbers of everyone', async () => {
  const { answer } = await askStats('30d');
  expect(answer).toContain(`<@${JONAS}>`);
  expect(answer).toContain(`<@${USER}>`);
});

test('with MANAGERS, others see only their own numbers beside those of the team, also in the table', async () => {
  const { answer } = await askStats('30d', { managers: [JONAS] });
  expect(answer).not.toContain(JONAS);
  expect(answer).toContain(`<@${USER}>`);
  expect(answer).toContain('128 alerts');
});

test('a manager sees the numbers of everyone', async () => {
  const { answer } = await askStats('30d', { managers: [USER] });
  expect(answer).toContain(`<@${JONAS}>`);
});

test('members of some channels get the numbers of these, and are told so', async () => {
  const { answer, asked } = await askStats('7d', { reach: ['C0CHANNEL1'] });
  expect(asked).toEqual([{ days: 7, within: ['C0CHANNEL1'] }]);
  expect(answer.match(/Only companies with cards in <#C0CHANNEL1>/g)).toHaveLength(2);
});
