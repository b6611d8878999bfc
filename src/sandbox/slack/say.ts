import { escapeCommandText, escapeMessageText } from './command-text.ts';
import { isObject } from './json.ts';
import { commandPayload, mentionEvent } from './payloads.ts';
import { applyResponse, newResponseUrl } from './response-urls.ts';
import {
  type ActionContext,
  type ActionResult,
  failed,
  findVisible,
  logAck,
  sendSubscribed,
} from './user-action.ts';
import { addMessage, type Channel, type SlackMessage, type Workspace } from './workspace.ts';

/** Sends a command or a plain message from the composer. */
export async function say(
  context: ActionContext,
  userId: string,
  channelId: string,
  text: string,
  threadTs: string | null,
): Promise<ActionResult> {
  const { workspace } = context;
  const seen = findVisible(workspace, userId, channelId);
  if (!seen.ok) return seen;
  const { who, channel } = seen;
  if (channel.archived)
    return failed(`#${channel.name} is archived. You can't send messages to it.`);
  const [, command, rest] = /^(\/\S+)\s*([\s\S]*)$/.exec(text.trim()) ?? [];
  if (command === undefined || rest === undefined) {
    if (text.trim() === '') return failed('There is nothing to send.');
    const message = addMessage(workspace, {
      channel: channelId,
      user: userId,
      text: escapeMessageText(workspace, text),
      thread_ts: threadTs,
    });
    if (isHeardMention(workspace, channel, message))
      await sendSubscribed(context, mentionEvent(workspace, message));
    return { ok: true };
  }
  if (!context.commands.some((one) => one.command === command))
    return failed(`${command} is not a valid command.`);
  if (threadTs !== null) return failed(`${command} is not supported in threads. Sorry!`);
  const origin = { user: userId, channel: channelId, original: null };
  const payload = commandPayload(workspace, who, channel, {
    command,
    text: context.escapeCommandText ? escapeCommandText(workspace, rest) : rest,
    responseUrl: newResponseUrl(context.urls, origin),
  });
  const delivered = await context.deliver({ kind: 'slash_commands', payload });
  if (!delivered.ok) return failed(`${command} failed with the error "${delivered.error}"`);
  const { body } = delivered;
  if (body === null || body === '') return { ok: true };
  const given = typeof body === 'string' ? { text: body } : isObject(body) ? body : {};
  const answer = applyResponse(workspace, origin, given);
  logAck(context, 'slash_commands', body, answer);
  return answer.ok
    ? { ok: true }
    : failed(`${command} failed with the error "invalid_command_response"`);
}

/** Slack tells the bot of its mentions in channels that it is in, if it may know. Direct messages have none. */
function isHeardMention(workspace: Workspace, channel: Channel, message: SlackMessage): boolean {
  return (
    message.text.includes(`<@${workspace.bot.userId}>`) &&
    channel.kind !== 'dm' &&
    channel.botIn &&
    workspace.scopes.has('app_mentions:read')
  );
}
