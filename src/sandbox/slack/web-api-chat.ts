import { z } from 'zod';
import { type ApiResponse, refuse } from './api-response.ts';
import { checkContent, checkMetadata, wireMessage } from './message-content.ts';
import { flag, messageArguments, ts } from './web-api-arguments.ts';
import { type Method, method } from './web-api-method.ts';
import {
  addAnswer,
  addMessage,
  type Channel,
  directMessages,
  editMessage,
  findPerson,
  isMember,
  messageAt,
  newTs,
  removeMessage,
  repliesTo,
  type SlackMessage,
  type Workspace,
} from './workspace.ts';

type Found = { ok: true; channel: Channel } | { ok: false; answer: ApiResponse };

/** A channel the bot may write to. Documented codes: `channel_not_found`, `not_in_channel`, `is_archived`. */
function findWritable(workspace: Workspace, id: string): Found {
  const no = (error: string): Found => ({ ok: false, answer: refuse(error) });
  if (/^[UW]/.test(id)) {
    return findPerson(workspace, id)
      ? { ok: true, channel: directMessages(workspace, id) }
      : no('channel_not_found');
  }
  const channel = workspace.channels.get(id);
  if (!channel) return no('channel_not_found');
  // A private channel doesn't exist for an app outside it.
  if (!channel.botIn && channel.kind !== 'public') return no('channel_not_found');
  if (channel.archived) return no('is_archived');
  if (!channel.botIn && !workspace.scopes.has('chat:write.public')) return no('not_in_channel');
  return { ok: true, channel };
}

type FoundMessage = { ok: true; message: SlackMessage } | { ok: false; answer: ApiResponse };

/** Documented codes: `channel_not_found`, `message_not_found`. */
function findMessage(workspace: Workspace, channelId: string, timestamp: string): FoundMessage {
  const channel = workspace.channels.get(channelId);
  // Unlike in chat.postMessage, a user id is not accepted as a channel.
  if (!channel || (!channel.botIn && channel.kind !== 'public'))
    return { ok: false, answer: refuse('channel_not_found') };
  const message = messageAt(workspace, channel.id, timestamp);
  return message ? { ok: true, message } : { ok: false, answer: refuse('message_not_found') };
}

const postMessage = method(
  ['chat:write'],
  z.strictObject({
    channel: z.string(),
    ...messageArguments,
    thread_ts: ts.optional(),
    reply_broadcast: flag.optional(),
  }),
  (args, workspace) => {
    const found = findWritable(workspace, args.channel);
    if (!found.ok) return found.answer;
    const content = checkContent(args, 'post');
    if (!content.ok) return content.answer;
    const metadata = checkMetadata(args.metadata ?? {});
    if (!metadata.ok) return metadata.answer;
    const parent =
      args.thread_ts === undefined ? null : messageAt(workspace, found.channel.id, args.thread_ts);
    if (parent === undefined) return refuse('thread_not_found');
    const message = addMessage(workspace, {
      channel: found.channel.id,
      user: workspace.bot.userId,
      ...content.value,
      metadata: metadata.value,
      // A reply to a reply joins the same thread.
      thread_ts: parent && (parent.thread_ts ?? parent.ts),
    });
    return {
      ok: true,
      channel: message.channel,
      ts: message.ts,
      message: wireMessage(workspace, message),
    };
  },
);

const postEphemeral = method(
  ['chat:write'],
  z.strictObject({
    channel: z.string(),
    user: z.string(),
    ...messageArguments,
    thread_ts: ts.optional(),
  }),
  (args, workspace) => {
    const found = findWritable(workspace, args.channel);
    if (!found.ok) return found.answer;
    if (!findPerson(workspace, args.user) || !isMember(workspace, found.channel, args.user))
      return refuse('user_not_in_channel');
    const content = checkContent(args, 'post');
    if (!content.ok) return content.answer;
    const parent =
      args.thread_ts === undefined ? null : messageAt(workspace, found.channel.id, args.thread_ts);
    if (parent === undefined) return refuse('thread_not_found');
    // Slack accepts an ephemeral reply, but shows it only in a thread that has begun.
    if (parent && parent.thread_ts === null && repliesTo(workspace, parent).length === 0)
      return { ok: true, message_ts: newTs(workspace) };
    const answer = addAnswer(workspace, {
      channel: found.channel.id,
      to: args.user,
      ...content.value,
      thread_ts: parent && (parent.thread_ts ?? parent.ts),
    });
    return { ok: true, message_ts: answer.ts };
  },
);

const update = method(
  ['chat:write'],
  z.strictObject({
    channel: z.string(),
    ts,
    ...messageArguments,
    reply_broadcast: flag.optional(),
  }),
  (args, workspace) => {
    const found = findMessage(workspace, args.channel, args.ts);
    if (!found.ok) return found.answer;
    const { message } = found;
    if (message.user !== workspace.bot.userId) return refuse('cant_update_message');
    if (workspace.channels.get(message.channel)?.archived) return refuse('is_inactive');
    const content = checkContent(args, 'update');
    if (!content.ok) return content.answer;
    const metadata = args.metadata === undefined ? null : checkMetadata(args.metadata);
    if (metadata && !metadata.ok) return metadata.answer;
    // Slack's documentation is not clear on omitted blocks. They stay here, to expose callers that rely on
    // their removal.
    const newer = editMessage(workspace, message, {
      text: content.value.text,
      ...(args.blocks !== undefined && { blocks: content.value.blocks }),
      ...(metadata && { metadata: metadata.value }),
    });
    return {
      ok: true,
      channel: newer.channel,
      ts: newer.ts,
      text: newer.text,
      message: wireMessage(workspace, newer),
    };
  },
);

const remove = method(
  ['chat:write'],
  z.strictObject({ channel: z.string(), ts }),
  (args, workspace) => {
    const found = findMessage(workspace, args.channel, args.ts);
    if (!found.ok) return found.answer;
    const { message } = found;
    if (message.user !== workspace.bot.userId) return refuse('cant_delete_message');
    removeMessage(workspace, message);
    return { ok: true, channel: message.channel, ts: message.ts };
  },
);

const getPermalink = method(
  [],
  z.strictObject({ channel: z.string(), message_ts: ts }),
  (args, workspace) => {
    const found = findMessage(workspace, args.channel, args.message_ts);
    if (!found.ok) return found.answer;
    const { message } = found;
    const thread = message.thread_ts === null ? '' : `?thread_ts=${message.thread_ts}`;
    const permalink = `https://${workspace.team.domain}.slack.com/archives/${message.channel}/p${message.ts.replace('.', '')}${thread}`;
    return { ok: true, channel: message.channel, permalink };
  },
);

const open = method(
  ['im:write'],
  z.strictObject({
    users: z.string().optional(),
    channel: z.string().optional(),
    return_im: flag.optional(),
    prevent_creation: flag.optional(),
  }),
  (args, workspace) => {
    if (args.channel !== undefined) {
      const channel = workspace.channels.get(args.channel);
      return channel?.kind === 'dm'
        ? { ok: true, channel: { id: channel.id } }
        : refuse('channel_not_found');
    }
    const users = (args.users ?? '').split(',').filter((id) => id !== '');
    const [user] = users;
    if (user === undefined) return refuse('users_list_not_supplied');
    if (users.length > 1) return refuse('local_slack_has_no_group_messages');
    const found = findPerson(workspace, user);
    if (!found) return refuse('user_not_found');
    if (found.deleted) return refuse('user_disabled');
    return { ok: true, channel: { id: directMessages(workspace, user).id } };
  },
);

export const chatMethods: Readonly<Record<string, Method>> = {
  'chat.postMessage': postMessage,
  'chat.postEphemeral': postEphemeral,
  'chat.update': update,
  'chat.delete': remove,
  'chat.getPermalink': getPermalink,
  'conversations.open': open,
};
