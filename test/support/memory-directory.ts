import type { Audience, ChannelLook, PersonKind } from '../../src/core/access.ts';
import type { Directory } from '../../src/core/ports.ts';

/** A directory that a test can change. Records every lookup. */
interface MemoryDirectory extends Directory {
  people: Map<string, PersonKind>;
  channels: Map<string, Set<string>>;
  channelAudiences: Map<string, Audience>;
  obstacles: Map<string, ChannelLook['obstacle']>;
  /** User ids by e-mail address. */
  emails: Map<string, string>;
  groups: Map<string, Set<string>>;
  timeZones: Map<string, string>;
  /** Slack's code by the address that it refuses to look up. */
  refusals: Map<string, string>;
  /** The scope that is missing to look up addresses. */
  lacks: string | null;
  /** `person U0`, `members C0`, `audience C0`, in order. */
  asked: string[];
  /** `down` fails every lookup, `mute` never answers. */
  mood: 'well' | 'down' | 'mute';
}

export function memoryDirectory(): MemoryDirectory {
  async function ask<Answer>(question: string, answer: () => Answer | undefined): Promise<Answer> {
    directory.asked.push(question);
    // Like a network call: the answer is decided now and arrives a tick later.
    const found = answer();
    await Promise.resolve();
    if (directory.mood === 'mute') return new Promise<never>(() => {});
    if (directory.mood === 'down' || found === undefined) throw new Error(`no answer: ${question}`);
    return found;
  }
  const directory: MemoryDirectory = {
    people: new Map(),
    channels: new Map(),
    emails: new Map(),
    refusals: new Map(),
    groups: new Map(),
    timeZones: new Map(),
    lacks: null,
    channelAudiences: new Map(),
    obstacles: new Map(),
    asked: [],
    mood: 'well',
    person: (user) =>
      ask(`person ${user}`, () => {
        const kind = directory.people.get(user);
        return kind === undefined
          ? undefined
          : { kind, team: null, timeZone: directory.timeZones.get(user) ?? null };
      }),
    members: (channel) =>
      ask(`members ${channel}`, () => {
        const members = directory.channels.get(channel);
        return members === undefined ? undefined : new Set(members);
      }),
    groupMembers: (group) => ask(`group ${group}`, () => directory.groups.get(group)),
    memberWith: (email) =>
      ask(`member with ${email}`, () => ({
        user: directory.emails.get(email) ?? null,
        lacks: directory.lacks,
        refusal: directory.refusals.get(email) ?? null,
      })),
    channelsOf: (user, among) =>
      ask(`channels of ${user}`, () =>
        among.filter((channel) => directory.channels.get(channel)?.has(user) === true),
      ),
    look: async (channel) => ({
      audience: await directory.audience(channel),
      obstacle: directory.obstacles.get(channel) ?? null,
    }),
    audience: (channel) =>
      ask(`audience ${channel}`, () => directory.channelAudiences.get(channel)),
    backOffMs: () => 5_000,
    isRefusal: () => directory.mood === 'well',
  };
  return directory;
}
