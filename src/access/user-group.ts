import type { Directory, UserGroup } from '../core/ports.ts';
import type { Log } from '../ops/log.ts';
import { createCache } from './cache.ts';

const HOUR_MS = 3_600_000;
/** Someone added to the group, or removed from it, is noticed within this time. */
const FRESH_MS = HOUR_MS;
/** Fallback age while Slack can't be asked. */
const KEEP_MS = 24 * HOUR_MS;
/** Backoff after the group couldn't be read. */
const BACK_OFF_MS = 60_000;
const ADVICE = 'It needs the optional scope usergroups:read and the id of an enabled group.';

interface UserGroupSettings {
  id: string;
  directory: Pick<Directory, 'groupMembers' | 'backOffMs' | 'isRefusal'>;
  log: Log;
  /** Logged when the group can't be read, once until it can. */
  unreadable: string;
  /** A monotonic clock in milliseconds. */
  now(): number;
}

export interface CachedUserGroup extends UserGroup {
  /** Never asks Slack; null if unknown. */
  known(): ReadonlySet<string> | null;
}

/** While it can't be read, its members are those of the last day. */
export function createUserGroup(settings: UserGroupSettings): CachedUserGroup {
  const { id, directory, log, unreadable, now } = settings;
  let readable = true;
  const cache = createCache({
    async load(group: string) {
      try {
        const found = await directory.groupMembers(group);
        readable = true;
        return found;
      } catch (error) {
        if (readable) {
          log.warn(unreadable, { error, ...(directory.isRefusal(error) && { advice: ADVICE }) });
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
    async members() {
      try {
        return await cache.get(id);
      } catch (error) {
        if (directory.isRefusal(error)) return null;
        throw error;
      }
    },
    known: () => cache.known(id)?.value ?? null,
  };
}
