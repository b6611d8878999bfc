import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import { type ApiResponse, refuse } from './api-response.ts';
import { carryOut, type Faults, strike } from './faults.ts';
import { sendJson, sendText } from './http.ts';
import type { JsonObject } from './json.ts';
import { checkContent, checkMetadata } from './message-content.ts';
import type { Call } from './web-api.ts';
import { flag, messageArguments, parseArguments, ts } from './web-api-arguments.ts';
import {
  addAnswer,
  addMessage,
  editAnswer,
  editMessage,
  messageAt,
  notifyWatchers,
  removeMessage,
  type Workspace,
} from './workspace.ts';

const MAX_USES = 5;
const LIFE_MS = 30 * 60_000;

interface ResponseUrl {
  user: string;
  channel: string;
  /** The `ts` of the message that was used; `null` for a command. */
  original: string | null;
  madeAt: number;
  uses: number;
}

export interface ResponseUrls {
  workspace: Workspace;
  faults: Faults;
  calls: Call[];
  /** Called when a call has been answered. */
  answered: (call: Call) => void;
  /** Without a trailing slash. */
  baseUrl: () => string;
  known: Map<string, ResponseUrl>;
}

export function newResponseUrl(
  urls: ResponseUrls,
  of: Pick<ResponseUrl, 'user' | 'channel' | 'original'>,
): string {
  const id = randomBytes(12).toString('base64url');
  urls.known.set(id, { ...of, madeAt: urls.workspace.now(), uses: 0 });
  return `${urls.baseUrl()}/response/${id}`;
}

const schema = z.strictObject({
  ...messageArguments,
  thread_ts: ts.optional(),
  response_type: z.enum(['ephemeral', 'in_channel']).optional(),
  replace_original: flag.optional(),
  delete_original: flag.optional(),
});

/** Responds with the text `ok`, or with an error status that makes Bolt's `respond` throw. */
export async function serveResponseUrl(
  urls: ResponseUrls,
  id: string,
  args: JsonObject | null,
  response: ServerResponse,
): Promise<void> {
  const call: Call = {
    method: 'response_url',
    args: args ?? {},
    answer: null,
    fault: null,
    at: urls.workspace.now(),
  };
  urls.calls.push(call);
  const run = (): ApiResponse => (args ? respond(urls, id, args) : refuse('invalid_payload'));
  const fault = strike(urls.faults, 'response_url', call.args);
  if (fault) {
    call.fault = fault.kind;
    call.answer = await carryOut(fault, response, call, run);
  } else {
    const answer = run();
    call.answer = answer;
    if (answer.ok) sendText(response, 200, 'ok');
    else sendJson(response, answer, /^(used|expired)_url$/.test(String(answer.error)) ? 404 : 400);
  }
  urls.answered(call);
  notifyWatchers(urls.workspace);
}

function respond(urls: ResponseUrls, id: string, given: JsonObject): ApiResponse {
  const { workspace } = urls;
  const url = urls.known.get(id);
  if (!url || workspace.now() - url.madeAt > LIFE_MS) return refuse('expired_url');
  if (url.uses >= MAX_USES) return refuse('used_url');
  url.uses += 1;
  return applyResponse(workspace, url, given);
}

/** Applies the body of a response URL call or of a command's acknowledgement. */
export function applyResponse(
  workspace: Workspace,
  url: Pick<ResponseUrl, 'user' | 'channel' | 'original'>,
  given: JsonObject,
): ApiResponse {
  const parsed = parseArguments(schema, given);
  if (!parsed.ok) return parsed.answer;
  const { args } = parsed;
  if (args.delete_original === true) return deleteOriginal(workspace, url);
  const content = checkContent(args, 'post');
  if (!content.ok) return content.answer;
  const metadata = args.metadata === undefined ? null : checkMetadata(args.metadata);
  if (metadata && !metadata.ok) return metadata.answer;
  if (args.replace_original === true && url.original !== null) {
    const message = messageAt(workspace, url.channel, url.original);
    const answer = workspace.answers.find((one) => one.ts === url.original);
    if (message)
      editMessage(workspace, message, {
        ...content.value,
        ...(metadata && { metadata: metadata.value }),
      });
    else if (answer) editAnswer(workspace, answer, content.value);
    else return refuse('message_not_found');
    return { ok: true };
  }
  const thread = { thread_ts: args.thread_ts ?? null };
  if (args.response_type === 'in_channel')
    addMessage(workspace, {
      channel: url.channel,
      user: workspace.bot.userId,
      ...content.value,
      metadata: metadata?.value ?? null,
      ...thread,
    });
  else addAnswer(workspace, { channel: url.channel, to: url.user, ...content.value, ...thread });
  return { ok: true };
}

function deleteOriginal(
  workspace: Workspace,
  url: Pick<ResponseUrl, 'channel' | 'original'>,
): ApiResponse {
  const { original } = url;
  const message = original === null ? undefined : messageAt(workspace, url.channel, original);
  const index = workspace.answers.findIndex((one) => one.ts === original);
  if (message) removeMessage(workspace, message);
  else if (index >= 0) workspace.answers.splice(index, 1);
  else return refuse('message_not_found');
  notifyWatchers(workspace);
  return { ok: true };
}
