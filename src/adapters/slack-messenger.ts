import { type Logger, WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Address } from '../core/message.ts';
import type { Messenger } from '../core/ports.ts';
import { judge } from './slack-verdict.ts';

/** Slack's own clients time out sooner; a lease lasts six times as long. */
const CALL_TIMEOUT_MS = 10_000;
/** Slack stamps messages with its clock; ours may differ by this much. */
const CLOCK_MARGIN_MS = 5 * 60_000;
const PAGE = 200;
const MOST_PAGES = 10;

const METADATA_EVENT = 'lead_alert';

const posted = z.object({ channel: z.string(), ts: z.string() });

const page = z.object({
  messages: z.array(
    z.object({
      ts: z.string(),
      bot_id: z.string().optional(),
      metadata: z
        .object({
          event_type: z.string().optional(),
          event_payload: z.record(z.string(), z.unknown()).optional(),
        })
        .optional()
        .catch(undefined),
    }),
  ),
  response_metadata: z.object({ next_cursor: z.string().default('') }).optional(),
});

export interface MessengerSettings {
  botToken: string;
  botId: string;
  apiUrl: string | undefined;
  /** The SDK's own words go here; by default it would write them to the console. */
  sdkLog: Logger;
  timeoutMs?: number;
}

/**
 * The SDK repeats a post that timed out although Slack may have taken it, so this client repeats
 * nothing: the deliverer decides, after looking.
 */
export function slackMessenger({
  botToken,
  botId,
  apiUrl,
  sdkLog,
  timeoutMs = CALL_TIMEOUT_MS,
}: MessengerSettings): Messenger {
  const client = new WebClient(botToken, {
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
    logger: sdkLog,
    retryConfig: { retries: 0 },
    timeout: timeoutMs,
    rejectRateLimitedCalls: true,
  });

  return {
    async post(channel, threadTs, messageId, { text, blocks }) {
      const answer = await client.chat.postMessage({
        channel,
        text,
        blocks: [...blocks],
        unfurl_links: false,
        unfurl_media: false,
        metadata: { event_type: METADATA_EVENT, event_payload: { message_id: messageId } },
        ...(threadTs === null ? {} : { thread_ts: threadTs }),
      });
      return posted.parse(answer);
    },

    async update({ channel, ts }, { text, blocks }) {
      await client.chat.update({ channel, ts, text, blocks: [...blocks] });
    },

    async copies(channel, threadTs, messageId, since) {
      const found: Address[] = [];
      const oldest = String((since.getTime() - CLOCK_MARGIN_MS) / 1000);
      let cursor: string | undefined;
      for (let n = 0; n < MOST_PAGES; n++) {
        const query = {
          channel,
          oldest,
          inclusive: true,
          limit: PAGE,
          include_all_metadata: true,
          ...(cursor === undefined ? {} : { cursor }),
        };
        const answer = page.parse(
          threadTs === null
            ? await client.conversations.history(query)
            : await client.conversations.replies({ ...query, ts: threadTs }),
        );
        for (const { ts, bot_id, metadata } of answer.messages) {
          if (bot_id === botId && metadata?.event_payload?.['message_id'] === messageId) {
            found.push({ channel, ts });
          }
        }
        cursor = answer.response_metadata?.next_cursor;
        if (cursor === undefined || cursor === '') {
          return found.sort((a, b) => (a.ts < b.ts ? -1 : 1));
        }
      }
      throw new Error(`more than ${PAGE * MOST_PAGES} messages to search in ${channel}`);
    },

    async remove({ channel, ts }) {
      await client.chat.delete({ channel, ts });
    },

    judge,
  };
}
