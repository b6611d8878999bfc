import { expect, test } from 'vitest';
import type { Trace, TracedAlert, TraceEntry } from '../../src/core/trace.ts';
import { story } from '../../src/trace/story.ts';
import { span } from '../../src/trace/words.ts';

const ALERT = '11111111-1111-4111-8111-111111111111';
const OTHER = '22222222-2222-4222-8222-222222222222';
const CARD = '33333333-3333-4333-8333-333333333333';
const ADA = 'aaaaaaaa-1111-4111-8111-111111111111';

/** Seconds after noon. */
const at = (seconds: number): Date => new Date(Date.UTC(2026, 2, 2, 12) + seconds * 1_000);

const alert = (changed: Partial<TracedAlert> = {}): TracedAlert => ({
  id: ALERT,
  openedAt: at(1),
  closedAt: null,
  status: 'open',
  owner: null,
  openedScore: 88,
  reasons: 'funding',
  channel: null,
  channelUnfit: null,
  coolingSince: null,
  mergedInto: null,
  hold: null,
  holdUntil: null,
  dueAt: null,
  scrubbedAt: null,
  ...changed,
});

const trace = (entries: readonly TraceEntry[], changed: Partial<Trace> = {}): Trace => ({
  accountKey: 'acme.example',
  asked: [],
  watchingSince: at(-3_600),
  alerts: [alert()],
  olderAlerts: 0,
  entries,
  more: false,
  waiting: [],
  webhooks: [],
  ...changed,
});

const card = { messageId: CARD, message: 'card', about: null, channel: 'C0HOT' } as const;
const crossed: TraceEntry = {
  kind: 'crossing',
  at: at(0),
  alertId: ALERT,
  developerId: ADA,
  before: 62,
  score: 88,
  fate: 'card',
};
const happened = (
  event: string,
  seconds: number,
  actor: string | null = null,
  changed: Partial<Extract<TraceEntry, { kind: 'event' }>> = {},
): TraceEntry => ({
  kind: 'event',
  at: at(seconds),
  alertId: ALERT,
  event,
  actor,
  target: null,
  detail: null,
  developerId: null,
  until: null,
  bot: 'web-1/4f2c',
  ...changed,
});
const queued: TraceEntry = { kind: 'queued', at: at(1), alertId: ALERT, ...card, replaces: false };
const sent = (
  seconds: number,
  takenAfter: number | null,
  changed: Partial<Extract<TraceEntry, { kind: 'sent' }>> = {},
): TraceEntry => ({
  kind: 'sent',
  at: at(seconds),
  alertId: ALERT,
  ...card,
  isFirst: false,
  found: false,
  ts: '1.1',
  version: 2,
  tries: 1,
  takenAt: takenAfter === null ? null : at(takenAfter),
  lostLeases: 0,
  afterGap: false,
  bot: 'web-2/9a01',
  ...changed,
});

const tell = (told: Trace, timeZone = 'UTC'): string[] => [...story(told, null, timeZone)];
const lineWith = (lines: readonly string[], text: string): string => {
  const found = lines.filter((line) => line.includes(text));
  expect(found).toHaveLength(1);
  return found[0] ?? '';
};

test('a gesture is drawn by the first update that began after it', () => {
  const lines = tell(
    trace([
      queued,
      sent(2, 1, { isFirst: true }),
      happened('claimed', 10, 'U1'),
      // Read before the claim.
      sent(10.1, 9.9),
      sent(10.5, 10.2),
      sent(12, 11.8),
    ]),
  );
  expect(lineWith(lines, 'claimed by U1')).toMatch(/claimed by U1; drawn 500 ms later$/);
});

test.each([
  ['there was no such update', [sent(2, 1, { isFirst: true })]],
  ['the ones after it are no longer known', [sent(20, 19, { afterGap: true })]],
  ['the bot noted none', [sent(20, null)]],
])("doesn't guess when a gesture was drawn if %s", (_, sends) => {
  const lines = tell(trace([queued, happened('claimed', 10, 'U1'), ...sends]));
  expect(lineWith(lines, 'claimed by U1')).toContain('when it was drawn is not known');
});

test.each([
  ['of another alert', { alertId: OTHER }],
  ['of a notice in its thread', { message: 'notice' }],
] as const)('a gesture is not drawn by an update %s', (_, part) => {
  const claimed = happened('claimed', 10, 'U1');
  const lines = tell(trace([queued, claimed, sent(11, 10.5, part), sent(12, 11)]));
  expect(lineWith(lines, 'claimed by U1')).toMatch(/claimed by U1; drawn 2\.0 s later$/);
});

test('a gesture is drawn by the update of a roll-up that has its row, begun at the same moment', () => {
  const rollup = sent(11, 10, { message: 'rollup' });
  const lines = tell(trace([queued, happened('claimed', 10, 'U1'), rollup]));
  expect(lineWith(lines, 'claimed by U1')).toMatch(/claimed by U1; drawn 1\.0 s later$/);
});

test('a card waited for the first score and the opening of its own alert, before it was posted', () => {
  const lines = tell(
    trace([
      { ...crossed, at: at(-50), alertId: OTHER },
      crossed,
      { ...crossed, at: at(0.5) },
      happened('opened', 0.6, null, { alertId: OTHER }),
      happened('claimed', 0.8, 'U1'),
      happened('opened', 1),
      queued,
      sent(3.5, 3, { isFirst: true }),
      { ...crossed, at: at(9) },
    ]),
  );
  expect(lineWith(lines, 'card posted')).toContain(
    '3.5 s after the score was written, 2.5 s after its alert was opened',
  );
  const late = tell(trace([queued, sent(3.5, 3, { isFirst: true }), { ...crossed, at: at(9) }]));
  expect(lineWith(late, 'card posted')).toContain('how long after the score is not known');
});

test('a gesture without a card was drawn nowhere', () => {
  const lines = tell(trace([happened('claimed', 10, 'U1')]));
  expect(lineWith(lines, 'claimed by U1')).toContain('no card to draw it in');
});

test('what the bot did by itself has no reader who waits', () => {
  expect(lineWith(tell(trace([happened('cooled', 10)])), 'gone cold')).toMatch(/gone cold$/);
});

test('a card says how long after the score and the alert it was posted', () => {
  const lines = tell(
    trace([
      crossed,
      happened('opened', 1),
      queued,
      sent(3.5, 3, { isFirst: true, tries: 2, lostLeases: 1 }),
    ]),
  );
  expect(lineWith(lines, 'card posted')).toContain(
    'card posted in C0HOT, ts 1.1; at try 2; after a bot took it and never reported; ' +
      '3.5 s after the score was written, 2.5 s after its alert was opened',
  );
  expect(lineWith(tell(trace([sent(3, 2, { isFirst: true })])), 'card posted')).toContain(
    'how long after the score is not known',
  );
});

test('a line has its time, the time since the one before, and the bot', () => {
  const lines = tell(trace([crossed, happened('opened', 0.25), queued, sent(75, 74)]));
  expect(lines.filter((line) => /^ {2}\d/.test(line))).toEqual([
    expect.stringMatching(/^ {2}12:00:00\.000 {27}score written/),
    expect.stringMatching(/^ {2}12:00:00\.250 {2}\+250 ms {6}web-1\/4f2c {2}alert opened/),
    expect.stringMatching(/^ {2}12:00:01\.000 {2}\+750 ms {18}card queued/),
    expect.stringMatching(/^ {2}12:01:15\.000 {2}\+1 min 14 s {2}web-2\/9a01 {2}card updated/),
  ]);
  const old = tell(trace([happened('cooled', 1, null, { bot: null })]));
  expect(lineWith(old, 'gone cold')).toContain('  unknown bot  ');
});

test('times are of the given zone, with a line for each day of it', () => {
  const lines = tell(trace([crossed, happened('cooled', 12 * 3_600)]), 'America/New_York');
  expect(lines).toContain('2026-03-02');
  expect(lines).not.toContain('2026-03-03');
  expect(lineWith(lines, 'gone cold')).toContain('  19:00:00.000  ');
  expect(tell(trace([crossed, happened('cooled', 12 * 3_600)]), 'UTC')).toContain('2026-03-03');
});

test('several alerts are numbered, and older ones counted', () => {
  const lines = tell(
    trace([happened('cooled', 1), happened('cooled', 2, null, { alertId: OTHER })], {
      alerts: [alert(), alert({ id: OTHER, closedAt: at(5), status: 'cooled' })],
      olderAlerts: 95,
    }),
  );
  expect(lines[0]).toBe('acme.example: 2 alerts, and at least 95 older');
  expect(lineWith(lines, '#2 gone cold')).toContain('12:00:02.000');
  expect(lineWith(lines, `#2 ${OTHER}`)).toContain('cooled, closed 2026-03-02 12:00:05');
});

test('a terminal gets no control characters from the rows', () => {
  const evil = '\u001b[2Jevil\u202e\nline';
  const lines = tell(
    trace(
      [
        {
          kind: 'tried',
          at: at(1),
          alertId: ALERT,
          ...card,
          state: 'dead',
          removal: null,
          tries: 1,
          looks: 0,
          isLeased: false,
          error: evil,
          bot: evil,
        },
        happened(evil, 2, evil),
      ],
      { alerts: [alert({ reasons: evil, channelUnfit: evil })], accountKey: evil },
    ),
  );
  expect(lines.join('')).toContain('evil');
  expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

test.each([
  [0.4, '0 ms'],
  [999, '999 ms'],
  [1_000, '1.0 s'],
  [59_949, '59.9 s'],
  [59_960, '1 min'],
  [75_000, '1 min 15 s'],
  [3_600_000, '1 h'],
  [86_399_000, '1 d'],
  [90_000_000, '1 d 1 h'],
  [-5, '0 ms'],
])('%d ms read %s', (ms, words) => {
  expect(span(ms)).toBe(words);
});
