import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AccessPolicy,
  type Barrier,
  barrierFor,
  type Membership,
  type PersonKind,
} from '../core/access.ts';
import type { Admission, Directory } from '../core/ports.ts';
import { type Remembered, remembered } from './remembered.ts';

const MINUTE_MS = 60_000;
/** Few people become a guest or are deactivated, so Slack is rarely asked about the same one again. */
const PERSON_FRESH_MS = 5 * MINUTE_MS;
/** Whoever is removed from a channel is refused as soon as this. */
const MEMBERS_FRESH_MS = MINUTE_MS;
/** Nobody is refused on older knowledge than this: they may have just joined. */
const REFUSE_FRESH_MS = 3_000;
/**
 * How long the last answer stands in while Slack can't be asked. An hour of trouble should not keep AEs from
 * their leads; whoever was a member an hour ago most likely is one still.
 */
const KEEP_MS = 60 * MINUTE_MS;
const MOST_PEOPLE = 2_000;
const MOST_CHANNELS = 10;

export interface AdmissionSettings {
  directory: Directory;
  /** Who is in one of these may work on leads. */
  channels: readonly string[];
  policy: AccessPolicy;
  /** Milliseconds of a clock that is never set back. */
  now(): number;
}

export interface RememberingAdmission extends Admission {
  /** Asks for the members beforehand, so that the first gesture need not wait for them. */
  warmUp(): Promise<void>;
}

export function createAdmission(settings: AdmissionSettings): RememberingAdmission {
  const { directory, channels, policy, now } = settings;
  const memory = { keepMs: KEEP_MS, backOffMs: directory.backOffMs, now };
  const people = remembered({
    ...memory,
    load: directory.person,
    freshMs: PERSON_FRESH_MS,
    most: MOST_PEOPLE,
  });
  const members = remembered({
    ...memory,
    load: directory.members,
    freshMs: MEMBERS_FRESH_MS,
    most: MOST_CHANNELS,
  });

  type Ask = <Value>(memory: Remembered<Value>, key: string) => Promise<Value>;

  async function decide(user: string, ask: Ask): Promise<Barrier | null> {
    const [person, ...within] = await Promise.all([
      ask(people, user).catch(() => null),
      ...channels.map((channel) =>
        ask(members, channel)
          .then((all) => all.has(user))
          .catch(() => null),
      ),
    ]);
    return barrierFor(person?.kind ?? null, membership(within), policy);
  }

  async function look(user: string): Promise<Barrier | null> {
    const barrier = await decide(user, (memory, key) => memory.get(key));
    return barrier === null
      ? null
      : decide(user, (memory, key) => memory.fresh(key, REFUSE_FRESH_MS));
  }

  function fromMemory(user: string): Barrier | null {
    const kind: PersonKind | null = people.known(user)?.value.kind ?? null;
    const within = channels.map((channel) => members.known(channel)?.value.has(user) ?? null);
    return barrierFor(kind, membership(within), policy) === null ? null : 'unchecked';
  }

  return {
    async barrier(user, waitMs) {
      const patience = new AbortController();
      const late = sleep(waitMs, 'late' as const, { signal: patience.signal }).catch(
        () => 'late' as const,
      );
      const first = await Promise.race([look(user), late]);
      patience.abort();
      return first === 'late' ? fromMemory(user) : first;
    },
    async warmUp() {
      await Promise.allSettled(channels.map((channel) => members.get(channel)));
    },
  };
}

/** In one of the channels is enough, out needs an answer from all of them. */
function membership(within: readonly (boolean | null)[]): Membership {
  if (within.includes(true)) return 'in';
  return within.includes(null) ? 'unknown' : 'out';
}
