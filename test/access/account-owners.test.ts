import { expect, test } from 'vitest';
import { createOwners } from '../../src/access/account-owners.ts';
import { account, lead } from '../blocks/samples.ts';
import { memoryDirectory } from '../support/memory-directory.ts';
import { memoryLog } from '../support/memory-log.ts';

const JO = 'jo@ours.example';
const HOUR = 3_600_000;

function stage() {
  const directory = memoryDirectory();
  directory.emails.set(JO, 'U0JO');
  const clock = { ms: 1_000_000 };
  const log = memoryLog();
  const owners = createOwners({ directory, log, now: () => clock.ms });
  const ownerOf = async (ownerEmail: string | null) =>
    (await owners.withOwner(account({ leads: [lead({ ownerEmail })] }))).leads[0]?.ownerUser;
  return { directory, clock, log, owners, ownerOf };
}

test('looks up an address once an hour, whatever its case, and caches misses too', async () => {
  const { directory, clock, ownerOf } = stage();
  expect([await ownerOf(JO), await ownerOf(' Jo@Ours.example ')]).toEqual(['U0JO', 'U0JO']);
  expect([await ownerOf('x@ours.example'), await ownerOf('x@ours.example')]).toEqual([null, null]);
  expect(directory.asked).toEqual([`member with ${JO}`, 'member with x@ours.example']);
  clock.ms += HOUR;
  await ownerOf(JO);
  expect(directory.asked).toHaveLength(3);
});

test.each([null, '', 'Jo', 'jo@ours.example, bo@ours.example', '<!channel>'])(
  'does not look up %j, which is not an address',
  async (email) => {
    const { directory, ownerOf } = stage();
    expect(await ownerOf(email)).toBeNull();
    expect(directory.asked).toEqual([]);
  },
);

test('drops a deactivated owner after an hour', async () => {
  const { directory, clock, ownerOf } = stage();
  expect(await ownerOf(JO)).toBe('U0JO');
  directory.emails.delete(JO);
  clock.ms += HOUR;
  expect(await ownerOf(JO)).toBeNull();
});

test.each(['down', 'mute'] as const)(
  'while Slack is %s, delays one card by a second at most and later ones not at all, and uses the cache',
  async (mood) => {
    const { directory, clock, ownerOf } = stage();
    expect(await ownerOf(JO)).toBe('U0JO');
    directory.mood = mood;
    clock.ms += HOUR;
    const begun = performance.now();
    expect(await ownerOf('new@ours.example')).toBeNull();
    expect(performance.now() - begun).toBeLessThan(1_500);
    const asked = directory.asked.length;
    expect(await ownerOf(JO)).toBe('U0JO');
    expect(await ownerOf('other@ours.example')).toBeNull();
    expect(directory.asked).toHaveLength(asked);
    directory.mood = 'well';
    clock.ms += 30_000;
    directory.emails.set('other@ours.example', 'U0OTHER');
    expect(await ownerOf('other@ours.example')).toBe('U0OTHER');
  },
);

test('finds the user with an address, and says why there is none', async () => {
  const { directory, owners, clock } = stage();
  expect(await owners.find(' Jo@Ours.example')).toEqual({ user: 'U0JO' });
  expect(await owners.find('gone@ours.example')).toEqual({ why: 'unknown' });
  expect(await owners.find('Jo')).toEqual({ why: 'unknown' });
  expect(directory.asked).toEqual([`member with ${JO}`, 'member with gone@ours.example']);
  clock.ms += HOUR;
  directory.lacks = 'users:read.email';
  directory.emails.clear();
  expect(await owners.find(JO)).toEqual({ why: 'lacks-scope' });
  expect(await owners.find('other@ours.example')).toEqual({ why: 'lacks-scope' });
  expect(directory.asked).toHaveLength(3);
});

test('an address that Slack refuses is looked up once an hour and delays no other', async () => {
  const { directory, owners, ownerOf } = stage();
  directory.refusals.set('odd@ours.example', 'invalid_email');
  const refused = { why: 'refused', code: 'invalid_email' };
  expect(await owners.find('odd@ours.example')).toEqual(refused);
  expect(await ownerOf('odd@ours.example')).toBeNull();
  expect(await owners.find('odd@ours.example')).toEqual(refused);
  expect(await ownerOf(JO)).toBe('U0JO');
  expect(directory.asked).toHaveLength(2);
});

test('takes no failure of Slack for a user who is not there', async () => {
  const { directory, owners } = stage();
  directory.mood = 'down';
  await expect(owners.find(JO)).rejects.toThrow('no answer');
});

test('without the scope, shows owners by address, logs it once, and asks once an hour', async () => {
  const { directory, clock, log, ownerOf } = stage();
  directory.lacks = 'users:read.email';
  directory.emails.clear();
  for (let n = 0; n < 20; n++) expect(await ownerOf(`${n}@ours.example`)).toBeNull();
  expect(directory.asked).toHaveLength(1);
  expect(log.lines).toMatchObject([
    { level: 'info', event: expect.stringContaining('no first call'), reason: 'users:read.email' },
  ]);
  directory.lacks = null;
  directory.emails.set(JO, 'U0JO');
  clock.ms += HOUR;
  expect(await ownerOf(JO)).toBe('U0JO');
});
