import { elementsIn, enterValue, initialValues } from './input-state.ts';
import { type JsonObject, stringIn } from './json.ts';
import { findView } from './modals.ts';
import { homeActionPayload, messageActionPayload, viewActionPayload } from './payloads.ts';
import type { InputValues, PressTarget } from './protocol.ts';
import { newResponseUrl } from './response-urls.ts';
import {
  type ActionContext,
  type ActionResult,
  failed,
  findVisible,
  notDelivered,
} from './user-action.ts';
import { findPerson, messageAt, notifyWatchers, setViews, viewsOf } from './workspace.ts';

/** Identifies the element. `value` distinguishes buttons with the same action id. */
export interface Pressed {
  blockId?: string;
  actionId: string;
  value?: string;
  /** The value of the option, or the input of a picker or text field. */
  option?: string;
}

/** Uses an element that is on the surface now. */
export async function press(
  context: ActionContext,
  userId: string,
  target: PressTarget,
  which: Pressed,
): Promise<ActionResult> {
  const blocks = blocksAt(context, userId, target);
  if (!blocks.ok) return blocks;
  const matching = elementsIn(blocks.blocks).filter(
    ({ blockId, element }) =>
      element['action_id'] === which.actionId &&
      (which.blockId === undefined || which.blockId === blockId) &&
      (which.value === undefined || which.value === element['value']),
  );
  const [found] = matching;
  if (!found) return failed(`There is no ${which.actionId} here.`);
  if (matching.length > 1)
    return failed(`There are ${matching.length} elements ${which.actionId} here. Which one?`);
  const { blockId, element } = found;
  const acted = actionOf(element, which.option);
  if (!acted.ok) return acted;
  return deliverAction(context, userId, target, { block_id: blockId, ...acted.action });
}

/**
 * Delivers an action that need not exist: a button from an older version of the message, or a forged
 * value. `action` is merged over a bare button.
 */
export function pressWith(
  context: ActionContext,
  userId: string,
  target: PressTarget,
  action: JsonObject,
): Promise<ActionResult> {
  return deliverAction(context, userId, target, { type: 'button', block_id: 'old', ...action });
}

type Blocks = { ok: true; blocks: unknown } | { ok: false; error: string };

function blocksAt({ workspace }: ActionContext, userId: string, target: PressTarget): Blocks {
  if (target.in === 'view') {
    const open = findView(workspace, target.viewId);
    return open?.user === userId
      ? { ok: true, blocks: open.view.blocks }
      : { ok: false, error: 'This view is no longer open.' };
  }
  if (target.in === 'home') {
    const home = workspace.homes.get(userId);
    return home
      ? { ok: true, blocks: home.view.blocks }
      : { ok: false, error: 'This Home tab is empty.' };
  }
  const seen = findVisible(workspace, userId, target.channel);
  if (!seen.ok) return seen;
  const message = messageAt(workspace, target.channel, target.ts);
  const answer = workspace.answers.find((one) => one.ts === target.ts && one.to === userId);
  const found = message ?? answer;
  return found
    ? { ok: true, blocks: found.blocks }
    : { ok: false, error: 'This message was deleted.' };
}

type Action = { ok: true; action: JsonObject } | { ok: false; error: string };

function actionOf(element: JsonObject, option: string | undefined): Action {
  const { type, action_id, text, value, style, placeholder } = element;
  const named = { type, action_id };
  if (type === 'button' || type === 'icon_button') {
    const styled = style === undefined ? {} : { style };
    return {
      ok: true,
      action: { ...named, text, ...(value !== undefined && { value }), ...styled },
    };
  }
  if (option === undefined) return { ok: false, error: 'Choose an option.' };
  const chosen = enterValue(element, option);
  if (!chosen.ok) return chosen;
  return {
    ok: true,
    action: { ...named, ...chosen.state, ...(placeholder !== undefined && { placeholder }) },
  };
}

/** `null` for buttons and overflow menus, which have no state. */
function stateOf(action: JsonObject): Record<string, unknown> | null {
  const { block_id: _, action_id: __, placeholder: ___, text: ____, ...state } = action;
  return action['type'] === 'button' || action['type'] === 'overflow' ? null : state;
}

function withState(values: InputValues, action: JsonObject): InputValues {
  const state = stateOf(action);
  const blockId = stringIn(action, 'block_id') ?? '';
  const actionId = stringIn(action, 'action_id') ?? '';
  return state ? { ...values, [blockId]: { ...values[blockId], [actionId]: state } } : values;
}

async function deliverAction(
  context: ActionContext,
  userId: string,
  target: PressTarget,
  action: JsonObject,
): Promise<ActionResult> {
  const made = payloadOf(context, userId, target, action);
  if (!made.ok) return made;
  const delivered = await context.deliver({ kind: 'interactive', payload: made.payload });
  notifyWatchers(context.workspace);
  return delivered.ok ? { ok: true } : notDelivered(delivered.error);
}

type Made = { ok: true; payload: JsonObject } | { ok: false; error: string };

function payloadOf(
  context: ActionContext,
  userId: string,
  target: PressTarget,
  action: JsonObject,
): Made {
  const { workspace } = context;
  if (target.in === 'view') {
    const who = findPerson(workspace, userId);
    const open = findView(workspace, target.viewId);
    if (!who || !open) return { ok: false, error: 'This view is no longer open.' };
    open.values = withState(open.values, action);
    setViews(workspace, open.user, viewsOf(workspace, open.user));
    return { ok: true, payload: viewActionPayload(workspace, who, open, action) };
  }
  if (target.in === 'home') {
    const who = findPerson(workspace, userId);
    const home = workspace.homes.get(userId);
    if (!who || !home) return { ok: false, error: 'This Home tab is empty.' };
    home.values = withState(home.values, action);
    return { ok: true, payload: homeActionPayload(workspace, who, home, action) };
  }
  const seen = findVisible(workspace, userId, target.channel);
  if (!seen.ok) return seen;
  const message = messageAt(workspace, target.channel, target.ts);
  const answer = workspace.answers.find((one) => one.ts === target.ts);
  const payload = messageActionPayload(workspace, seen.who, seen.channel, {
    ts: target.ts,
    ephemeral: answer !== undefined,
    message,
    threadTs: message?.thread_ts ?? answer?.thread_ts ?? null,
    action,
    values: withState(initialValues(message?.blocks ?? answer?.blocks), action),
    responseUrl: newResponseUrl(context.urls, {
      user: userId,
      channel: target.channel,
      original: target.ts,
    }),
  });
  return { ok: true, payload };
}
