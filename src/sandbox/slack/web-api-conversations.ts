import { z } from 'zod';
import { type ApiResponse, refuse } from './api-response.ts';
import type { JsonObject } from './json.ts';
import { wireMessage } from './message-content.ts';
import { count, flag, ts } from './web-api-arguments.ts';
import { type Method, method, missingScope } from './web-api-method.ts';
import {
  type Channel,
  isMember,
  messageAt,
  messagesIn,
  repliesTo,
  type SlackMessage,
  type Workspace,
} from './workspace.ts';

type Found = { ok: true; channel: Channel } | { ok: false; answer: ApiResponse };

const SCOPE_PREFIX = { public: 'channels', private: 'groups', dm: 'im' } as const;

function findReadable(workspace: Workspace, id: string, right: 'history' | 'read'): Found {
  const channel = workspace.channels.get(id);
  if (!channel) return { ok: false, answer: refuse('channel_not_found') };
  const scope = missingScope(workspace, [`${SCOPE_PREFIX[channel.kind]}:${right}`]);
  if (scope) return { ok: false, answer: scope };
  if (!channel.botIn && channel.kind !== 'public')
    return { ok: false, answer: refuse('channel_not_found') };
  if (!channel.botIn && right === 'history') return { ok: false, answer: refuse('not_in_channel') };
  return { ok: true, channel };
}

const paging = {
  oldest: z.string().optional(),
  latest: z.string().optional(),
  inclusive: flag.optional(),
  limit: count.optional(),
  cursor: z.string().optional(),
  include_all_metadata: flag.optional(),
};

interface Window {
  oldest?: string | undefined;
  latest?: string | undefined;
  inclusive?: boolean | undefined;
}

// Whole microseconds: as fractional seconds, two neighbors could become equal.
function micros(time: string): bigint {
  const [seconds = '0', fraction = ''] = time.split('.');
  return BigInt(seconds || '0') * 1_000_000n + BigInt(fraction.padEnd(6, '0').slice(0, 6));
}

function isTime(time: string | undefined): boolean {
  return time === undefined || time === '' || /^\d+(\.\d*)?$/.test(time);
}

function within(message: SlackMessage, window: Window): boolean {
  const at = micros(message.ts);
  const edge = window.inclusive ? 0n : 1n;
  if (window.oldest && at < micros(window.oldest) + edge) return false;
  return !(window.latest && at > micros(window.latest) - edge);
}

function page<Item>(
  items: readonly Item[],
  limit: number,
  cursor: string | undefined,
): { items: Item[]; more: boolean; metadata: JsonObject } | null {
  const decoded = cursor ? Buffer.from(cursor, 'base64url').toString() : 'next:0';
  const start = /^next:(\d+)$/.exec(decoded)?.[1];
  if (start === undefined) return null;
  const end = Number(start) + limit;
  const more = end < items.length;
  const next = more ? Buffer.from(`next:${end}`).toString('base64url') : '';
  return {
    items: items.slice(Number(start), end),
    more,
    metadata: { response_metadata: { next_cursor: next } },
  };
}

function shown(workspace: Workspace, message: SlackMessage, allMetadata: boolean): JsonObject {
  const replies = message.thread_ts === null ? repliesTo(workspace, message) : [];
  const last = replies.at(-1);
  return {
    ...wireMessage(workspace, message, allMetadata ? 'whole' : 'type'),
    ...(last && {
      thread_ts: message.ts,
      reply_count: replies.length,
      reply_users: [...new Set(replies.map((reply) => reply.user))],
      latest_reply: last.ts,
    }),
  };
}

const history = method(
  [],
  z.strictObject({ channel: z.string(), ...paging }),
  (args, workspace) => {
    const found = findReadable(workspace, args.channel, 'history');
    if (!found.ok) return found.answer;
    if (!isTime(args.oldest)) return refuse('invalid_ts_oldest');
    if (!isTime(args.latest)) return refuse('invalid_ts_latest');
    const limit = args.limit ?? 100;
    if (limit < 1 || limit > 999) return refuse('invalid_limit');
    const newestFirst = messagesIn(workspace, found.channel.id)
      .filter((message) => message.thread_ts === null && within(message, args))
      .reverse();
    const part = page(newestFirst, limit, args.cursor);
    if (!part) return refuse('invalid_cursor');
    return {
      ok: true,
      messages: part.items.map((one) => shown(workspace, one, args.include_all_metadata === true)),
      has_more: part.more,
      pin_count: 0,
      ...part.metadata,
    };
  },
);

const replies = method(
  [],
  z.strictObject({ channel: z.string(), ts, ...paging }),
  (args, workspace) => {
    const found = findReadable(workspace, args.channel, 'history');
    if (!found.ok) return found.answer;
    const message = messageAt(workspace, found.channel.id, args.ts);
    const parent =
      message?.thread_ts != null
        ? messageAt(workspace, found.channel.id, message.thread_ts)
        : message;
    if (!parent) return refuse('thread_not_found');
    if (!isTime(args.oldest)) return refuse('invalid_ts_oldest');
    if (!isTime(args.latest)) return refuse('invalid_ts_latest');
    const limit = args.limit ?? 999;
    if (limit < 1 || limit > 1000) return refuse('invalid_limit');
    const inThread = repliesTo(workspace, parent).filter((reply) => within(reply, args));
    const part = page([parent, ...inThread], limit, args.cursor);
    if (!part) return refuse('invalid_cursor');
    return {
      ok: true,
      messages: part.items.map((one) => shown(workspace, one, args.include_all_metadata === true)),
      has_more: part.more,
      ...part.metadata,
    };
  },
);

const info = method(
  [],
  z.strictObject({
    channel: z.string(),
    include_locale: flag.optional(),
    include_num_members: flag.optional(),
  }),
  (args, workspace) => {
    const found = findReadable(workspace, args.channel, 'read');
    if (!found.ok) return found.answer;
    const { channel } = found;
    const members = membersOf(workspace, channel).length;
    return {
      ok: true,
      channel: {
        id: channel.id,
        is_archived: channel.archived,
        is_private: channel.kind !== 'public',
        is_im: channel.kind === 'dm',
        ...(channel.kind === 'dm'
          ? { user: channel.members?.[0] }
          : {
              name: channel.name,
              name_normalized: channel.name,
              is_channel: channel.kind === 'public',
              is_group: channel.kind === 'private',
              is_member: channel.botIn,
              is_shared: channel.shared === 'external' || channel.shared === 'org',
              is_ext_shared: channel.shared === 'external',
              is_org_shared: channel.shared === 'org',
              is_pending_ext_shared: channel.shared === 'pending',
              topic: { value: channel.topic, creator: '', last_set: 0 },
              purpose: { value: '', creator: '', last_set: 0 },
            }),
        ...(args.include_num_members && { num_members: members }),
      },
    };
  },
);

function membersOf(workspace: Workspace, channel: Channel): string[] {
  const people = workspace.people.map((person) => person.id);
  return [workspace.bot.userId, ...people].filter((id) => isMember(workspace, channel, id));
}

const members = method(
  [],
  z.strictObject({
    channel: z.string(),
    limit: count.optional(),
    cursor: z.string().optional(),
  }),
  (args, workspace) => {
    const found = findReadable(workspace, args.channel, 'read');
    if (!found.ok) return found.answer;
    const part = page(membersOf(workspace, found.channel), args.limit ?? 100, args.cursor);
    if (!part) return refuse('invalid_cursor');
    return { ok: true, members: part.items, ...part.metadata };
  },
);

export const conversationsMethods: Readonly<Record<string, Method>> = {
  'conversations.history': history,
  'conversations.replies': replies,
  'conversations.info': info,
  'conversations.members': members,
};
