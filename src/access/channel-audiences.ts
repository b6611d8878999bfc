import { type Audience, type ChannelLook, SHARED, SHARED_ADVICE } from '../core/access.ts';
import type { CardChannels, ChannelAudience, Directory } from '../core/ports.ts';
import { adviceOnSlack } from '../core/slack-advice.ts';
import type { Log } from '../ops/log.ts';
import { createCache } from './cache.ts';

const MINUTE_MS = 60_000;
/** The job that looks every five minutes keeps it fresh; past this, whoever is about to post looks. */
const FRESH_MS = 6 * MINUTE_MS;
const KEEP_MS = 60 * MINUTE_MS;
const MOST_CHANNELS = 200;

export interface ChannelAudiencesSettings {
  directory: Directory;
  /** Those of the settings, in which messages stand. */
  channels: readonly string[];
  /** Further ones, which leads have named for their cards; none unless told. */
  cardChannels?: Pick<CardChannels, 'list'>;
  allowExternal: boolean;
  log: Log;
  /** Milliseconds of a clock that is never set back. */
  now(): number;
}

export interface ChannelAudiences extends ChannelAudience {
  /** May be a few minutes old. @throws when Slack can't be asked and nothing is known from the last hour */
  of(channel: string): Promise<Audience>;
  /**
   * Asks about every channel of ours again, and tells when one has been shared or is no longer; of the further ones
   * also when the bot can't post there.
   */
  refresh(): Promise<void>;
  /**
   * The channels of the settings in which nothing is shown, because other organisations read along. From a further
   * one the card goes to ALERT_CHANNEL.
   */
  shared(): readonly string[];
}

/** Which channels people of other organisations read along in. Where they may, it does not matter. */
export function createChannelAudiences(settings: ChannelAudiencesSettings): ChannelAudiences {
  const { directory, channels, cardChannels, allowExternal, log, now } = settings;
  const memory = createCache({
    load: directory.look,
    freshMs: FRESH_MS,
    keepMs: KEEP_MS,
    backOffMs: directory.backOffMs,
    maxKeys: MOST_CHANNELS,
    now,
  });
  const told = new Set<string>();
  /** Of each further channel, why the bot can't post there, as it was told last. */
  let obstacles = new Map<string, string>();

  const of = async (channel: string): Promise<Audience> => {
    const known = memory.known(channel);
    const open = known === null || known.value.audience === 'internal';
    // Otherwise the bot may just have been invited to it, or the sharing have ended.
    return (await memory.get(channel, open ? FRESH_MS : 0)).audience;
  };

  const isShared = (channel: string): boolean =>
    !allowExternal && memory.known(channel)?.value.audience === 'external';

  const shared = (): string[] => channels.filter(isShared);

  /** One after the other: Slack takes some fifty such questions a minute. One that fails hides no other. */
  async function lookAtFurther(): Promise<string[]> {
    const all = (await cardChannels?.list()) ?? [];
    const further = all.filter((channel) => !channels.includes(channel));
    const found = new Map<string, string>();
    for (const channel of further) {
      let obstacle: ChannelLook['obstacle'];
      try {
        ({ obstacle } = await memory.get(channel, 0));
      } catch (error) {
        log.warn('could not tell who reads along in a channel', { channel, error });
        continue;
      }
      if (obstacle === null) continue;
      found.set(channel, obstacle);
      if (obstacles.get(channel) === obstacle) continue;
      log.warn(
        'the bot can not post in a channel that leads name: their cards go to ALERT_CHANNEL',
        {
          channel,
          reason: obstacle,
          advice: adviceOnSlack(obstacle) ?? 'npm run doctor tries what the bot needs there.',
        },
      );
    }
    obstacles = found;
    return further;
  }

  function tell(ours: readonly string[]): void {
    const now = ours.filter(isShared);
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
      // One that leads have not named for long is none of ours, shared or not.
      if (!ours.includes(channel)) continue;
      log.info('a channel is no longer shared with other organisations', { channel });
    }
  }

  return {
    of,
    shared,

    async denialReason(channel) {
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
      if (!allowExternal) await Promise.all(channels.map((channel) => memory.get(channel, 0)));
      // What leads name is not to keep the others from being watched.
      tell([...channels, ...told]);
      tell([...channels, ...(await lookAtFurther())]);
    },
  };
}
