import { randomBytes } from 'node:crypto';
import type { HomeView, KnownBlock, ModalView } from '@slack/types';
import { SLACK_LIMITS } from '../../core/slack-limits.ts';
import { blocksOn } from './block-kit-blocks.ts';
import {
  boolean,
  type CheckContext,
  list,
  newCheckContext,
  oneOf,
  problem,
  shape,
  string,
} from './block-kit-check.ts';
import { plain } from './block-kit-elements.ts';
import { isObject, type JsonObject, objectsIn } from './json.ts';

/** Undocumented; Slack has been seen to refuse messages above about this. */
const MAX_BLOCK_TEXT = 13_200;

type Refused = { ok: false; error: string; problems: readonly string[] };
type CheckedBlocks = { ok: true; blocks: KnownBlock[] } | Refused;
type CheckedView = { ok: true; view: ModalView } | Refused;
type CheckedHome = { ok: true; view: HomeView } | Refused;

function noProblems(_blocks: unknown, ctx: CheckContext): _blocks is KnownBlock[] {
  return ctx.problems.length === 0;
}

function isModal(_view: unknown, ctx: CheckContext): _view is ModalView {
  return ctx.problems.length === 0;
}

function isHome(_view: unknown, ctx: CheckContext): _view is HomeView {
  return ctx.problems.length === 0;
}

/** @param at JSON pointer for error messages */
export function checkMessageBlocks(value: unknown, at = '/blocks'): CheckedBlocks {
  const ctx = newCheckContext('message');
  list(blocksOn.message, SLACK_LIMITS.messageBlocks, 0)(value, at, ctx);
  const filled = fillIn(value);
  if (!noProblems(filled, ctx))
    return { ok: false, error: 'invalid_blocks', problems: ctx.problems };
  if (ctx.textLength > MAX_BLOCK_TEXT)
    return { ok: false, error: 'msg_blocks_too_long', problems: [] };
  return { ok: true, blocks: filled };
}

const viewFields = {
  private_metadata: string(SLACK_LIMITS.privateMetadata, 0),
  callback_id: string(SLACK_LIMITS.id, 0),
  external_id: string(SLACK_LIMITS.id, 0),
};
const modal = shape(
  { title: plain(SLACK_LIMITS.modalLabel), blocks: list(blocksOn.modal, SLACK_LIMITS.modalBlocks) },
  {
    ...viewFields,
    submit: plain(SLACK_LIMITS.modalLabel),
    close: plain(SLACK_LIMITS.modalLabel),
    clear_on_close: boolean,
    notify_on_close: boolean,
    submit_disabled: boolean,
    type: oneOf('modal'),
  },
);
const home = shape(
  { blocks: list(blocksOn.home, SLACK_LIMITS.modalBlocks, 0) },
  { ...viewFields, type: oneOf('home') },
);

const TOO_LARGE: Refused = { ok: false, error: 'view_too_large', problems: [] };

function isTooLarge(view: unknown): boolean {
  return Buffer.byteLength(JSON.stringify(view) ?? '') > SLACK_LIMITS.modalBytes;
}

/** A bad view gets `invalid_arguments`; a bad message gets `invalid_blocks`. */
export function checkView(value: unknown): CheckedView {
  if (isTooLarge(value)) return TOO_LARGE;
  const ctx = newCheckContext('modal');
  modal(value, '/view', ctx);
  if (isObject(value)) {
    if (value['type'] === undefined) problem(ctx, 'missing required field: type', '/view');
    const asks = objectsIn(value['blocks']).some((block) => block['type'] === 'input');
    if (asks && value['submit'] === undefined)
      problem(ctx, 'missing required field: submit', '/view');
  }
  const filled = fillIn(value);
  if (!isModal(filled, ctx))
    return { ok: false, error: 'invalid_arguments', problems: ctx.problems };
  return { ok: true, view: filled };
}

/** Like a modal, but without a title, and with the blocks that a Home tab shows. */
export function checkHome(value: unknown): CheckedHome {
  if (isTooLarge(value)) return TOO_LARGE;
  const ctx = newCheckContext('home');
  home(value, '/view', ctx);
  if (isObject(value) && value['type'] === undefined)
    problem(ctx, 'missing required field: type', '/view');
  const filled = fillIn(value);
  if (!isHome(filled, ctx))
    return { ok: false, error: 'invalid_arguments', problems: ctx.problems };
  return { ok: true, view: filled };
}

/** JSON pointers to the objects of this type, at any depth. */
export function pointersTo(value: unknown, type: string, at = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.entries(value).flatMap(([key, one]) =>
    pointersTo(one, type, `${at}/${key}`),
  );
  return isObject(value) && value['type'] === type ? [at, ...inner] : inner;
}

const BLOCK_LISTS = new Set(['blocks', 'child_blocks']);
const ACTS = new Set([
  'button',
  'overflow',
  'checkboxes',
  'radio_buttons',
  'datepicker',
  'timepicker',
  'datetimepicker',
  'icon_button',
  'feedback_buttons',
]);

function takesActionId(type: unknown): boolean {
  return typeof type === 'string' && (ACTS.has(type) || /_(select|input|button)$/.test(type));
}

/**
 * A copy as Slack stores it: missing block and action ids filled in, and the defaults of text objects
 * spelled out.
 */
function fillIn(value: unknown, key = 'blocks'): unknown {
  if (Array.isArray(value))
    return value.map((one) =>
      BLOCK_LISTS.has(key) && isObject(one)
        ? withId(one, 'block_id', fillInObject(one))
        : fillIn(one, ''),
    );
  return isObject(value) ? fillInObject(value) : value;
}

function fillInObject(value: JsonObject): JsonObject {
  const inner = Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, fillIn(one, key)]),
  );
  if (value['type'] === 'plain_text') return { emoji: true, ...inner };
  if (value['type'] === 'mrkdwn') return { verbatim: false, ...inner };
  return takesActionId(value['type']) ? withId(value, 'action_id', inner) : inner;
}

function withId(value: JsonObject, key: 'block_id' | 'action_id', inner: JsonObject): JsonObject {
  if (value[key] !== undefined && value[key] !== '') return inner;
  return { ...inner, [key]: randomBytes(4).toString('base64url') };
}
