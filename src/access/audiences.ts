import { type Audience, SHARED, SHARED_ADVICE } from '../core/access.ts';
import type { Directory, Publicity } from '../core/ports.ts';
import type { Log } from '../ops/log.ts';
import { remembered } from './remembered.ts';

const MINUTE_MS = 60_000;
/** The job that looks every five minutes keeps it fresh; past this, whoever is about to post looks. */
const FRESH_MS = 6 * MINUTE_MS;
const KEEP_MS = 60 * MINUTE_MS;
const MOST_CHANNELS = 200;

export interface AudiencesSettings {
  directory: Directory;
  /** Those in which messages stand. */
  channels: readonly string[];
  allowExternal: boolean;
  log: Log;
  /** Milliseconds of a clock that is never set back. */
  now(): number;
}

export interface Audiences extends Publicity {
  /** May be a few minutes old. @throws when Slack can't be asked and nothing is known from the last hour */
  of(channel: string): Promise<Audience>;
  /** Asks about every channel of ours again, and tells when one has been shared or is no longer. */
  refresh(): Promise<void>;
  /** The channels of ours in which nothing is shown, because other organisations read along. */
  shared(): readonly string[];
}

/** Which channels people of other organisations read along in. Where they may, it does not matter. */
export function createAudiences(settings: AudiencesSettings): Audiences {
  const { directory, channels, allowExternal, log, now } = settings;
  const memory = remembered({
    load: directory.audience,
    freshMs: FRESH_MS,
    keepMs: KEEP_MS,
    backOffMs: directory.backOffMs,
    most: MOST_CHANNELS,
    now,
  });
  const told = new Set<string>();

  const of = (channel: string): Promise<Audience> => {
    const known = memory.known(channel);
    const open = known === null || known.value === 'internal';
    // Otherwise the bot may just have been invited to it, or the sharing have ended.
    return memory.get(channel, open ? FRESH_MS : 0);
  };

  const shared = (): string[] =>
    allowExternal ? [] : channels.filter((channel) => memory.known(channel)?.value === 'external');

  return {
    of,
    shared,

    async barrier(channel) {
      if (allowExternal) return null;
      if (channel === null) return 'unknown-channel';
      const audience = await of(channel).catch((error: unknown) => {
        log.warn('could not tell who reads along in a channel', { channel, error });
        return 'unseen' as const;
      });
      if (audience === 'internal') return null;
      return audience === 'external' ? 'shared-channel' : 'unknown-channel';
    },

    async refresh() {
      if (allowExternal) return;
      await Promise.all(channels.map((channel) => memory.get(channel, 0)));
      const now = shared();
      for (const channel of now) {
        if (told.has(channel)) continue;
        told.add(channel);
        log.error('a channel is shared with other organisations: nothing is shown there', {
          channel,
          reason: SHARED,
          advice: SHARED_ADVICE,
        });
      }
      for (const channel of told) {
        if (now.includes(channel)) continue;
        told.delete(channel);
        log.info('a channel is no longer shared with other organisations', { channel });
      }
    },
  };
}
