import { expect, test } from 'vitest';
import { contentWithinReach, createRefusalFor } from '../../src/access/readers.ts';
import type { AccessDecision } from '../../src/core/access.ts';
import type { Content } from '../../src/core/message.ts';
import { picture } from '../blocks/samples.ts';

const lead = picture();
const toAnna: Content = { kind: 'dm', reason: { kind: 'offer', to: 'U0ANNA' }, picture: lead };

/** What happens to a direct message to Anna, given what Slack says about her and where the alert is. */
function refusal(decision: AccessDecision, holds: () => Promise<boolean>, content = toAnna) {
  const asked: string[] = [];
  const refusalFor = createRefusalFor({
    accessCheck: {
      async decide(user) {
        asked.push(user);
        return decision;
      },
    },
    cardChannels: {
      async holds(channels, alertId) {
        asked.push(`${channels.join()} ${alertId}`);
        return holds();
      },
    },
  });
  return refusalFor(content).then((verdict) => ({ verdict, asked }));
}

const yes = async () => true;
const no = async () => false;
const down = async () => {
  throw new Error('no database');
};
const NOT_ADMITTED = { kind: 'pause', reason: 'not_admitted', everything: false };
const LATER = { kind: 'later', reason: 'reader_unknown', counts: false };

test('a member of the lead channels gets direct messages about every lead', async () => {
  expect(await refusal({ reach: 'everything' }, down)).toEqual({
    verdict: null,
    asked: ['U0ANNA'],
  });
});

test('a member of other card channels gets those about the leads there', async () => {
  const reach = ['C0WEST'];
  expect(await refusal({ reach }, yes)).toEqual({
    verdict: null,
    asked: ['U0ANNA', `C0WEST ${lead.alert.id}`],
  });
  expect((await refusal({ reach }, no)).verdict).toEqual(NOT_ADMITTED);
});

test.each(['guest', 'external', 'bot', 'deactivated', 'not-in-channel'] as const)(
  'gives up a direct message to someone without access (%s)',
  async (why) => {
    expect((await refusal({ why }, yes)).verdict).toEqual(NOT_ADMITTED);
  },
);

test('retries while Slack or the database cannot tell', async () => {
  expect((await refusal({ why: 'unchecked' }, yes)).verdict).toMatchObject(LATER);
  expect((await refusal({ reach: ['C0WEST'] }, down)).verdict).toMatchObject(LATER);
});

test('a Home tab waits until Slack says who its user is, and then says itself what they may not see', async () => {
  const tab: Content = {
    kind: 'home',
    user: 'U0ANNA',
    pages: { mine: 0, unclaimed: 0 },
    isIdle: false,
  };
  expect((await refusal({ why: 'unchecked' }, down, tab)).verdict).toMatchObject(LATER);
  expect((await refusal({ why: 'guest' }, down, tab)).verdict).toBeNull();
  expect((await refusal({ reach: ['C0WEST'] }, down, tab)).verdict).toBeNull();
});

test('asks nothing about messages in channels', async () => {
  const card: Content = { kind: 'card', picture: lead };
  expect(await refusal({ why: 'unchecked' }, down, card)).toEqual({ verdict: null, asked: [] });
});

const ids = ['a1', 'a2', 'a3'];
const list: Content = {
  kind: 'dm-list',
  list: {
    kind: 'morning',
    to: 'U0ANNA',
    total: 7,
    rows: ids.map((id) => ({
      section: 'mine',
      picture: { ...lead, alert: { ...lead.alert, id } },
      news: [],
    })),
  },
};

/** The alerts of the list that are left for a reader whom Slack says this about. */
async function rowsFor(decision: AccessDecision, ...held: readonly string[]) {
  const settings = {
    accessCheck: { decide: async () => decision },
    cardChannels: { holds: async (_: readonly string[], id: string) => held.includes(id) },
  };
  const content = await contentWithinReach(settings, list);
  return content.kind === 'dm-list'
    ? [content.list.total, ...content.list.rows.map(({ picture: { alert } }) => alert.id)]
    : [];
}

test('a list has the leads that its reader may work on, and counts no others', async () => {
  expect(await rowsFor({ reach: 'everything' })).toEqual([7, ...ids]);
  expect(await rowsFor({ reach: ['C0WEST'] }, 'a1', 'a3')).toEqual([2, 'a1', 'a3']);
});

test('a list is refused if its reader may work on none of its leads', async () => {
  const reach = ['C0WEST'];
  expect((await refusal({ reach: 'everything' }, down, list)).verdict).toBeNull();
  expect((await refusal({ reach }, yes, list)).verdict).toBeNull();
  expect((await refusal({ reach }, no, list)).verdict).toEqual(NOT_ADMITTED);
  expect((await refusal({ reach }, down, list)).verdict).toMatchObject(LATER);
  expect((await refusal({ why: 'guest' }, yes, list)).verdict).toEqual(NOT_ADMITTED);
});

test.each(['guest', 'unchecked'] as const)(
  'a list is not drawn for a reader who has just become %s',
  async (why) => {
    await expect(rowsFor({ why }, ...ids)).rejects.toThrow(why);
  },
);
