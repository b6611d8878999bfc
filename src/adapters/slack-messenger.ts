import { z } from 'zod';
import type { Address } from '../core/message.ts';
import type { Messenger } from '../core/ports.ts';
import { type SlackAccess, slackClient } from './slack-client.ts';
import { judge } from './slack-verdict.ts';

/** A lease lasts six times as long. */
const CALL_TIMEOUT_MS = 10_000;
/** How far our clock may differ from Slack's, which stamps messages. */
const CLOCK_MARGIN_MS = 5 * 60_000;
const PAGE = 200;
const MAX_PAGES = 10;

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

export interface MessengerSettings extends SlackAccess {
  botId: string;
  timeoutMs?: number;
}

/** Makes each call once: the deliverer retries, after searching. */
export function slackMessenger(settings: MessengerSettings): Messenger {
  const { botId, timeoutMs = CALL_TIMEOUT_MS } = settings;
  const client = slackClient(settings, timeoutMs);

  return {
    async post(channel, threadTs, messageId, { text, blocks }) {
      const answer = await client.chat.postMessage({
        channel,
        text,
        blocks,
        unfurl_links: false,
        unfurl_media: false,
        metadata: { event_type: METADATA_EVENT, event_payload: { message_id: messageId } },
        ...(threadTs === null ? {} : { thread_ts: threadTs }),
      });
      return posted.parse(answer);
    },

    async update({ channel, ts }, { text, blocks }) {
      await client.chat.update({ channel, ts, text, blocks });
    },

    async copies(channel, threadTs, messageId, since) {
      const found: Address[] = [];
      const oldest = String((since.getTime() - CLOCK_MARGIN_MS) / 1000);
      let cursor: string | undefined;
      for (let n = 0; n < MAX_PAGES; n++) {
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
      throw new Error(`more than ${PAGE * MAX_PAGES} messages to search in ${channel}`);
    },

    async remove({ channel, ts }) {
      await client.chat.delete({ channel, ts });
    },

    judge,
  };
}
