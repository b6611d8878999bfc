import type { JsonObject } from './json.ts';
import { messageShortcutPayload, shortcutPayload } from './payloads.ts';
import type { PageShortcut } from './protocol.ts';
import { newResponseUrl } from './response-urls.ts';
import {
  type ActionContext,
  type ActionResult,
  failed,
  findVisible,
  notDelivered,
} from './user-action.ts';
import { findPerson, messageAt, notifyWatchers } from './workspace.ts';

/** Uses a global shortcut, or with `on` one of a message. */
export function useShortcut(
  context: ActionContext,
  userId: string,
  callbackId: string,
  on: { channel: string; ts: string } | null,
): Promise<ActionResult> {
  const kind: PageShortcut['kind'] = on === null ? 'global' : 'message';
  const known = context.shortcuts.some((one) => one.callbackId === callbackId && one.kind === kind);
  if (!known) return Promise.resolve(failed(`There is no ${kind} shortcut ${callbackId}.`));
  return on === null
    ? globally(context, userId, callbackId)
    : onMessage(context, userId, callbackId, on);
}

async function globally(
  context: ActionContext,
  userId: string,
  callbackId: string,
): Promise<ActionResult> {
  const who = findPerson(context.workspace, userId);
  if (!who) return failed(`There is no person ${userId}.`);
  return deliver(context, shortcutPayload(context.workspace, who, callbackId));
}

/** Slack offers no shortcuts on ephemeral messages. */
async function onMessage(
  context: ActionContext,
  userId: string,
  callbackId: string,
  on: { channel: string; ts: string },
): Promise<ActionResult> {
  const { workspace } = context;
  const seen = findVisible(workspace, userId, on.channel);
  if (!seen.ok) return seen;
  const message = messageAt(workspace, on.channel, on.ts);
  if (!message) return failed('There is no message with shortcuts.');
  const payload = messageShortcutPayload(workspace, seen.who, seen.channel, {
    callbackId,
    message,
    responseUrl: newResponseUrl(context.urls, {
      user: userId,
      channel: on.channel,
      original: on.ts,
    }),
  });
  return deliver(context, payload);
}

async function deliver(context: ActionContext, payload: JsonObject): Promise<ActionResult> {
  const delivered = await context.deliver({ kind: 'interactive', payload });
  notifyWatchers(context.workspace);
  return delivered.ok ? { ok: true } : notDelivered(delivered.error);
}
