import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { isDirect, isUser } from '../core/direct.ts';
import type { Address, Verdict } from '../core/message.ts';
import type { Messenger } from '../core/ports.ts';
import { type SlackAccess, slackClient } from './slack-client.ts';
import { judge } from './slack-verdict.ts';

/** A lease lasts six times as long. */
const CALL_TIMEOUT_MS = 10_000;
/** How far our clock may differ from Slack's, which stamps messages. */
const CLOCK_MARGIN_MS = 5 * 60_000;
const PAGE = 200;
const MAX_PAGES = 10;
const MAX_CONVERSATIONS = 1_000;
/** Before the next attempt to open a conversation. */
const OPEN_AGAIN_MS = 5_000;

const METADATA_EVENT = 'lead_alert';

const posted = z.object({ channel: z.string(), ts: z.string() });
const opened = z.object({ channel: z.object({ id: z.string() }) });

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

/** A call for one reader failed, which says nothing about other channels. */
class ReaderFailure extends Error {
  override readonly name = 'ReaderFailure';
  readonly verdict: Verdict;

  constructor(verdict: Verdict, cause: unknown) {
    super(verdict.reason, { cause });
    this.verdict = verdict;
  }
}

/** Makes each call once: the deliverer retries, after searching. */
export function slackMessenger(settings: MessengerSettings): Messenger {
  const { botId, timeoutMs = CALL_TIMEOUT_MS } = settings;
  const client = slackClient(settings, timeoutMs);
  // Opening a conversation and posting in it take no longer than one other call.
  const hurried = slackClient(settings, timeoutMs / 2);
  const placeOf = conversations(hurried);

  return {
    async post(channel, threadTs, messageId, { text, blocks }) {
      const place = await placeOf(channel);
      const { chat } = isUser(channel) ? hurried : client;
      const answer = await chat.postMessage({
        channel: place,
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

    async publishHome(user, { blocks }) {
      await client.views
        .publish({ user_id: user, view: { type: 'home', blocks } })
        .catch((error: unknown) => {
          throw new ReaderFailure(ofHome(judge(error)), error);
        });
    },

    async copies(where, threadTs, messageId, since) {
      const channel = await placeOf(where);
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
        const reading =
          threadTs === null
            ? client.conversations.history(query)
            : client.conversations.replies({ ...query, ts: threadTs });
        const answer = page.parse(await (isDirect(channel) ? reading.catch(unread) : reading));
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

    judge: (error) => (error instanceof ReaderFailure ? error.verdict : judge(error)),
  };
}

/** The id to post to and search in: of a user, the conversation with them, opened once. */
function conversations(client: WebClient): (channel: string) => Promise<string> {
  const known = new Map<string, string>();
  return async (channel) => {
    if (!isUser(channel)) return channel;
    const conversation = known.get(channel);
    if (conversation !== undefined) return conversation;
    const opening = client.conversations.open({ users: channel });
    const id = await opening.then((answer) => opened.parse(answer).channel.id).catch(notOpened);
    const [oldest] = known.keys();
    if (oldest !== undefined && known.size >= MAX_CONVERSATIONS) known.delete(oldest);
    known.set(channel, id);
    return id;
  };
}

function notOpened(error: unknown): never {
  const verdict = forReader(judge(error));
  // Nothing was posted.
  throw new ReaderFailure(
    verdict.kind === 'unclear'
      ? {
          kind: 'later',
          reason: verdict.reason,
          afterMs: OPEN_AGAIN_MS,
          wholeChannel: false,
          counts: false,
        }
      : verdict,
    error,
  );
}

function unread(error: unknown): never {
  throw new ReaderFailure(forReader(judge(error)), error);
}

/** Refusals that pause every channel elsewhere. What direct messages need is optional. */
const OF_READER = new Set(['missing_scope', 'no_permission', 'not_allowed_token_type']);

/** Nothing waits for a Home tab: it is published again when it is opened, or what it shows changes. */
const ofHome = (verdict: Verdict): Verdict =>
  verdict.kind === 'pause' && !verdict.everything
    ? { kind: 'dead', reason: verdict.reason }
    : verdict;

const forReader = (verdict: Verdict): Verdict =>
  OF_READER.has(verdict.reason)
    ? { kind: 'pause', reason: verdict.reason, everything: false }
    : verdict;
