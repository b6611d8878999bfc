import type { Directory } from '../../src/core/ports.ts';
import type { Random } from '../kill/random.ts';

export const TIME_ZONE = 'Europe/Berlin';
const ZONES = [TIME_ZONE, 'Europe/London', 'America/New_York', 'America/Los_Angeles'];

export const CARD_CHANNEL = 'C0HOTLEADS';
export const DIGEST_CHANNEL = 'C0DIGEST';
export const ROTATION = 'S0ROTATION';
export const ON_DUTY = 'S0ONDUTY';

export interface Person {
  user: string;
  email: string;
  timeZone: string;
  isManager: boolean;
}

/** AEs, in turn from each of four time zones, and two managers. */
export function makePeople(aes: number): Person[] {
  const zone = (index: number): string => ZONES[index % ZONES.length] ?? TIME_ZONE;
  const one = (name: string, timeZone: string, isManager: boolean): Person => ({
    user: `U${name}`,
    email: `${name.toLowerCase()}@ours.example`,
    timeZone,
    isManager,
  });
  return [
    ...Array.from({ length: aes }, (_, i) =>
      one(`AE${String(i + 1).padStart(2, '0')}`, zone(i), false),
    ),
    one('BOSS1', TIME_ZONE, true),
    one('BOSS2', 'America/New_York', true),
  ];
}

/** The leads' `owner_email`: about every fourth company has an account owner, and a few of them have left us. */
export const ownerColumn = (aes: number): string => {
  const number = `substring(d.company_domain from '\\d+')::int`;
  return `case when ${number} % 40 = 1 then 'left@ours.example'
               when ${number} % 4 = 1 then 'ae' || lpad((${number} / 4 % ${aes} + 1)::text, 2, '0') || '@ours.example'
          end as owner_email`;
};

export interface Absence {
  user: string;
  from: number;
  until: number;
  cover: string | null;
}

const DAY_MS = 24 * 3_600_000;

/** Two to five days off, for about every second AE in two weeks. */
export function planAbsences(
  people: readonly Person[],
  startsAt: number,
  days: number,
  random: Random,
): Absence[] {
  const aes = people.filter(({ isManager }) => !isManager);
  return aes.flatMap(({ user }) => {
    const planned: Absence[] = [];
    for (let day = 1; day < days; day++) {
      if (!random.chance(1 / 28)) continue;
      const length = 2 + Math.floor(random.next() * 4);
      const others = aes.filter((one) => one.user !== user);
      planned.push({
        user,
        from: startsAt + day * DAY_MS + 7 * 3_600_000,
        until: startsAt + (day + length) * DAY_MS,
        cover: random.chance(0.6) ? (random.pick(others)?.user ?? null) : null,
      });
      day += length + 3;
    }
    return planned;
  });
}

/** Slack's users, channels and groups. Everybody but two AEs is in the rotation; three take turns on duty. */
export function directoryOf(people: readonly Person[]): Directory {
  const users = new Set(people.map(({ user }) => user));
  const aes = people.filter(({ isManager }) => !isManager).map(({ user }) => user);
  const groups: Readonly<Record<string, readonly string[]>> = {
    [ROTATION]: aes.slice(0, Math.max(2, aes.length - 2)),
    [ON_DUTY]: aes.slice(0, 3),
  };
  return {
    async person(user) {
      const found = people.find((one) => one.user === user);
      if (found === undefined) throw new Error(`there is no ${user}`);
      return { kind: 'member', team: null, timeZone: found.timeZone };
    },
    members: async () => users,
    groupMembers: async (group) => new Set(groups[group] ?? []),
    channelsOf: async (_user, among) => among,
    memberWith: async (email) => ({
      user: people.find((one) => one.email === email)?.user ?? null,
      lacks: null,
      refusal: null,
    }),
    look: async () => ({ audience: 'internal', obstacle: null }),
    audience: async () => 'internal',
    backOffMs: () => 5_000,
    isRefusal: () => false,
  };
}
