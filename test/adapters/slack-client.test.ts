import { expect, test } from 'vitest';
import { slackClient } from '../../src/adapters/slack-client.ts';
import { memoryMeter } from '../support/memory-meter.ts';
import { breaks, CONNECTION, http_, ok, refuses, slackEdge } from '../support/slack-api.ts';

const slack = slackEdge();

test.each([
  ['an answer', ok(), null],
  ['a refusal', refuses('channel_not_found'), 'channel_not_found'],
  ['a rate limit', http_(429, '', { 'retry-after': '1' }), 'ratelimited'],
  ['a failure', http_(503), 'http_503'],
  ['a refusal that is a text', refuses('zoe.canary@leak.example'), 'unreadable_answer'],
])('measures a call, and counts %s by its code', async (_, answer, code) => {
  slack.answers('conversations.info', answer);
  const meter = memoryMeter();
  const client = slackClient({ ...CONNECTION, meter }, 1_000);
  await client.conversations.info({ channel: 'C0HOT' }).catch(() => {});
  expect(meter.lines.filter((line) => line.startsWith('slack_errors_total'))).toEqual(
    code === null ? [] : [`slack_errors_total ${code} 1`],
  );
  expect(meter.lines.at(-1)).toMatch(/^slack_call_duration_seconds conversations\.info [\d.e-]+$/);
});

test('measures a connection that breaks, too', async () => {
  slack.answers('conversations.info', breaks);
  const meter = memoryMeter();
  const client = slackClient({ ...CONNECTION, meter }, 1_000);
  await client.conversations.info({ channel: 'C0HOT' }).catch(() => {});
  expect(meter.lines).toHaveLength(2);
});
