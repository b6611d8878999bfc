import { expect, onTestFinished, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import { MALFORMED, spoiled } from '../listeners/malformed-values.ts';
import { bodyOf, stage } from '../listeners/stage.ts';
import { HOT, slackForTest } from '../sandbox/slack/harness.ts';
import { memoryLog } from '../support/memory-log.ts';
import { socketReceiver } from '../support/socket-receiver.ts';

/** Socket messages that are unsolicited or incomplete. */
function* frames(): Generator<string> {
  for (const odd of MALFORMED) yield JSON.stringify(odd);
  yield* ['', '{', 'undefined', '[[', `${'['.repeat(100_000)}${']'.repeat(100_000)}`];
  const events = ['error', 'close', 'connected', 'disconnected', 'ws_message', 'slack_event'];
  const envelope = { envelope_id: 'e', accepts_response_payload: true };
  for (const type of [...events, 'events_api', 'of tomorrow']) {
    yield JSON.stringify({ ...envelope, type, payload: { event: { type: 'x' } } });
    for (const odd of MALFORMED) yield JSON.stringify({ ...envelope, type, payload: odd });
    for (const name of events) {
      yield JSON.stringify({ ...envelope, type, payload: { event: { type: name, user: null } } });
    }
  }
  const payload = bodyOf({ kind: 'action', id: ids.claim });
  for (const frame of spoiled({ ...envelope, type: 'interactive', payload })) {
    yield JSON.stringify(frame);
  }
  const event = bodyOf({ kind: 'event', id: 'app_home_opened' });
  for (const frame of spoiled({ ...envelope, type: 'events_api', payload: event })) {
    yield JSON.stringify(frame);
  }
}

test('fault-50 answers the next command on the same connection, whatever came before', async () => {
  const slack = await slackForTest();
  const log = memoryLog();
  const receiver = socketReceiver(slack, log);
  const { client } = receiver;
  const { shown } = stage(null, undefined, receiver);
  await receiver.start();
  onTestFinished(() => client.disconnect());
  const lost: unknown[] = [];
  client.on('disconnected', () => lost.push('disconnected'));

  for (const frame of frames()) client.emit('ws_message', frame, false);
  for (const odd of MALFORMED) client.emit('ws_message', odd, true);
  shown.length = 0;
  const answer = await slack.say('U0ALICE', HOT, '/lead help');
  expect(answer).toMatchObject({ ok: true });
  await expect.poll(() => shown.some((one) => one.includes('/lead mine'))).toBe(true);
  expect(lost).toEqual([]);
  expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
});

test('receives an event over the socket, and acknowledges it', async () => {
  const slack = await slackForTest();
  const receiver = socketReceiver(slack, memoryLog());
  const { order } = stage(null, undefined, receiver);
  await receiver.start();
  onTestFinished(() => receiver.client.disconnect());
  const event = { type: 'app_home_opened', user: 'U0ALICE', channel: 'D0', tab: 'home' };
  expect(await slack.sendEvent(event)).toMatchObject({ ok: true });
  await expect.poll(() => order).toContain('openHome');
});
