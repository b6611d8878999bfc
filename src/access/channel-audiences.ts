import { type Audience, type ChannelLook, SHARED, SHARED_ADVICE } from '../core/access.ts';
import type { CardChannels, ChannelAudience, Directory } from '../core/ports.ts';
import { adviceOnSlack } from '../core/slack-advice.ts';
import type { Log } from '../ops/log.ts';
import { createCache } from './cache.ts';

const MINUTE_MS = 60_000;
/** A job refreshes it every five minutes. When it is older, the next post does. */
const FRESH_MS = 6 * MINUTE_MS;
const KEEP_MS = 60 * MINUTE_MS;
const MAX_CHANNELS = 200;

interface ChannelAudiencesSettings {
  directory: Directory;
  /** From the settings. */
  channels: readonly string[];
  /** Channels that leads choose for their cards; none by default. */
  cardChannels?: Pick<CardChannels, 'list'>;
  allowExternal: boolean;
  log: Log;
  /** A monotonic clock in milliseconds. */
  now(): number;
}

export interface ChannelAudiences extends ChannelAudience {
  /** May be a few minutes old. @throws when Slack is down and the cache is more than an hour old */
  of(channel: string): Promise<Audience>;
  /** Re-checks every channel. Logs what has become shared or is no longer, and card channels the bot can't post in. */
  refresh(): Promise<void>;
  /** The channels of the settings that are paused because they are shared. Cards of other channels go to ALERT_CHANNEL. */
  shared(): readonly string[];
}

/** Which channels are shared with other organizations. Irrelevant if ALLOW_EXTERNAL permits that. */
export function createChannelAudiences(settings: ChannelAudiencesSettings): ChannelAudiences {
  const { directory, channels, cardChannels, allowExternal, log, now } = settings;
  const looks = createCache({
    load: directory.look,
    freshMs: FRESH_MS,
    keepMs: KEEP_MS,
    backOffMs: directory.backOffMs,
    maxKeys: MAX_CHANNELS,
    now,
  });
  const loggedAsShared = new Set<string>();
  /** By card channel, the reason logged last why the bot can't post there. */
  let obstacles = new Map<string, string>();

  const of = async (channel: string): Promise<Audience> => {
    const known = looks.known(channel);
    const postable = known === null || known.value.audience === 'internal';
    // Otherwise the bot may have just been invited, or the sharing ended.
    return (await looks.get(channel, postable ? FRESH_MS : 0)).audience;
  };

  const isShared = (channel: string): boolean =>
    !allowExternal && looks.known(channel)?.value.audience === 'external';

  const shared = (): string[] => channels.filter(isShared);

  /** One at a time: Slack allows about fifty of these calls a minute. */
  async function checkCardChannels(): Promise<string[]> {
    const all = (await cardChannels?.list()) ?? [];
    const others = all.filter((channel) => !channels.includes(channel));
    const found = new Map<string, string>();
    for (const channel of others) {
      let obstacle: ChannelLook['obstacle'];
      try {
        ({ obstacle } = await looks.get(channel, 0));
      } catch (error) {
        log.warn('could not tell who can read a channel', { channel, error });
        continue;
      }
      if (obstacle === null) continue;
      found.set(channel, obstacle);
      if (obstacles.get(channel) === obstacle) continue;
      log.warn('cannot post in a channel that leads name, so their cards go to ALERT_CHANNEL', {
        channel,
        reason: obstacle,
        advice: adviceOnSlack(obstacle) ?? 'npm run doctor checks what the bot needs there.',
      });
    }
    obstacles = found;
    return others;
  }

  function logChanges(watched: readonly string[]): void {
    const sharedNow = watched.filter(isShared);
    for (const channel of sharedNow) {
      if (loggedAsShared.has(channel)) continue;
      loggedAsShared.add(channel);
      log.error('a channel is shared with other organizations: nothing is shown there', {
        channel,
        reason: SHARED,
        advice: SHARED_ADVICE,
      });
    }
    for (const channel of loggedAsShared) {
      if (sharedNow.includes(channel)) continue;
      loggedAsShared.delete(channel);
      // Leads no longer name it, shared or not.
      if (!watched.includes(channel)) continue;
      log.info('a channel is no longer shared with other organizations', { channel });
    }
  }

  return {
    of,
    shared,

    async denialReason(channel) {
      if (allowExternal) return null;
      if (channel === null) return 'unknown-channel';
      const audience = await of(channel).catch((error: unknown) => {
        log.warn('could not tell who can read a channel', { channel, error });
        return 'unseen' as const;
      });
      if (audience === 'internal') return null;
      return audience === 'external' ? 'shared-channel' : 'unknown-channel';
    },

    async refresh() {
      if (!allowExternal) await Promise.all(channels.map((channel) => looks.get(channel, 0)));
      // First without the card channels, in case they fail.
      logChanges([...channels, ...loggedAsShared]);
      logChanges([...channels, ...(await checkCardChannels())]);
    },
  };
}
