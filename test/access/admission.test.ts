import { expect, test } from 'vitest';
import { createAdmission } from '../../src/access/admission.ts';
import { memoryDirectory } from '../support/memory-directory.ts';

const ALERTS = 'C0ALERTS';
const DIGEST = 'C0DIGEST';
const MINUTE = 60_000;

function stage() {
  const directory = memoryDirectory();
  directory.people.set('U0ADA', 'member').set('U0BO', 'member').set('U0GUEST', 'guest');
  directory.channels.set(ALERTS, new Set(['U0ADA', 'U0GUEST'])).set(DIGEST, new Set());
  const clock = { ms: 1_000_000 };
  const admission = createAdmission({
    directory,
    channels: [ALERTS, DIGEST],
    policy: { allowGuests: false, allowExternal: false },
    now: () => clock.ms,
  });
  const barrier = (user: string) => admission.barrier(user, 20_000);
  return { directory, clock, admission, barrier };
}

test('whoever is in one of the two channels may work on leads, and others may not', async () => {
  const { directory, barrier } = stage();
  directory.channels.set(DIGEST, new Set(['U0BO']));
  directory.people.set('U0CY', 'member');
  expect(await barrier('U0ADA')).toBeNull();
  expect(await barrier('U0BO')).toBeNull();
  expect(await barrier('U0CY')).toBe('not-in-channel');
  expect(await barrier('U0GUEST')).toBe('guest');
});

test('what is known is not asked again: people for five minutes, members for one', async () => {
  const { directory, clock, barrier } = stage();
  await barrier('U0ADA');
  expect(directory.asked).toHaveLength(3);
  clock.ms += MINUTE - 1;
  await barrier('U0ADA');
  expect(directory.asked).toHaveLength(3);
  clock.ms += 2;
  await barrier('U0ADA');
  expect(directory.asked.slice(3)).toEqual([`members ${ALERTS}`, `members ${DIGEST}`]);
  clock.ms += 5 * MINUTE;
  await barrier('U0ADA');
  expect(directory.asked.slice(5)).toContain('person U0ADA');
});

test('the members that were asked for at the start are there for the first gesture', async () => {
  const { directory, admission, barrier } = stage();
  await admission.warmUp();
  await barrier('U0ADA');
  expect(directory.asked).toEqual([`members ${ALERTS}`, `members ${DIGEST}`, 'person U0ADA']);
});

test('somebody who has left the channel is refused a minute later at most', async () => {
  const { directory, clock, barrier } = stage();
  expect(await barrier('U0ADA')).toBeNull();
  directory.channels.set(ALERTS, new Set());
  clock.ms += MINUTE;
  expect(await barrier('U0ADA')).toBe('not-in-channel');
});

test('nobody is refused without a fresh look: they may have joined just now', async () => {
  const { directory, clock, admission, barrier } = stage();
  await admission.warmUp();
  directory.channels.get(ALERTS)?.add('U0BO');
  clock.ms += 10_000;
  expect(await barrier('U0BO')).toBeNull();
  directory.people.set('U0GUEST', 'guest');
  expect(await barrier('U0GUEST')).toBe('guest');
  directory.people.set('U0GUEST', 'member');
  clock.ms += 10_000;
  expect(await barrier('U0GUEST')).toBeNull();
});

test('a flood of gestures that are refused asks for the members once in three seconds', async () => {
  const { directory, clock, admission, barrier } = stage();
  await admission.warmUp();
  directory.asked.length = 0;
  clock.ms += 10_000;
  await Promise.all(Array.from({ length: 50 }, () => barrier('U0BO')));
  for (let n = 0; n < 5; n++) await barrier('U0BO');
  expect(directory.asked.sort()).toEqual([`members ${ALERTS}`, `members ${DIGEST}`, 'person U0BO']);
});

test('gestures of the same moment share one question', async () => {
  const { directory, barrier } = stage();
  const all = await Promise.all(Array.from({ length: 20 }, () => barrier('U0ADA')));
  expect(new Set(all)).toEqual(new Set([null]));
  expect(directory.asked).toHaveLength(3);
});

test('while Slack can not be asked, what was known decides for an hour, and then nobody gets in', async () => {
  const { directory, clock, barrier } = stage();
  expect(await barrier('U0ADA')).toBeNull();
  directory.mood = 'down';
  clock.ms += 50 * MINUTE;
  expect(await barrier('U0ADA')).toBeNull();
  expect(await barrier('U0GUEST')).toBe('unchecked');
  clock.ms += 11 * MINUTE;
  expect(await barrier('U0ADA')).toBe('unchecked');
  directory.mood = 'well';
  clock.ms += 5_000;
  expect(await barrier('U0ADA')).toBeNull();
});

test.each(['down', 'mute'] as const)(
  'while Slack is %s, nobody is told for sure that they are not in the channel',
  async (mood) => {
    const { directory, clock, admission, barrier } = stage();
    expect(await barrier('U0BO')).toBe('not-in-channel');
    directory.channels.get(ALERTS)?.add('U0BO');
    directory.mood = mood;
    clock.ms += 10 * MINUTE;
    expect(await admission.barrier('U0BO', 5)).toBe('unchecked');
  },
);

test('a Slack that never answers keeps nobody waiting longer than was said, and lets nobody in unknown', async () => {
  const { directory, clock, admission, barrier } = stage();
  expect(await barrier('U0ADA')).toBeNull();
  directory.mood = 'mute';
  clock.ms += 10 * MINUTE;
  expect(await admission.barrier('U0ADA', 5)).toBeNull();
  expect(await admission.barrier('U0BO', 5)).toBe('unchecked');
});

test('one channel that can not be read hides nobody who is in the other, and refuses nobody for sure', async () => {
  const { directory, barrier } = stage();
  directory.channels.delete(DIGEST);
  expect(await barrier('U0ADA')).toBeNull();
  expect(await barrier('U0BO')).toBe('unchecked');
});

test('while Slack fails it is asked once in five seconds about the same thing', async () => {
  const { directory, clock, barrier } = stage();
  directory.mood = 'down';
  for (let n = 0; n < 10; n++) await barrier('U0ADA');
  expect(directory.asked).toHaveLength(3);
  clock.ms += 5_000;
  await barrier('U0ADA');
  expect(directory.asked).toHaveLength(6);
});
