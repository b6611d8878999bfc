import { expect, test } from 'vitest';
import { createAccessCheck } from '../../src/access/access-check.ts';
import { memoryDirectory } from '../support/memory-directory.ts';

const ALERTS = 'C0ALERTS';
const DIGEST = 'C0DIGEST';
const ENTERPRISE = 'C0ENTERPRISE';
const MINUTE = 60_000;

function stage() {
  const directory = memoryDirectory();
  directory.people.set('U0ADA', 'member').set('U0BO', 'member').set('U0GUEST', 'guest');
  directory.channels.set(ALERTS, new Set(['U0ADA', 'U0GUEST'])).set(DIGEST, new Set());
  const clock = { ms: 1_000_000 };
  const named: { ids: string[] | null } = { ids: [] };
  const accessCheck = createAccessCheck({
    directory,
    channels: [ALERTS, DIGEST],
    cardChannels: {
      list: async () => {
        if (named.ids === null) throw new Error('no database');
        return named.ids;
      },
    },
    policy: { allowGuests: false, allowExternal: false },
    now: () => clock.ms,
  });
  const admit = (user: string) => accessCheck.decide(user, 20_000);
  const denialReason = async (user: string, waitMs = 20_000) => {
    const answer = await accessCheck.decide(user, waitMs);
    return 'why' in answer ? answer.why : null;
  };
  return { directory, clock, named, accessCheck, admit, denialReason };
}

test('grants access to members of either channel only', async () => {
  const { directory, denialReason } = stage();
  directory.channels.set(DIGEST, new Set(['U0BO']));
  directory.people.set('U0CY', 'member');
  expect(await denialReason('U0ADA')).toBeNull();
  expect(await denialReason('U0BO')).toBeNull();
  expect(await denialReason('U0CY')).toBe('not-in-channel');
  expect(await denialReason('U0GUEST')).toBe('guest');
});

test('caches users for five minutes and members for one', async () => {
  const { directory, clock, denialReason } = stage();
  await denialReason('U0ADA');
  expect(directory.asked).toHaveLength(3);
  clock.ms += MINUTE - 1;
  await denialReason('U0ADA');
  expect(directory.asked).toHaveLength(3);
  clock.ms += 2;
  await denialReason('U0ADA');
  expect(directory.asked.slice(3)).toEqual([`members ${ALERTS}`, `members ${DIGEST}`]);
  clock.ms += 5 * MINUTE;
  await denialReason('U0ADA');
  expect(directory.asked.slice(5)).toContain('person U0ADA');
});

test('knows the time zone of whoever it has decided on', async () => {
  const { directory, accessCheck, denialReason } = stage();
  directory.timeZones.set('U0ADA', 'Asia/Tokyo');
  expect(accessCheck.timeZoneOf('U0ADA')).toBeNull();
  await denialReason('U0ADA');
  expect(accessCheck.timeZoneOf('U0ADA')).toBe('Asia/Tokyo');
  directory.mood = 'down';
  expect(accessCheck.timeZoneOf('U0ADA')).toBe('Asia/Tokyo');
});

test('uses the members loaded by warmUp for the first gesture', async () => {
  const { directory, accessCheck, denialReason } = stage();
  await accessCheck.warmUp();
  await denialReason('U0ADA');
  expect(directory.asked).toEqual([`members ${ALERTS}`, `members ${DIGEST}`, 'person U0ADA']);
});

test('refuses a user within a minute after they leave the channel', async () => {
  const { directory, clock, denialReason } = stage();
  expect(await denialReason('U0ADA')).toBeNull();
  directory.channels.set(ALERTS, new Set());
  clock.ms += MINUTE;
  expect(await denialReason('U0ADA')).toBe('not-in-channel');
});

test('re-checks before refusing, because the user may have just joined', async () => {
  const { directory, clock, accessCheck, denialReason } = stage();
  await accessCheck.warmUp();
  directory.channels.get(ALERTS)?.add('U0BO');
  clock.ms += 10_000;
  expect(await denialReason('U0BO')).toBeNull();
  directory.people.set('U0GUEST', 'guest');
  expect(await denialReason('U0GUEST')).toBe('guest');
  directory.people.set('U0GUEST', 'member');
  clock.ms += 10_000;
  expect(await denialReason('U0GUEST')).toBeNull();
});

test('asks for the members once in three seconds during a flood of refusals', async () => {
  const { directory, clock, accessCheck, denialReason } = stage();
  await accessCheck.warmUp();
  directory.asked.length = 0;
  clock.ms += 10_000;
  await Promise.all(Array.from({ length: 50 }, () => denialReason('U0BO')));
  for (let n = 0; n < 5; n++) await denialReason('U0BO');
  expect(directory.asked.sort()).toEqual([`members ${ALERTS}`, `members ${DIGEST}`, 'person U0BO']);
});

test('shares one lookup among concurrent gestures', async () => {
  const { directory, denialReason } = stage();
  const all = await Promise.all(Array.from({ length: 20 }, () => denialReason('U0ADA')));
  expect(new Set(all)).toEqual(new Set([null]));
  expect(directory.asked).toHaveLength(3);
});

test('falls back to the cache for an hour while Slack is down, then grants nothing', async () => {
  const { directory, clock, denialReason } = stage();
  expect(await denialReason('U0ADA')).toBeNull();
  directory.mood = 'down';
  clock.ms += 50 * MINUTE;
  expect(await denialReason('U0ADA')).toBeNull();
  expect(await denialReason('U0GUEST')).toBe('unchecked');
  clock.ms += 11 * MINUTE;
  expect(await denialReason('U0ADA')).toBe('unchecked');
  directory.mood = 'well';
  clock.ms += 5_000;
  expect(await denialReason('U0ADA')).toBeNull();
});

test.each(['down', 'mute'] as const)(
  'while Slack is %s, never says that a user is not in the channel',
  async (mood) => {
    const { directory, clock, denialReason } = stage();
    expect(await denialReason('U0BO')).toBe('not-in-channel');
    directory.channels.get(ALERTS)?.add('U0BO');
    directory.mood = mood;
    clock.ms += 10 * MINUTE;
    expect(await denialReason('U0BO', 5)).toBe('unchecked');
  },
);

test('decides from the cache after waitMs when Slack never answers', async () => {
  const { directory, clock, denialReason } = stage();
  expect(await denialReason('U0ADA')).toBeNull();
  directory.mood = 'mute';
  clock.ms += 10 * MINUTE;
  expect(await denialReason('U0ADA', 5)).toBeNull();
  expect(await denialReason('U0BO', 5)).toBe('unchecked');
});

test('grants access by one channel when the other cannot be read, and otherwise stays unchecked', async () => {
  const { directory, denialReason } = stage();
  directory.channels.delete(DIGEST);
  expect(await denialReason('U0ADA')).toBeNull();
  expect(await denialReason('U0BO')).toBe('unchecked');
});

test('backs off for five seconds per lookup while Slack fails', async () => {
  const { directory, clock, denialReason } = stage();
  directory.mood = 'down';
  for (let n = 0; n < 10; n++) await denialReason('U0ADA');
  expect(directory.asked).toHaveLength(3);
  clock.ms += 5_000;
  await denialReason('U0ADA');
  expect(directory.asked).toHaveLength(6);
});

/** With a card channel that only Bo and a guest are in. */
function routed() {
  const parts = stage();
  parts.named.ids = [ENTERPRISE];
  parts.directory.channels.set(ENTERPRISE, new Set(['U0BO', 'U0GUEST']));
  return parts;
}

test('limits members of only a card channel to that channel', async () => {
  const { directory, admit } = routed();
  directory.people.set('U0CY', 'member');
  directory.channels.get(ENTERPRISE)?.add('U0ADA');
  expect(await admit('U0BO')).toEqual({ reach: [ENTERPRISE] });
  expect(await admit('U0ADA')).toEqual({ reach: 'everything' });
  expect(await admit('U0CY')).toEqual({ why: 'not-in-channel' });
  directory.channels.get(ALERTS)?.delete('U0GUEST');
  expect(await admit('U0GUEST')).toEqual({ why: 'guest' });
});

test('notices a new card channel, or a user joining or leaving one, after three seconds', async () => {
  const { directory, clock, named, admit } = routed();
  directory.channels.set('C0SMALL', new Set(['U0BO']));
  expect(await admit('U0BO')).toEqual({ reach: [ENTERPRISE] });
  named.ids = [ENTERPRISE, 'C0SMALL'];
  clock.ms += 3_000;
  expect(await admit('U0BO')).toEqual({ reach: [ENTERPRISE, 'C0SMALL'] });
  directory.channels.get(ENTERPRISE)?.delete('U0BO');
  clock.ms += 3_000;
  expect(await admit('U0BO')).toEqual({ reach: ['C0SMALL'] });
  named.ids = [];
  clock.ms += 3_000;
  expect(await admit('U0BO')).toEqual({ why: 'not-in-channel' });
});

test('asks once in three seconds about fifty card channels during a flood of gestures', async () => {
  const { directory, named, admit } = routed();
  named.ids = Array.from({ length: 50 }, (_, n) => `C0CHANNEL${n}`).concat(ENTERPRISE);
  await Promise.all(Array.from({ length: 30 }, () => admit('U0BO')));
  await admit('U0BO');
  expect(directory.asked.filter((one) => one.startsWith('channels'))).toEqual(['channels of U0BO']);
});

test.each(['down', 'mute'] as const)(
  'while Slack is %s, keeps access to a card channel for an hour, and never refuses for sure',
  async (mood) => {
    const { directory, clock, accessCheck, admit } = routed();
    directory.people.set('U0CY', 'member');
    expect(await admit('U0BO')).toEqual({ reach: [ENTERPRISE] });
    expect(await admit('U0CY')).toEqual({ why: 'not-in-channel' });
    directory.mood = mood;
    clock.ms += 50 * MINUTE;
    expect(await accessCheck.decide('U0BO', 5)).toEqual({ reach: [ENTERPRISE] });
    expect(await accessCheck.decide('U0CY', 5)).toEqual({ why: 'unchecked' });
    clock.ms += 11 * MINUTE;
    expect(await accessCheck.decide('U0BO', 5)).toEqual({ why: 'unchecked' });
  },
);

test('never refuses for sure while the database does not list the card channels', async () => {
  const { named, admit, clock } = routed();
  named.ids = null;
  expect(await admit('U0BO')).toEqual({ why: 'unchecked' });
  expect(await admit('U0ADA')).toEqual({ reach: 'everything' });
  named.ids = [ENTERPRISE];
  clock.ms += 5_000;
  expect(await admit('U0BO')).toEqual({ reach: [ENTERPRISE] });
});
