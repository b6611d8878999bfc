import { expect, test } from 'vitest';
import type { Content } from '../../src/core/message.ts';
import { renderMessage } from '../../src/jobs/render-message.ts';
import { ALERT_ID, digestDay, MARIA, picture, STATES } from '../blocks/samples.ts';

const madeAt = new Date('2026-03-02T23:30:00Z');
const alerts = [picture()];

const DIGEST: Content = {
  kind: 'digest',
  digest: digestDay({
    localDate: '2026-03-03',
    asOf: madeAt,
    unclaimed: alerts,
    counts: { unclaimed: 1 },
    changes: { opened: 1 },
  }),
};

const CONTENTS: readonly (readonly [Content, RegExp])[] = [
  [{ kind: 'card', picture: picture() }, /Claim lead/],
  [{ kind: 'rollup', rollup: { id: ALERT_ID, reason: 'storm', madeAt, alerts, total: 12 } }, /12/],
  [DIGEST, /Tuesday/],
  [
    { kind: 'notice', notice: { kind: 'joined', who: 'Grace Example', score: 91, others: 0 } },
    /Grace Example/,
  ],
];

test.each(CONTENTS)('draws %o with blocks', (content, words) => {
  const { text, blocks } = renderMessage(content, false, 'UTC');
  expect(JSON.stringify({ text, blocks })).toMatch(words);
  expect(blocks.length).toBeGreaterThan(0);
});

test.each(CONTENTS)('the plain version of %o says how to act', (content) => {
  const { text, blocks } = renderMessage(content, true, 'UTC');
  expect(blocks).toEqual([]);
  expect(text).toContain('/lead velocitypay.io');
});

test.each([
  ['UTC', '23:30'],
  ['Europe/Berlin', '00:30'],
])('a digest shows as of when it is, in the time zone %s', (zone, time) => {
  expect(JSON.stringify(renderMessage(DIGEST, false, zone))).toContain(time);
});

const drawn = (content: Content, workspaceUrl: string | null = null): string =>
  JSON.stringify(renderMessage(content, false, 'UTC', workspaceUrl));

test.each<[string, Content, string]>([
  [
    'a direct message',
    { kind: 'dm', picture: picture(STATES.offered), reason: { kind: 'offer', to: MARIA } },
    'first call',
  ],
  [
    'a list',
    {
      kind: 'dm-list',
      list: {
        kind: 'morning',
        to: MARIA,
        rows: [{ section: 'mine', picture: picture(STATES.claimed), news: [] }],
        total: 1,
      },
    },
    'for you today',
  ],
])('draws %s', (_, content, words) => {
  expect(drawn(content)).toContain(words);
});

const AT = { channel: 'C0HOT', ts: '1772442000.000100' };
const TEAM = 'https://team.slack.example/';
const LINK = 'https://team.slack.example/archives/C0HOT/p1772442000000100';
const merged = picture({ mergedInto: { alertId: ALERT_ID, card: AT }, closedAt: madeAt });

test.each<[string, Content]>([
  ['a card that replaces another one', { kind: 'card', picture: picture(), replaces: AT }],
  ['the card of a merged alert', { kind: 'card', picture: merged }],
  [
    'a reply to someone who reads it elsewhere',
    {
      kind: 'notice',
      notice: { kind: 'merged', company: 'Acme', whom: MARIA, owner: null },
      elsewhere: AT,
    },
  ],
])('%s links to the other message, once the workspace is known', (_, content) => {
  expect(drawn(content, TEAM)).toContain(LINK);
  expect(drawn(content)).not.toContain('archives');
});

test('a card without another one links to none', () => {
  expect(drawn({ kind: 'card', picture: picture() }, TEAM)).not.toContain('archives');
});

test('a card that its own channel refused says so', () => {
  const detour = { meantFor: 'C0ENTERPRISE', reason: 'not_in_channel' };
  expect(drawn({ kind: 'card', picture: picture(), detour })).toContain('C0ENTERPRISE');
  expect(drawn({ kind: 'card', picture: picture() })).not.toContain('C0ENTERPRISE');
});

test.each<[string, Content]>([
  ['a Home tab', { kind: 'home', user: MARIA, pages: { mine: 0, unclaimed: 0 }, isIdle: false }],
  ['a message to be removed', { kind: 'nothing' }],
])('has no drawing of %s', (what, content) => {
  expect(() => drawn(content)).toThrow(what);
});
