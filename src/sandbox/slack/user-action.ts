import type { ApiResponse } from './api-response.ts';
import type { Delivered, Delivery, Failure } from './delivery.ts';
import type { JsonObject } from './json.ts';
import type { PageShortcut } from './protocol.ts';
import type { ResponseUrls } from './response-urls.ts';
import { type Channel, findPerson, isMember, type Member, type Workspace } from './workspace.ts';

/** The error is the sentence Slack's client would show. */
export type ActionResult =
  | { ok: true }
  | {
      ok: false;
      error: string;
      /** Errors shown next to the modal's inputs, by block id. */
      fields?: Readonly<Record<string, string>>;
    };

export interface ActionContext {
  workspace: Workspace;
  urls: ResponseUrls;
  commands: readonly { command: string }[];
  escapeCommandText: boolean;
  shortcuts: readonly PageShortcut[];
  /** The types that the app is subscribed to. */
  subscribed: ReadonlySet<string>;
  deliver(delivery: Delivery): Promise<Delivered>;
  sendEvent(event: JsonObject): Promise<Delivered>;
}

/** Sends the event if the app is subscribed to it. The user learns nothing of the outcome. */
export async function sendSubscribed(
  context: ActionContext,
  event: JsonObject & { type: string },
): Promise<void> {
  if (context.subscribed.has(event.type)) await context.sendEvent(event);
}

export function failed(error: string): ActionResult {
  return { ok: false, error };
}

/** What the client shows when the app didn't acknowledge a press or shortcut. */
export function notDelivered(error: Failure): ActionResult {
  return failed(
    error === 'operation_timeout'
      ? 'Operation timed out. Apps need to respond within 3 seconds. (operation_timeout)'
      : 'This app is not responding. (dispatch_failed)',
  );
}

/** Logs the body of an acknowledgement as a call. */
export function logAck(
  context: ActionContext,
  delivery: string,
  body: unknown,
  answer: ApiResponse,
): void {
  context.urls.calls.push({
    method: 'ack',
    args: { delivery, body },
    answer,
    fault: null,
    at: context.workspace.now(),
  });
}

export type Visible = { ok: true; who: Member; channel: Channel } | { ok: false; error: string };

export function findVisible(workspace: Workspace, userId: string, channelId: string): Visible {
  const who = findPerson(workspace, userId);
  if (!who) return { ok: false, error: `There is no person ${userId}.` };
  const channel = workspace.channels.get(channelId);
  if (!channel || (channel.kind !== 'public' && !isMember(workspace, channel, userId)))
    return { ok: false, error: `${who.realName} sees no channel ${channelId}.` };
  return { ok: true, who, channel };
}
