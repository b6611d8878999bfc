import { SHARED } from '../core/access.ts';
import { isDirect } from '../core/direct.ts';
import type { Verdict } from '../core/message.ts';
import type { Messenger } from '../core/ports.ts';
import type { ChannelAudiences } from './channel-audiences.ts';

const ASK_AGAIN_MS = 5_000;

/** Nothing was sent, because of who can read the channel. */
class ChannelRefused extends Error {
  override readonly name = 'ChannelRefused';
  readonly verdict: Verdict;

  constructor(verdict: Verdict) {
    super(verdict.reason);
    this.verdict = verdict;
  }
}

/**
 * Posts nothing in a channel shared with other organizations, and pauses it like a channel that Slack refuses. If the
 * bot isn't in a channel, Slack itself refuses. Who may get a direct message depends on its reader alone.
 */
export function guardedMessenger(
  messenger: Messenger,
  channelAudiences: ChannelAudiences,
): Messenger {
  async function checkAudience(channel: string): Promise<void> {
    if (isDirect(channel)) return;
    const audience = await channelAudiences.of(channel).catch(() => {
      throw new ChannelRefused({
        kind: 'later',
        reason: 'audience_unknown',
        afterMs: ASK_AGAIN_MS,
        wholeChannel: false,
        counts: false,
      });
    });
    if (audience === 'external') {
      throw new ChannelRefused({ kind: 'pause', reason: SHARED, everything: false });
    }
  }

  return {
    ...messenger,
    async post(channel, threadTs, messageId, drawing) {
      await checkAudience(channel);
      return messenger.post(channel, threadTs, messageId, drawing);
    },
    async update(address, drawing) {
      await checkAudience(address.channel);
      await messenger.update(address, drawing);
    },
    judge: (error) => (error instanceof ChannelRefused ? error.verdict : messenger.judge(error)),
  };
}
