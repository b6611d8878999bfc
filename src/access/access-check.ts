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
/** Users rarely become guests or get deactivated. */
const PERSON_FRESH_MS = 5 * MINUTE_MS;
/** A removed member loses access within this time. */
const MEMBERS_FRESH_MS = MINUTE_MS;
/** Re-check before refusing when the cache is older: the user may have just joined. */
const REFUSE_FRESH_MS = 3_000;
/** Fallback age while Slack is down. An hour's outage shouldn't lock AEs out, and membership rarely changes in that time. */
const KEEP_MS = 60 * MINUTE_MS;
const MAX_USERS = 2_000;
const MAX_CHANNELS = 10;

interface AccessCheckSettings {
  directory: Directory;
  /** Members of these may work on all leads. */
  channels: readonly string[];
  /** Members of only these may work on the leads whose cards are there. */
  cardChannels: Pick<CardChannels, 'list'>;
  policy: AccessPolicy;
  /** A monotonic clock in milliseconds. */
  now(): number;
}

export interface CachingAccessCheck extends AccessCheck {
  /** Loads the members, so the first gesture needn't wait for them. */
  warmUp(): Promise<void>;
}

interface Standing {
  kind: PersonKind | null;
  membership: Membership;
}

export function createAccessCheck(settings: AccessCheckSettings): CachingAccessCheck {
  const { directory, channels, cardChannels, policy, now } = settings;
  const shared = { keepMs: KEEP_MS, backOffMs: directory.backOffMs, now };
  const people = createCache({
    ...shared,
    load: directory.person,
    freshMs: PERSON_FRESH_MS,
    maxKeys: MAX_USERS,
  });
  const members = createCache({
    ...shared,
    load: directory.members,
    freshMs: MEMBERS_FRESH_MS,
    maxKeys: MAX_CHANNELS,
  });
  // Never fresh: a channel may have just got its first card.
  const allCardChannels = createCache({
    ...shared,
    load: cardChannels.list,
    freshMs: 0,
    maxKeys: 1,
  });
  const cardChannelsOf = createCache({
    ...shared,
    // Per user rather than per channel: there may be fifty channels, and most users are in none of them.
    async load(user) {
      const all = await allCardChannels.get('all');
      return all.length === 0 ? [] : directory.channelsOf(user, all);
    },
    freshMs: REFUSE_FRESH_MS,
    maxKeys: MAX_USERS,
  });

  type Read = <Value>(cache: Cache<Value>, key: string) => Promise<Value>;

  async function standingOf(user: string, read: Read): Promise<Standing> {
    const [person, ...within] = await Promise.all([
      read(people, user).catch(() => null),
      ...channels.map((channel) =>
        read(members, channel)
          .then((all) => all.has(user))
          .catch(() => null),
      ),
    ]);
    return { kind: person?.kind ?? null, membership: membershipOf(within) };
  }

  /** While Slack is down, the cache may grant access but never refuse it. */
  async function reachableCardChannels(user: string): Promise<readonly string[] | null> {
    try {
      return await cardChannelsOf.fresh(user, REFUSE_FRESH_MS);
    } catch {
      const known = cardChannelsOf.known(user)?.value ?? [];
      return known.length > 0 ? known : null;
    }
  }

  async function decideNow(user: string): Promise<AccessDecision> {
    const cached = await standingOf(user, (cache, key) => cache.get(key));
    const quick = decideAccess(cached.kind, cached.membership, [], policy);
    if ('reach' in quick) return quick;
    const [fresh, reachable] = await Promise.all([
      standingOf(user, (cache, key) => cache.fresh(key, REFUSE_FRESH_MS)),
      reachableCardChannels(user),
    ]);
    const decision = decideAccess(fresh.kind, fresh.membership, reachable, policy);
    if ('reach' in decision || decision.why !== 'unchecked') return decision;
    const fallback = decideAccess(cached.kind, 'unknown', reachable, policy);
    return 'reach' in fallback ? fallback : decision;
  }

  function decideFromCache(user: string): AccessDecision {
    const kind: PersonKind | null = people.known(user)?.value.kind ?? null;
    const within = channels.map((channel) => members.known(channel)?.value.has(user) ?? null);
    const reachable = cardChannelsOf.known(user)?.value ?? null;
    const decision = decideAccess(kind, membershipOf(within), reachable, policy);
    return 'reach' in decision ? decision : { why: 'unchecked' };
  }

  return {
    async decide(user, waitMs) {
      const late = sleep(waitMs, null, { ref: false });
      return (await Promise.race([decideNow(user), late])) ?? decideFromCache(user);
    },
    timeZoneOf: (user) => people.known(user)?.value.timeZone ?? null,
    async warmUp() {
      await Promise.allSettled(channels.map((channel) => members.get(channel)));
    },
  };
}

/** One channel is enough to be in; to be out, all of them must have answered. */
function membershipOf(within: readonly (boolean | null)[]): Membership {
  if (within.includes(true)) return 'in';
  return within.includes(null) ? 'unknown' : 'out';
}
