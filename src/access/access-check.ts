import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AccessDecision,
  type AccessPolicy,
  decideAccess,
  type Membership,
  type PersonKind,
} from '../core/access.ts';
import type { AccessCheck, CardChannels, Directory } from '../core/ports.ts';
import { type Cache, createCache } from './cache.ts';

const MINUTE_MS = 60_000;
/** Few people become a guest or are deactivated, so Slack is rarely asked about the same one again. */
const PERSON_FRESH_MS = 5 * MINUTE_MS;
/** A removed member loses access within this time. */
const MEMBERS_FRESH_MS = MINUTE_MS;
/** Re-check before refusing when the cache is older: the person may have just joined. */
const REFUSE_FRESH_MS = 3_000;
/**
 * How long the last answer stands in while Slack can't be asked. An hour of trouble should not keep AEs from
 * their leads; whoever was a member an hour ago most likely is one still.
 */
const KEEP_MS = 60 * MINUTE_MS;
const MOST_PEOPLE = 2_000;
const MOST_CHANNELS = 10;

export interface AccessCheckSettings {
  directory: Directory;
  /** Who is in one of these may work on all leads. */
  channels: readonly string[];
  /** Who is only in some of these, on those that stand there. */
  cardChannels: Pick<CardChannels, 'list'>;
  policy: AccessPolicy;
  /** Milliseconds of a clock that is never set back. */
  now(): number;
}

export interface CachingAccessCheck extends AccessCheck {
  /** Asks for the members beforehand, so that the first gesture need not wait for them. */
  warmUp(): Promise<void>;
}

interface Found {
  kind: PersonKind | null;
  within: Membership;
}

export function createAccessCheck(settings: AccessCheckSettings): CachingAccessCheck {
  const { directory, channels, cardChannels, policy, now } = settings;
  const memory = { keepMs: KEEP_MS, backOffMs: directory.backOffMs, now };
  const people = createCache({
    ...memory,
    load: directory.person,
    freshMs: PERSON_FRESH_MS,
    maxKeys: MOST_PEOPLE,
  });
  const members = createCache({
    ...memory,
    load: directory.members,
    freshMs: MEMBERS_FRESH_MS,
    maxKeys: MOST_CHANNELS,
  });
  // Asked anew whenever somebody is: a channel may have got its first card just now.
  const named = createCache({
    ...memory,
    load: cardChannels.list,
    freshMs: 0,
    maxKeys: 1,
  });
  const further = createCache({
    ...memory,
    // By person and not by channel: there may be fifty channels, and most people are in none of them.
    async load(user) {
      const all = await named.get('all');
      return all.length === 0 ? [] : directory.channelsOf(user, all);
    },
    freshMs: REFUSE_FRESH_MS,
    maxKeys: MOST_PEOPLE,
  });

  type Ask = <Value>(memory: Cache<Value>, key: string) => Promise<Value>;

  async function find(user: string, ask: Ask): Promise<Found> {
    const [person, ...within] = await Promise.all([
      ask(people, user).catch(() => null),
      ...channels.map((channel) =>
        ask(members, channel)
          .then((all) => all.has(user))
          .catch(() => null),
      ),
    ]);
    return { kind: person?.kind ?? null, within: membership(within) };
  }

  /** What was known within the hour lets somebody in while Slack can't be asked, and refuses nobody. */
  async function furtherOf(user: string): Promise<readonly string[] | null> {
    try {
      return await further.fresh(user, REFUSE_FRESH_MS);
    } catch {
      const known = further.known(user)?.value ?? [];
      return known.length > 0 ? known : null;
    }
  }

  async function look(user: string): Promise<AccessDecision> {
    const known = await find(user, (memory, key) => memory.get(key));
    const first = decideAccess(known.kind, known.within, [], policy);
    if ('reach' in first) return first;
    const [sure, theirs] = await Promise.all([
      find(user, (memory, key) => memory.fresh(key, REFUSE_FRESH_MS)),
      furtherOf(user),
    ]);
    const answer = decideAccess(sure.kind, sure.within, theirs, policy);
    if ('reach' in answer || answer.why !== 'unchecked') return answer;
    const from = decideAccess(known.kind, 'unknown', theirs, policy);
    return 'reach' in from ? from : answer;
  }

  function fromMemory(user: string): AccessDecision {
    const kind: PersonKind | null = people.known(user)?.value.kind ?? null;
    const within = channels.map((channel) => members.known(channel)?.value.has(user) ?? null);
    const theirs = further.known(user)?.value ?? null;
    const known = decideAccess(kind, membership(within), theirs, policy);
    return 'reach' in known ? known : { why: 'unchecked' };
  }

  return {
    async decide(user, waitMs) {
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
