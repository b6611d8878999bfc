import { setTimeout as sleep } from 'node:timers/promises';
import type { Managers } from '../core/ports.ts';
import type { CachedUserGroup } from './user-group.ts';

/** A gesture waits this long for the group. */
const WAIT_MS = 1_000;

interface ManagersSettings {
  users: readonly string[];
  group: CachedUserGroup | null;
}

export interface CachingManagers extends Managers {
  /** Loads the group, so the first gesture needn't wait for it. Never rejects. */
  warmUp(): Promise<void>;
}

/** Those named by id are managers while the group can't be read, too. */
export function createManagers({ users, group }: ManagersSettings): CachingManagers {
  const named = new Set(users);
  return {
    areSet: users.length > 0 || group !== null,
    async include(user) {
      if (named.has(user)) return true;
      if (group === null) return false;
      const found = group.members().catch(() => null);
      const inTime = await Promise.race([found, sleep(WAIT_MS, null, { ref: false })]);
      return (inTime ?? group.known())?.has(user) === true;
    },
    async all() {
      const members = await group?.members().catch((error: unknown) => {
        if (users.length === 0) throw error;
        return null;
      });
      return [...new Set([...users, ...(members ?? [])])].slice(0, 50);
    },
    async warmUp() {
      await group?.members().catch(() => null);
    },
  };
}
