import { expect, test } from 'vitest';
import { createManagers } from '../../src/access/managers.ts';
import { createUserGroup } from '../../src/access/user-group.ts';
import { memoryDirectory } from '../support/memory-directory.ts';
import { memoryLog } from '../support/memory-log.ts';

const HOUR = 3_600_000;

function stage(group: string | null = 'S0LEADS', users = ['U0ADA']) {
  const directory = memoryDirectory();
  directory.groups.set('S0LEADS', new Set(['U0CY']));
  const clock = { ms: 1_000_000 };
  const log = memoryLog();
  const managers = createManagers({
    users,
    group:
      group === null
        ? null
        : createUserGroup({
            id: group,
            directory,
            log,
            unreadable: 'could not read the group',
            now: () => clock.ms,
          }),
  });
  const whoOf = async (...users: string[]) => {
    const found = await Promise.all(users.map((user) => managers.include(user)));
    return users.filter((_, n) => found[n]);
  };
  return { directory, clock, log, managers, whoOf };
}

test('managers are those named by id and the members of the group', async () => {
  const { whoOf } = stage();
  expect(await whoOf('U0ADA', 'U0BO', 'U0CY')).toEqual(['U0ADA', 'U0CY']);
});

test('without a group Slack is never asked', async () => {
  const { directory, managers, whoOf } = stage(null);
  await managers.warmUp();
  expect(await whoOf('U0ADA', 'U0CY')).toEqual(['U0ADA']);
  expect(directory.asked).toEqual([]);
});

test('the group is read once an hour, the first time before anyone asks', async () => {
  const { directory, clock, managers, whoOf } = stage();
  await managers.warmUp();
  await whoOf('U0BO', 'U0CY');
  expect(directory.asked).toEqual(['group S0LEADS']);
  directory.groups.set('S0LEADS', new Set(['U0BO']));
  clock.ms += HOUR;
  expect(await whoOf('U0BO', 'U0CY')).toEqual(['U0BO']);
});

test('a group that cannot be read is logged once, and people named by id stay managers', async () => {
  const { directory, clock, log, managers, whoOf } = stage();
  directory.groups.clear();
  await managers.warmUp();
  for (let n = 0; n < 5; n++) {
    expect(await whoOf('U0ADA', 'U0CY')).toEqual(['U0ADA']);
    clock.ms += HOUR;
  }
  expect(log.lines).toMatchObject([{ level: 'warn', event: 'could not read the group' }]);
});

test('a list of all of them has those named by id while the group is unknown, else it waits for Slack', async () => {
  const known = stage();
  expect(await known.managers.all()).toEqual(['U0ADA', 'U0CY']);
  const down = stage();
  down.directory.mood = 'down';
  expect(await down.managers.all()).toEqual(['U0ADA']);
  const unknown = stage('S0LEADS', []);
  unknown.directory.mood = 'down';
  await expect(unknown.managers.all()).rejects.toThrow('no answer');
});

test.each(['down', 'mute'] as const)(
  'while Slack is %s, the members of the last day stay managers, and nobody waits long',
  async (mood) => {
    const { directory, clock, whoOf } = stage();
    await whoOf('U0CY');
    directory.mood = mood;
    clock.ms += HOUR;
    const begun = performance.now();
    expect(await whoOf('U0CY')).toEqual(['U0CY']);
    expect(performance.now() - begun).toBeLessThan(1_500);
    clock.ms += 24 * HOUR;
    expect(await whoOf('U0ADA', 'U0CY')).toEqual(['U0ADA']);
  },
);
