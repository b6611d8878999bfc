import type { KnownBlock } from '@slack/types';
import { SLACK_LIMITS } from '../../core/slack-limits.ts';
import { type ApiResponse, refuse, refuseWithReasons } from './api-response.ts';
import { checkMessageBlocks } from './block-kit.ts';
import { isObject, type JsonObject } from './json.ts';
import type { Metadata, SlackMessage, Workspace } from './workspace.ts';

const MAX_TEXT = 40_000;
/** Slack doesn't publish its limit; this one is on the safe side. */
const MAX_METADATA_BYTES = 8_000;

export interface Content {
  text: string;
  blocks: KnownBlock[];
}

export type Checked<Value> = { ok: true; value: Value } | { ok: false; answer: ApiResponse };

/** Documented codes: `no_text`, `msg_too_long`, `msg_blocks_too_long`, `invalid_blocks`. */
export function checkContent(
  given: { text?: string | undefined; blocks?: unknown; attachments?: unknown },
  rule: 'post' | 'update',
): Checked<Content> {
  const no = (answer: ApiResponse): Checked<Content> => ({ ok: false, answer });
  const attachments = Array.isArray(given.attachments) ? given.attachments.length : 0;
  if (attachments > 0) return no(refuse('local_slack_has_no_attachments'));
  const blocks = checkMessageBlocks(given.blocks ?? []);
  if (!blocks.ok) return no(refuseWithReasons(blocks.error, blocks.problems));
  const text = given.text ?? '';
  if (text.trim() === '' && blocks.blocks.length === 0) return no(refuse('no_text'));
  if (rule === 'update' && text.length > SLACK_LIMITS.updateText) return no(refuse('msg_too_long'));
  return { ok: true, value: { text: text.slice(0, MAX_TEXT), blocks: blocks.blocks } };
}

/** `{}` clears the metadata. Documented codes: `invalid_metadata_format`, `metadata_too_large`. */
export function checkMetadata(given: unknown): Checked<Metadata | null> {
  if (isObject(given) && Object.keys(given).length === 0) return { ok: true, value: null };
  const wrong: Checked<null> = { ok: false, answer: refuse('invalid_metadata_format') };
  if (!isObject(given)) return wrong;
  const { event_type, event_payload, ...rest } = given;
  if (typeof event_type !== 'string' || event_type === '' || Object.keys(rest).length > 0)
    return wrong;
  if (!isObject(event_payload) || !isPlain(event_payload)) return wrong;
  if (Buffer.byteLength(JSON.stringify(given)) > MAX_METADATA_BYTES)
    return { ok: false, answer: refuse('metadata_too_large') };
  return { ok: true, value: { event_type, event_payload } };
}

// As in the SDK's types: no null, and no objects nested deeper than one level.
function isPlain(payload: JsonObject): boolean {
  const flat = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);
  const flatObject = (value: unknown): boolean =>
    isObject(value) && Object.values(value).every(flat);
  return Object.values(payload).every(
    (value) =>
      flat(value) ||
      flatObject(value) ||
      (Array.isArray(value) && value.every((one) => flat(one) || flatObject(one))),
  );
}

/** A message in the JSON of the Web API and of payloads. */
export function wireMessage(
  workspace: Workspace,
  message: SlackMessage,
  metadata: 'whole' | 'type' = 'whole',
): JsonObject {
  const { bot, team } = workspace;
  const byBot = message.user === bot.userId;
  return {
    type: 'message',
    user: message.user,
    ts: message.ts,
    text: message.text,
    team: team.id,
    ...(byBot && {
      bot_id: bot.botId,
      app_id: bot.appId,
      bot_profile: {
        id: bot.botId,
        app_id: bot.appId,
        name: bot.name,
        team_id: team.id,
        deleted: false,
      },
    }),
    ...(message.blocks.length > 0 && { blocks: message.blocks }),
    ...(message.edited && { edited: message.edited }),
    ...(message.metadata && {
      metadata:
        metadata === 'whole' ? message.metadata : { event_type: message.metadata.event_type },
    }),
    ...(message.thread_ts !== null && { thread_ts: message.thread_ts }),
  };
}
