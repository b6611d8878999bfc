import { z } from 'zod';
import { retryingSlackClient, type SlackAccess } from './slack-client.ts';
import { judge } from './slack-verdict.ts';

const CALL_TIMEOUT_MS = 10_000;
const PAGE = 200;
/** 20,000 messages. Slack's rate limit allows about 10,000 a minute. */
const MAX_PAGES = 100;

const page = z.object({
  messages: z.array(
    z.object({
      ts: z.string(),
      bot_id: z.string().optional(),
      blocks: z
        .array(z.object({ block_id: z.string().default('') }))
        .default([])
        .catch([]),
    }),
  ),
  response_metadata: z.object({ next_cursor: z.string().default('') }).optional(),
});

export interface SharedAnswersSettings extends SlackAccess {
  botId: string;
}

export interface RemovedAnswers {
  channel: string;
  removed: number;
  /** Slack's error code if the history could not be read in full or an answer not be deleted; null if all went well. */
  problem: string | null;
}

/**
 * Deletes the answers that users have shared in a channel. Slack doesn't return the timestamp of a message posted to a
 * `response_url`, so this searches the channel's whole history.
 * @param matches whether to delete an answer, by the ids of its blocks
 */
export async function removeSharedAnswers(
  settings: SharedAnswersSettings,
  channel: string,
  matches: (blockIds: readonly string[]) => boolean,
): Promise<RemovedAnswers> {
  const { botId } = settings;
  const client = retryingSlackClient(settings, CALL_TIMEOUT_MS);
  let removed = 0;
  let problem: string | null = null;
  let cursor: string | undefined;
  try {
    for (let n = 0; n < MAX_PAGES; n++) {
      const answer = page.parse(
        await client.conversations.history({
          channel,
          limit: PAGE,
          ...(cursor === undefined ? {} : { cursor }),
        }),
      );
      for (const { ts, bot_id, blocks } of answer.messages) {
        if (bot_id !== botId || !matches(blocks.map(({ block_id }) => block_id))) continue;
        try {
          await client.chat.delete({ channel, ts });
          removed += 1;
        } catch (error) {
          const { reason } = judge(error);
          if (reason !== 'message_not_found') problem = reason;
        }
      }
      cursor = answer.response_metadata?.next_cursor;
      if (cursor === undefined || cursor === '') return { channel, removed, problem };
    }
    return { channel, removed, problem: 'too_many_messages' };
  } catch (error) {
    return { channel, removed, problem: judge(error).reason };
  }
}
