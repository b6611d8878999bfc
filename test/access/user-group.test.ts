import { expect, test } from 'vitest';
import { createUserGroup } from '../../src/access/user-group.ts';
import { memoryDirectory } from '../support/memory-directory.ts';
import { memoryLog } from '../support/memory-log.ts';

const HOUR = 3_600_000;

function stage() {
  const directory = memoryDirectory();
  directory.groups.set('S0SALES', new Set(['U0ADA']));
  const clock = { ms: 1_000_000 };
  const log = memoryLog();
  const group = createUserGroup({
    id: 'S0SALES',
    directory,
    log,
    unreadable: 'could not read the group',
    now: () => clock.ms,
  });
  return { directory, clock, log, group };
}

test('a group that Slack refuses to list has no members, and is asked for once a minute', async () => {
  const { directory, clock, log, group } = stage();
  directory.groups.clear();
  expect([await group.members(), await group.members()]).toEqual([null, null]);
  expect(directory.asked).toHaveLength(1);
  directory.groups.set('S0SALES', new Set(['U0BO']));
  clock.ms += 60_000;
  expect(await group.members()).toEqual(new Set(['U0BO']));
  expect(log.lines).toMatchObject([{ advice: expect.stringContaining('usergroups:read') }]);
});

test('while Slack does not answer, the members of the last day count, and without any it fails', async () => {
  const { directory, clock, group } = stage();
  directory.mood = 'down';
  await expect(group.members()).rejects.toThrow('no answer');
  directory.mood = 'well';
  clock.ms += 60_000;
  await group.members();
  directory.mood = 'down';
  clock.ms += 23 * HOUR;
  expect(await group.members()).toEqual(new Set(['U0ADA']));
  clock.ms += HOUR;
  await expect(group.members()).rejects.toThrow('no answer');
});
