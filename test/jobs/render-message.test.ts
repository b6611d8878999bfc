import { expect, test } from 'vitest';
import type { Content } from '../../src/core/message.ts';
import { renderMessage } from '../../src/jobs/render-message.ts';
import { ALERT_ID, digestDay, picture } from '../blocks/samples.ts';

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
