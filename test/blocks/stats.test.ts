import { expect, test } from 'vitest';
import { digest } from '../../blocks/digest.ts';
import { stats } from '../../blocks/stats.ts';
import type { Drawing } from '../../src/core/message.ts';
import { digestDay, MARIA, statsOf, tallyOf, weekOf } from '../../src/doctor/samples.ts';
import { describeMessages } from '../../src/sandbox/demo/plain-text.ts';
import { checkMessageBlocks } from '../../src/sandbox/slack/block-kit.ts';

const words = ({ text, blocks }: Pick<Drawing, 'text' | 'blocks'>): string =>
  describeMessages([{ text, blocks }]).join('\n');
const richWords = ({ text, rich = [] }: Drawing): string =>
  describeMessages([{ text, blocks: rich }]).join('\n');

const FACTS = [
  '128 alerts',
  '97 claimed (76%)',
  'half within 42 min, nine in ten within 3 h 10 min',
  '80 of 99 in time (81%)',
  'half within 4 h, nine in ten within 2 d 4 h',
  '12 meetings · 3 won · 1 lost',
  '5 already a customer',
  '147 leads turned hot',
];

test('says in words what the charts and the table show', () => {
  const drawing = stats(statsOf(), 30, null);
  for (const fact of FACTS) {
    expect(words(drawing)).toContain(fact);
    expect(richWords(drawing)).toContain(fact);
  }
  for (const fact of [
    'Funding: 2 of 70 (3%)',
    'Tech migration: 7 of 40',
    '80–84: 8 of 90',
    '95–100: 1 of 38',
  ])
    expect(words(drawing)).toContain(fact);
  expect(words(drawing)).toContain('@U0MARIA: 60 alerts · 40 contacted (67%) · 42 min to claim');
  expect(richWords(drawing)).toContain('Tech migration');
});

test('the screen reader gets all facts too', () => {
  const { text } = stats(statsOf(), 30, null);
  for (const fact of [...FACTS, 'Funding: 2 of 70 (3%)']) expect(text).toContain(fact);
});

test('shows the twenty with the most alerts, or oneself among a hundred', () => {
  const byPerson = Array.from({ length: 100 }, (_, n) => ({ user: `U0AE${n}`, tally: tallyOf() }));
  const report = statsOf({ byPerson });
  expect(words(stats(report, 30, null))).toContain('@U0AE19:');
  expect(words(stats(report, 30, null))).not.toContain('@U0AE20:');
  expect(words(stats(report, 30, 'U0AE99'))).toContain('@U0AE99:');
});

test.each([
  ['full', statsOf()],
  ['with one channel and nobody', statsOf({ byPerson: [], byChannel: [] })],
  ['without signals and scores', statsOf({ bySignal: [], byScore: [] })],
  [
    'with long and equal words',
    statsOf({
      bySignal: Array.from({ length: 20 }, (_, n) => ({
        signal: n < 10 ? 'a very long name of a signal' : '',
        alerts: n,
        notAFit: 0,
      })),
    }),
  ],
  [
    'with ids that are none',
    statsOf({
      byPerson: [{ user: '<!here>', tally: tallyOf() }],
      byChannel: [
        { channel: '<!here>', tally: tallyOf() },
        { channel: '', tally: tallyOf() },
      ],
    }),
  ],
])('Slack takes the charts and the table: %s', (_, report) => {
  const { rich } = stats(report, 30, null);
  expect(checkMessageBlocks(rich ?? [])).toMatchObject({ ok: true });
});

test('one table, with a row for all, each AE and each channel', () => {
  const table = stats(statsOf(), 30, null).rich?.find(({ type }) => type === 'data_table');
  expect(table).toMatchObject({ rows: { length: 6 } });
  const own = stats(statsOf(), 30, MARIA).rich?.find(({ type }) => type === 'data_table');
  expect(own).toMatchObject({ rows: { length: 5 } });
});

test('without alerts it says so, and accounts for what turned hot', () => {
  const nothing = statsOf({ all: tallyOf({ alerts: 0 }), crossings: { personal: 2 } });
  const drawing = stats(nothing, 7, null);
  expect(words(drawing)).toContain('Alerts of the last 7 days: none.');
  expect(words(drawing)).toContain('2 leads turned hot: 2 with a personal address');
  expect(drawing.rich).toBeUndefined();
});

test('times that nobody noted are left out', () => {
  const unknown = { median: null, p90: null };
  const all = tallyOf({
    toClaim: unknown,
    toContact: unknown,
    claimedInTime: null,
    contactedInTime: null,
  });
  const drawing = stats(statsOf({ all }), 30, null);
  expect(words(drawing)).not.toContain('Time to claim');
  expect(richWords(drawing)).not.toContain('Time to claim');
});

test('of twenty busy AEs, each one is told in words', () => {
  const outcomes = { meeting: 112, 'no-reply': 113, 'not-now': 112, won: 113, lost: 111 };
  const users = Array.from({ length: 20 }, (_, n) => `U0123ABCD${n + 10}`);
  const byPerson = users.map((user) => ({ user, tally: tallyOf({ alerts: 1_000, outcomes }) }));
  const told = words(stats(statsOf({ byPerson }), 90, null));
  for (const user of users) expect(told).toMatch(new RegExp(`@${user}: .* not a fit`));
});

test('a median below a minute, and a single meeting, read well', () => {
  const { all } = statsOf();
  const soon = { median: 8, p90: 50 };
  const told = words(
    stats(statsOf({ all: { ...all, toClaim: soon, outcomes: { meeting: 1 } } }), 30, null),
  );
  expect(told).toContain('half within a minute, nine in ten within a minute');
  expect(told).toContain('Outcomes: 1 meeting');
  expect(told).not.toContain('Outcomes: 1 meetings');
  expect(words(digest(digestDay({ week: weekOf({ toClaim: 8 }) }), { timeZone: 'UTC' }))).toContain(
    'half within a minute',
  );
});

test('the first digest of a week says how good the alerts were, and accounts for all that turned hot', () => {
  const week = weekOf();
  const day = { week, counts: { unclaimed: 3 }, changes: { opened: 3 } };
  const drawn = words(digest(digestDay(day), { timeZone: 'UTC' }));
  expect(drawn).toContain(
    'Last 7 days: 42 alerts · 35 claimed, half within 18 min · 20 contacted · 3 not a fit',
  );
  expect(drawn).toContain('61 leads turned hot: ');
  expect(words(digest(digestDay({ ...day, week: null }), { timeZone: 'UTC' }))).not.toContain(
    'Last 7 days',
  );
});

test('a digest with nothing but a week still says it', () => {
  const day = digestDay({ week: weekOf({ alerts: 1, toClaim: null }), changes: { before: 0 } });
  const drawn = words(digest(day, { timeZone: 'UTC' }));
  expect(drawn).toContain('nothing to work on');
  expect(drawn).toContain('Last 7 days: 1 alert · 35 claimed · 20 contacted');
});
