import type { ApiResponse } from './api-response.ts';
import type { Delivered, Delivery } from './delivery.ts';
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
  deliver(delivery: Delivery): Promise<Delivered>;
}

export function failed(error: string): ActionResult {
  return { ok: false, error };
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
