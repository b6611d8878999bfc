/** Bodies of Slack's deliveries, with every key Slack sends. */
import type { JsonObject } from './json.ts';
import { wireMessage } from './message-content.ts';
import { wireView } from './modals.ts';
import {
  type Channel,
  type Member,
  messageAt,
  newTrigger,
  newTs,
  type OpenView,
  repliesTo,
  type SlackMessage,
  type Workspace,
} from './workspace.ts';

/** Slack still sends its deprecated verification token. Nothing may depend on it. */
const TOKEN = 'deprecated';

function channelName(channel: Channel): string {
  if (channel.kind === 'dm') return 'directmessage';
  return channel.kind === 'private' ? 'privategroup' : channel.name;
}

function common(workspace: Workspace, who: Member): JsonObject {
  const { team, bot } = workspace;
  return {
    team: { id: team.id, domain: team.domain },
    user: { id: who.id, username: who.name, name: who.name, team_id: who.teamId },
    api_app_id: bot.appId,
    token: TOKEN,
    enterprise: null,
    is_enterprise_install: false,
  };
}

export function commandPayload(
  workspace: Workspace,
  who: Member,
  channel: Channel,
  command: { command: string; text: string; responseUrl: string },
): JsonObject {
  return {
    token: TOKEN,
    team_id: who.teamId,
    team_domain: workspace.team.domain,
    channel_id: channel.id,
    channel_name: channelName(channel),
    user_id: who.id,
    user_name: who.name,
    command: command.command,
    text: command.text,
    api_app_id: workspace.bot.appId,
    is_enterprise_install: 'false',
    response_url: command.responseUrl,
    trigger_id: newTrigger(workspace, who.id, null),
  };
}

function originalMessage(workspace: Workspace, message: SlackMessage): JsonObject {
  const replies = message.thread_ts === null ? repliesTo(workspace, message) : [];
  return {
    ...wireMessage(workspace, message),
    ...(message.thread_ts !== null && { parent_user_id: parentOf(workspace, message)?.user }),
    ...(replies.length > 0 && { thread_ts: message.ts, reply_count: replies.length }),
  };
}

function parentOf(workspace: Workspace, reply: SlackMessage): SlackMessage | undefined {
  return reply.thread_ts === null
    ? undefined
    : messageAt(workspace, reply.channel, reply.thread_ts);
}

/** Like Slack, leaves out `message` for ephemeral messages. */
export function messageActionPayload(
  workspace: Workspace,
  who: Member,
  channel: Channel,
  acted: {
    ts: string;
    ephemeral: boolean;
    message: SlackMessage | undefined;
    threadTs: string | null;
    action: JsonObject;
    values: unknown;
    responseUrl: string;
  },
): JsonObject {
  return {
    type: 'block_actions',
    ...common(workspace, who),
    container: {
      type: 'message',
      message_ts: acted.ts,
      channel_id: channel.id,
      is_ephemeral: acted.ephemeral,
      ...(acted.threadTs !== null && { thread_ts: acted.threadTs }),
    },
    trigger_id: newTrigger(workspace, who.id, null),
    channel: { id: channel.id, name: channelName(channel) },
    ...(acted.message && { message: originalMessage(workspace, acted.message) }),
    state: { values: acted.values },
    response_url: acted.responseUrl,
    actions: [{ ...acted.action, action_ts: newTs(workspace) }],
  };
}

export function viewActionPayload(
  workspace: Workspace,
  who: Member,
  open: OpenView,
  action: JsonObject,
): JsonObject {
  return {
    type: 'block_actions',
    ...common(workspace, who),
    container: { type: 'view', view_id: open.id },
    trigger_id: newTrigger(workspace, who.id, open.id),
    view: wireView(workspace, open),
    actions: [{ ...action, action_ts: newTs(workspace) }],
  };
}

export function submissionPayload(workspace: Workspace, who: Member, open: OpenView): JsonObject {
  return {
    type: 'view_submission',
    ...common(workspace, who),
    trigger_id: newTrigger(workspace, who.id, open.id),
    view: wireView(workspace, open),
    response_urls: [],
  };
}

export function closedPayload(
  workspace: Workspace,
  who: Member,
  open: OpenView,
  isCleared: boolean,
): JsonObject {
  return {
    type: 'view_closed',
    ...common(workspace, who),
    view: wireView(workspace, open),
    is_cleared: isCleared,
  };
}
