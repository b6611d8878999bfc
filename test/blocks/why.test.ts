import { expect, test } from 'vitest';
import { fateCounts } from '../../blocks/fates.ts';
import { whyAnswer } from '../../blocks/why.ts';
import type { Why } from '../../src/core/why.ts';
import { textsIn } from './block-limits.ts';
import { NOW, picture } from './samples.ts';

const why = (changes: Partial<Why>): Why => ({
  account: picture().account,
  person: null,
  current: null,
  crossings: [],
  history: [],
  waiting: [],
  setAside: [],
  hidden: [],
  watchingSince: NOW,
  hasTrigger: true,
  ...changes,
});
const texts = (changes: Partial<Why>) =>
  [...textsIn(whyAnswer(why(changes), NOW).blocks)].map(({ text }) => text).join('\n');
const lead = (changes: object) => ({
  account: {
    ...picture().account,
    leads: picture()
      .account.leads.slice(0, 1)
      .map((one) => ({ ...one, ...changes })),
  },
});
const components = { company: 80, usage: 80, expansion: 80, champion: 80, timing: 0 };

test('names the weakest part of a score, and the points to go', () => {
  expect(texts(lead({ components, totalScore: 72, tier: 'warm' }))).toContain(
    'Not hot. Timing is the weakest; 8 points to go.',
  );
});

test('counts only the points if the weights do not explain the score', () => {
  const told = texts(lead({ components, totalScore: 75, tier: 'warm' }));
  expect(told).toContain('Not hot: 5 points to go.');
  expect(told).not.toContain('weakest');
});

test('says the same in sentences where blocks are not shown', () => {
  const { text } = whyAnswer(why({ current: picture() }), NOW);
  expect(text).toMatch(/^Velocity[^:]*: [^.]+\./);
});

test('names the columns that set a lead aside', () => {
  const setAside = [{ who: 'Ada', score: null, fields: ['email', 'total_score'] }];
  expect(texts({ setAside })).toContain("I can't read `email`, `total_score` in `lead_dashboard`");
});

test('says what is not known without the trigger', () => {
  expect(texts({})).not.toContain('once a minute');
  expect(texts({ hasTrigger: false })).toContain('I see scores only once a minute');
});

test('draws the scores as a line too, once there are three, with a text that says the same', () => {
  const history = [60, 70, 85].map((score, n) => ({
    at: new Date(NOW.getTime() + n * 86_400_000),
    score,
  }));
  expect(whyAnswer(why({ history: history.slice(1) }), NOW).rich).toBeUndefined();
  const { rich, blocks } = whyAnswer(why({ history }), NOW);
  expect(rich).toContainEqual(
    expect.objectContaining({
      type: 'data_visualization',
      chart: expect.objectContaining({
        series: [
          { name: 'Points', data: [60, 70, 85].map((value) => expect.objectContaining({ value })) },
        ],
      }),
    }),
  );
  expect([...textsIn(blocks)].map(({ text }) => text).join('\n')).toMatch(
    /60 \(.*→ 70 \(.*→ 85 \(/,
  );
});

test('the counts of all fates add up', () => {
  expect(fateCounts({ card: 3, brief: 1 })).toBe(
    '4 leads turned hot: 3 got a card · 1 hot too briefly',
  );
  expect(fateCounts({})).toBe('No lead turned hot.');
});
