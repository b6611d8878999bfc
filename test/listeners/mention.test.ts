import { expect, test } from 'vitest';
import { z } from 'zod';
import type { SeenEvents } from '../../src/core/ports.ts';
import { bodyOf, stage, USER } from './stage.ts';

const mention = (event: object, more: object = {}) => {
  const body = z.object({ event: z.looseObject({}) }).loose();
  const whole = body.parse(bodyOf({ kind: 'event', id: 'app_mention' }));
  return { ...whole, ...more, event: { ...whole.event, ...event } };
};

/** Where the answer went: user, channel, thread. */
function answered(isFirst: SeenEvents['isFirst'] = async () => true) {
  const told: unknown[] = [];
  const asked: unknown[] = [];
  const one = stage(null, undefined, undefined, {
    seenEvents: { isFirst },
    alerts: {
      lookup: async (query) => {
        asked.push(query.keys);
        return { kind: 'none' };
      },
      mine: async () => {
        asked.push('mine');
        return { alerts: [], total: 0 };
      },
    },
    absences: {
      set: async (user, _until, cover) => void asked.push([user, cover]),
      among: async () => [],
    },
    surface: {
      tell: async (user, channel, { text }, threadTs) =>
        void told.push({ user, channel, threadTs, text }),
    },
  });
  return { told, asked, ...one };
}

test.each([
  ['<@U0BOT> acme.example', ['acme.example']],
  ['<@U0BOT>: <http://acme.example|acme.example>', ['acme.example']],
  ['What about acme.example, <@U0BOT>?', ['acme.example']],
  ['<@U0BOT|lead-alerts> mine', 'mine'],
  ['<@U0BOT> away until Monday cover <@U0BEN>', [USER, 'U0BEN']],
])('answers %j like the words after /lead', async (text, what) => {
  const { send, asked, told } = answered();
  await send(mention({ text }));
  expect(asked).toContainEqual(what);
  expect(told).toHaveLength(1);
});

test('answers privately in the channel, or in the thread', async () => {
  const { send, told } = answered();
  await send(mention({ text: '<@U0BOT> acme.example' }));
  await send(mention({ text: '<@U0BOT> acme.example', thread_ts: '1764450000.000100' }));
  const where = { user: USER, channel: 'C0' };
  expect(told).toMatchObject([
    { ...where, threadTs: null },
    { ...where, threadTs: '1764450000.000100' },
  ]);
});

test('a mention without words gets the help', async () => {
  const { send, told } = answered();
  await send(mention({ text: '<@U0BOT>' }));
  expect(told).toMatchObject([{ text: expect.stringContaining('What /lead can do') }]);
});

test('fault-48 answers once what Slack delivers several times, to whichever bot', async () => {
  const seen = new Set<string>();
  const { send, told } = answered(async (eventId) => {
    const isFirst = !seen.has(eventId);
    seen.add(eventId);
    return isFirst;
  });
  for (const event_id of ['Ev0A', 'Ev0A', 'Ev0B', 'Ev0A']) await send(mention({}, { event_id }));
  expect(told).toHaveLength(2);
});

test('answers, and logs it, while the database cannot say whether it has', async () => {
  const { send, told, log } = answered(() => Promise.reject(new Error('away')));
  await send(mention({}));
  expect(told).toHaveLength(1);
  expect(log.lines.map(({ event }) => event)).toContain(
    'could not check whether an event was delivered before',
  );
});

test.each([{ bot_id: 'B0OTHER' }, { user: 'U0BOT' }])(
  'ignores a mention with %j',
  async (event) => {
    const { send, told, order, log } = answered();
    await send(mention(event));
    expect(told).toEqual([]);
    expect(order).toEqual(['ack']);
    expect(log.lines).toEqual([]);
  },
);
