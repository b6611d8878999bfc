import { expect, test } from 'vitest';
import { replayed, tuneExplained, tuneRefused } from '../../blocks/tune.ts';
import type { Formula, Replay, ReplayAnswer } from '../../src/core/tune.ts';
import { replayOf } from '../../src/doctor/samples.ts';
import { shownBy } from './block-limits.ts';

const WEIGHTS = { company: 25, usage: 30, expansion: 20, champion: 15, timing: 10 };
const TODAY: Formula = { threshold: 80, weights: WEIGHTS };

const answer = (
  replay: Partial<Replay> = {},
  tuned: Formula | null = { ...TODAY, threshold: 85 },
  today: Formula | null = TODAY,
): Extract<ReplayAnswer, { kind: 'replayed' }> => ({
  kind: 'replayed',
  today,
  tuned,
  replay: { ...replayOf('Velocity<Pay>'), ...replay },
});

const shown = (...given: Parameters<typeof answer>) =>
  shownBy(replayed(answer(...given), given[1]?.threshold ?? 85, 'UTC'));

test('says how many alerts there would have been, what would be missed, and what avoided', () => {
  const text = shown();
  expect(text).toContain('*Hot from 85 points instead of 80*');
  expect(text).toContain('• *Alerts:* 6 alerts a week, instead of 10 alerts a week');
  expect(text).toContain(
    '• *Contacted ones missed:* 12 of 300, including 2 of the 20 won: *Velocity&lt;Pay&gt;* (won), *Velocity&lt;Pay&gt;* and 10 more',
  );
  expect(text).toContain('• *Not-a-fits avoided:* 40 of 90');
  const examples = [{ name: 'Acme', domain: null, outcome: 'no-reply' }] as const;
  expect(shown({ missed: { contacted: 1, won: 0, examples } })).toContain('*Acme* (no reply)');
  expect(text).toContain('• *In addition:* none');
});

test('names what is an estimate, and of how much', () => {
  const text = shown({ added: { alerts: 104, share: 0.0312 } });
  expect(text).toContain('*Alerts:* about 8 alerts a week');
  expect(text).toContain('*In addition:* about 104 alerts');
  expect(text).toContain('an estimate from 3.12% of the companies');
});

test('before two weeks are over it counts, instead of saying how many a week', () => {
  const to = new Date('2026-03-02T09:00:00Z');
  const text = shown({
    from: new Date('2026-02-20T09:00:00Z'),
    to,
    now: { alerts: 2, contacted: 0, won: 0, notAFit: 0 },
    kept: 1,
  });
  expect(text).toContain('1 alert, instead of 2 alerts');
});

test.each<[Partial<Replay>, number, string]>([
  [{ picturesFrom: null }, 85, 'what would come in addition is not known'],
  [{ picturesFrom: new Date('2025-09-01T09:00:00Z') }, 85, 'The weekly ones begin <!date'],
  [{ unknown: 3 }, 85, 'Of 3 older alerts the figures are not known'],
  [{ atStart: 4 }, 85, '4 alerts were hot already when the bot started'],
  [{}, 55, 'Below 60 points it knows only leads that once had more'],
  [{}, 85, 'high only between two of them'],
])('says what it can’t know: %j', (replay, threshold, words) => {
  expect(shown(replay, { ...TODAY, threshold })).toContain(words);
});

test('shows the SQL that would change it, if anything would', () => {
  expect(shown()).toContain('&gt;= 85 then');
  expect(shown({}, TODAY)).toContain('That is what you have today.');
  expect(shown({}, TODAY)).not.toContain('begin;');
  expect(shown({}, null, null)).not.toContain('begin;');
});

test('other weights are named with those of today', () => {
  expect(shown({}, { ...TODAY, weights: { ...WEIGHTS, usage: 35, company: 20 } })).toContain(
    '*Hot from 80 points, Usage 35% instead of 30%, Company 20% instead of 25%*',
  );
});

test('alone it explains itself with the numbers of today', () => {
  const text = shownBy(tuneExplained(answer({}, TODAY), 'UTC'));
  expect(text).toContain('Today a lead is hot from 80 points: Usage 30%, Company 25%');
  expect(text).toContain('10 alerts a week · 300 contacted · 20 won · 90 not a fit');
  expect(shownBy(tuneExplained(answer({}, null, null), 'UTC'))).toContain('no other weights');
});

test.each([
  [{ kind: 'unreadable', part: '<!channel>' } as const, '“&lt;!channel&gt;”'],
  [
    { kind: 'sum', today: TODAY, weights: { ...WEIGHTS, usage: 35 } } as const,
    'add up to 105%, not to 100%: Usage 35%, Company 25%',
  ],
  [{ kind: 'unknown-weights' } as const, 'in a way of its own'],
  [{ kind: 'only-some-channels' } as const, 'you see only those in your channels'],
])('a refusal says why: %j', (why, words) => {
  expect(shownBy(tuneRefused(why))).toContain(words);
});
