import { expect, test } from 'vitest';
import { createChannelAudiences } from '../../src/access/channel-audiences.ts';
import { guardedMessenger } from '../../src/access/guarded-messenger.ts';
import type { Messenger } from '../../src/core/ports.ts';
import { memoryDirectory } from '../support/memory-directory.ts';
import { memoryLog } from '../support/memory-log.ts';

const ALERTS = 'C0ALERTS';
const OTHER = 'C0OTHER';
const MINUTE = 60_000;
const drawing = { text: 'a lead', blocks: [] };

function stage(allowExternal = false) {
  const directory = memoryDirectory();
  directory.channelAudiences.set(ALERTS, 'internal').set(OTHER, 'internal');
  const clock = { ms: 1_000_000 };
  const log = memoryLog();
  const named: string[] = [];
  const channelAudiences = createChannelAudiences({
    directory,
    channels: [ALERTS],
    cardChannels: { list: async () => named },
    allowExternal,
    log,
    now: () => clock.ms,
  });
  const sent: string[] = [];
  const slack: Messenger = {
    post: async (channel) => {
      sent.push(`post ${channel}`);
      return { channel, ts: '1.1' };
    },
    update: async ({ channel }) => {
      sent.push(`update ${channel}`);
    },
    publishHome: async () => {},
    copies: async () => [],
    remove: async () => {},
    judge: () => ({ kind: 'unclear', reason: 'of Slack' }),
  };
  const messenger = guardedMessenger(slack, channelAudiences);
  const verdictOf = (work: Promise<unknown>) =>
    work.then(
      () => null,
      (error: unknown) => messenger.judge(error),
    );
  const post = () => verdictOf(messenger.post(ALERTS, null, 'm', drawing));
  const update = () => verdictOf(messenger.update({ channel: ALERTS, ts: '1.1' }, drawing));
  return { directory, clock, log, named, channelAudiences, messenger, sent, post, update };
}

test('posts and updates in an internal channel', async () => {
  const { post, update, sent } = stage();
  expect([await post(), await update()]).toEqual([null, null]);
  expect(sent).toEqual([`post ${ALERTS}`, `update ${ALERTS}`]);
});

test('posts and updates nothing in a channel while it is shared', async () => {
  const { directory, channelAudiences, log, post, update, sent } = stage();
  await channelAudiences.refresh();
  directory.channelAudiences.set(ALERTS, 'external');
  await channelAudiences.refresh();
  await channelAudiences.refresh();
  const paused = { kind: 'pause', reason: 'is_ext_shared', everything: false };
  expect([await post(), await update()]).toEqual([paused, paused]);
  expect(sent).toEqual([]);
  expect(channelAudiences.shared()).toEqual([ALERTS]);
  const told = log.lines.filter(({ level }) => level === 'error');
  expect(told).toHaveLength(1);
  expect(told[0]?.advice).toContain('ALLOW_EXTERNAL=true');

  directory.channelAudiences.set(ALERTS, 'internal');
  expect([await post(), channelAudiences.shared()]).toEqual([null, []]);
  await channelAudiences.refresh();
  expect(log.lines.at(-1)).toMatchObject({ level: 'info', channel: ALERTS });
});

test('re-checks a channel the bot was just invited to before the first post', async () => {
  const { directory, channelAudiences, post, sent } = stage();
  directory.channelAudiences.set(ALERTS, 'unseen');
  await channelAudiences.refresh();
  // Until the bot is in it, Slack itself refuses.
  expect(await post()).toBeNull();
  directory.channelAudiences.set(ALERTS, 'external');
  expect(await post()).toMatchObject({ kind: 'pause' });
  expect(sent).toHaveLength(1);
});

test('falls back to the cached audience for an hour while Slack is down, then sends nothing', async () => {
  const { directory, clock, post } = stage();
  expect(await post()).toBeNull();
  directory.mood = 'down';
  clock.ms += 59 * MINUTE;
  expect(await post()).toBeNull();
  clock.ms += 2 * MINUTE;
  expect(await post()).toMatchObject({ kind: 'later', counts: false });
});

test('never asks who can read a direct message', async () => {
  const { directory, sent, messenger } = stage();
  directory.mood = 'down';
  await messenger.post('U0ANNA', null, 'm', drawing);
  await messenger.update({ channel: 'D0ANNA', ts: '1.1' }, drawing);
  expect(sent).toEqual(['post U0ANNA', 'update D0ANNA']);
});

test("leaves Slack's own errors to the messenger's judge", async () => {
  const { channelAudiences } = stage();
  const judge: Messenger['judge'] = () => ({ kind: 'gone', reason: 'message_not_found' });
  const refuse = () => Promise.reject(new Error('of Slack'));
  const slack = {
    post: refuse,
    update: refuse,
    publishHome: refuse,
    copies: refuse,
    remove: refuse,
    judge,
  };
  const messenger = guardedMessenger(slack, channelAudiences);
  const error = await messenger.post(ALERTS, null, 'm', drawing).catch((thrown: unknown) => thrown);
  expect(messenger.judge(error)).toEqual({ kind: 'gone', reason: 'message_not_found' });
});

test.each([
  ['internal', null],
  ['external', 'shared-channel'],
  ['unseen', 'unknown-channel'],
] as const)(
  'when asked to share in a channel that is %s, answers %s',
  async (audience, denialReason) => {
    const { directory, channelAudiences } = stage();
    directory.channelAudiences.set(OTHER, audience);
    expect(await channelAudiences.denialReason(OTHER)).toBe(denialReason);
  },
);

test('refuses to share when it cannot tell who can read the channel', async () => {
  const { directory, channelAudiences } = stage();
  directory.mood = 'down';
  expect(await channelAudiences.denialReason(OTHER)).toBe('unknown-channel');
  expect(await channelAudiences.denialReason(null)).toBe('unknown-channel');
});

test('never asks about audiences if other organizations may see leads', async () => {
  const { directory, channelAudiences } = stage(true);
  directory.channelAudiences.set(ALERTS, 'external');
  await channelAudiences.refresh();
  expect(await channelAudiences.denialReason(ALERTS)).toBeNull();
  expect([channelAudiences.shared(), directory.asked]).toEqual([[], []]);
});

test.each(['channel_not_found', 'not_in_channel', 'is_archived'] as const)(
  'logs %s of a card channel once, and again after a recovery',
  async (obstacle) => {
    const { directory, named, channelAudiences, log } = stage();
    named.push(OTHER);
    directory.obstacles.set(OTHER, obstacle);
    await channelAudiences.refresh();
    await channelAudiences.refresh();
    expect(log.lines).toMatchObject([{ level: 'warn', channel: OTHER, reason: obstacle }]);
    directory.obstacles.delete(OTHER);
    await channelAudiences.refresh();
    directory.obstacles.set(OTHER, obstacle);
    await channelAudiences.refresh();
    expect(log.lines).toHaveLength(2);
  },
);

test('logs a shared card channel, which does not make the bot unready', async () => {
  const { directory, named, channelAudiences, log } = stage();
  named.push(OTHER);
  directory.channelAudiences.set(OTHER, 'external');
  await channelAudiences.refresh();
  await channelAudiences.refresh();
  expect(log.lines).toMatchObject([{ level: 'error', channel: OTHER, reason: 'is_ext_shared' }]);
  expect(channelAudiences.shared()).toEqual([]);
});

test('checks the other card channels when one cannot be read', async () => {
  const { directory, named, channelAudiences, log } = stage();
  named.push('C0NOWHERE', OTHER);
  directory.obstacles.set(OTHER, 'is_archived');
  await channelAudiences.refresh();
  expect(log.lines.map(({ channel }) => channel)).toEqual(['C0NOWHERE', OTHER]);
});
