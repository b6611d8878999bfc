import { setTimeout as sleep } from 'node:timers/promises';
import type { Directory, Managers } from '../core/ports.ts';
import type { Log } from '../ops/log.ts';
import { createCache } from './cache.ts';

const HOUR_MS = 3_600_000;
/** Someone added to the group, or removed from it, is noticed within this time. */
const FRESH_MS = HOUR_MS;
/** Fallback age while Slack can't be asked. */
const KEEP_MS = 24 * HOUR_MS;
/** Backoff after the group couldn't be read. */
const BACK_OFF_MS = 60_000;
/** A gesture waits this long for the group. */
const WAIT_MS = 1_000;

/** As the setting MANAGERS names them. */
export interface NamedManagers {
  users: readonly string[];
  /** Id of a user group; null for none. */
  group: string | null;
}

interface ManagersSettings extends NamedManagers {
  directory: Pick<Directory, 'groupMembers' | 'backOffMs'>;
  log: Log;
  /** A monotonic clock in milliseconds. */
  now(): number;
}

interface CachingManagers extends Managers {
  /** Loads the group, so the first gesture needn't wait for it. Never rejects. */
  warmUp(): Promise<void>;
}

/** While the group can't be read, those named by id are managers, and whoever was in the group within a day. */
export function createManagers(settings: ManagersSettings): CachingManagers {
  const { users, group, directory, log, now } = settings;
  const named = new Set(users);
  let readable = true;
  const members = createCache({
    async load(id: string) {
      try {
        const found = await directory.groupMembers(id);
        readable = true;
        return found;
      } catch (error) {
        if (readable) {
          log.warn('could not read the user group of MANAGERS, so it adds no managers for now', {
            error,
            advice: 'It needs the optional scope usergroups:read and the id of an enabled group.',
          });
        }
        readable = false;
        throw error;
      }
    },
    freshMs: FRESH_MS,
    keepMs: KEEP_MS,
    // What is missing, a scope or the group itself, won't be there a moment later.
    backOffMs: (error) => Math.max(BACK_OFF_MS, directory.backOffMs(error)),
    maxKeys: 1,
    now,
  });

  return {
    async include(user) {
      if (named.has(user)) return true;
      if (group === null) return false;
      const found = members.get(group).catch(() => null);
      const inTime = await Promise.race([found, sleep(WAIT_MS, null, { ref: false })]);
      return (inTime ?? members.known(group)?.value)?.has(user) === true;
    },
    async warmUp() {
      if (group !== null) await members.get(group).catch(() => null);
    },
  };
}
