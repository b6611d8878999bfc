import { SHARED } from '../core/access.ts';
import type { Verdict } from '../core/message.ts';
import type { Messenger } from '../core/ports.ts';
import type { ChannelAudiences } from './channel-audiences.ts';

const ASK_AGAIN_MS = 5_000;

/** Nothing was sent, because of who would have read it. */
class ChannelRefused extends Error {
  override readonly name = 'ChannelRefused';
  readonly verdict: Verdict;

  constructor(verdict: Verdict) {
    super(verdict.reason);
    this.verdict = verdict;
  }
}

/**
 * The same messenger, that shows nothing in a channel in which other organisations read along: such a channel
 * is paused like one that Slack refuses. Where the bot can't see, it is Slack that refuses.
 */
export function guardedMessenger(
  messenger: Messenger,
  channelAudiences: ChannelAudiences,
): Messenger {
  async function mayShow(channel: string): Promise<void> {
    const audience = await channelAudiences.of(channel).catch(() => {
      const reason = 'audience_unknown';
      throw new ChannelRefused({
        kind: 'later',
        reason,
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
      await mayShow(channel);
      return messenger.post(channel, threadTs, messageId, drawing);
    },
    async update(address, drawing) {
      await mayShow(address.channel);
      await messenger.update(address, drawing);
    },
    judge: (error) => (error instanceof ChannelRefused ? error.verdict : messenger.judge(error)),
  };
}
