import type { ApiResponse } from './api-response.ts';
import type { Delivered, Delivery } from './delivery.ts';
import type { ResponseUrls } from './response-urls.ts';
import { type Channel, isMember, type Member, person, type Workspace } from './workspace.ts';

/** What came of a person's act; the error is the sentence that Slack's client shows. */
export type ActionResult =
  | { ok: true }
  | {
      ok: false;
      error: string;
      /** Errors that the modal shows beside its inputs, by block id. */
      fields?: Readonly<Record<string, string>>;
    };

/** All that a person's act needs of the local Slack. */
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

/** Keeps what the app answered with its acknowledgement among the calls. */
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
  const who = person(workspace, userId);
  if (!who) return { ok: false, error: `There is no person ${userId}.` };
  const channel = workspace.channels.get(channelId);
  if (!channel || (channel.kind !== 'public' && !isMember(workspace, channel, userId)))
    return { ok: false, error: `${who.realName} sees no channel ${channelId}.` };
  return { ok: true, who, channel };
}
