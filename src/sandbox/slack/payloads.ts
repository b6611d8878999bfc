/** Bodies of Slack's deliveries, with every key Slack sends. */
import type { JsonObject } from './json.ts';
import { wireMessage } from './message-content.ts';
import { wireHome, wireView } from './modals.ts';
import type { HomeTab } from './protocol.ts';
import {
  type Channel,
  type Member,
  messageAt,
  newId,
  newTrigger,
  newTs,
  type OpenView,
  type PublishedHome,
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

/** A Home tab has no channel, message or response URL. */
export function homeActionPayload(
  workspace: Workspace,
  who: Member,
  home: PublishedHome,
  action: JsonObject,
): JsonObject {
  return {
    type: 'block_actions',
    ...common(workspace, who),
    container: { type: 'view', view_id: home.id },
    trigger_id: newTrigger(workspace, who.id, null),
    view: wireHome(workspace, home),
    actions: [{ ...action, action_ts: newTs(workspace) }],
  };
}

/** Unlike other payloads, Slack's of shortcuts have no `api_app_id`. */
function shortcutCommon(workspace: Workspace, who: Member, callbackId: string): JsonObject {
  const { api_app_id: _, ...rest } = common(workspace, who);
  return {
    ...rest,
    action_ts: newTs(workspace),
    callback_id: callbackId,
    trigger_id: newTrigger(workspace, who.id, null),
  };
}

export function shortcutPayload(workspace: Workspace, who: Member, callbackId: string): JsonObject {
  return { type: 'shortcut', ...shortcutCommon(workspace, who, callbackId) };
}

export function messageShortcutPayload(
  workspace: Workspace,
  who: Member,
  channel: Channel,
  used: { callbackId: string; message: SlackMessage; responseUrl: string },
): JsonObject {
  return {
    type: 'message_action',
    ...shortcutCommon(workspace, who, used.callbackId),
    channel: { id: channel.id, name: channelName(channel) },
    message_ts: used.message.ts,
    message: originalMessage(workspace, used.message),
    response_url: used.responseUrl,
  };
}

/** Slack sends the published view only with the Home tab. */
export function homeOpenedEvent(
  workspace: Workspace,
  who: Member,
  channel: Channel,
  tab: HomeTab,
): JsonObject & { type: string } {
  const home = workspace.homes.get(who.id);
  return {
    type: 'app_home_opened',
    user: who.id,
    channel: channel.id,
    tab,
    ...(tab === 'home' && home && { view: wireHome(workspace, home) }),
    event_ts: newTs(workspace),
  };
}

export function mentionEvent(
  workspace: Workspace,
  message: SlackMessage,
): JsonObject & { type: string } {
  return {
    ...originalMessage(workspace, message),
    type: 'app_mention',
    event_ts: message.ts,
    channel: message.channel,
  };
}

export function eventPayload(workspace: Workspace, event: JsonObject): JsonObject {
  const { team, bot } = workspace;
  return {
    token: TOKEN,
    type: 'event_callback',
    team_id: team.id,
    api_app_id: bot.appId,
    event_id: newId(workspace, 'Ev'),
    event_time: Math.floor(workspace.now() / 1000),
    authorizations: [
      {
        enterprise_id: null,
        team_id: team.id,
        user_id: bot.userId,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: false,
    event,
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
