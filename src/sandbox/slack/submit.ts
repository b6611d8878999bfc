import { type ApiResponse, refuse, refuseWithReasons } from './api-response.ts';
import { checkView } from './block-kit.ts';
import { elementsIn, enterValue, optionsOf, validateEntries } from './input-state.ts';
import { isObject, type JsonObject, objectsIn, stringIn } from './json.ts';
import { findView, MAX_STACK, openView, replaceView } from './modals.ts';
import { closedPayload, submissionPayload } from './payloads.ts';
import type { InputValues } from './protocol.ts';
import { type ActionContext, type ActionResult, failed, logAck } from './user-action.ts';
import {
  findPerson,
  type Member,
  notifyWatchers,
  type OpenView,
  setViews,
  viewsOf,
  type Workspace,
} from './workspace.ts';

/**
 * Input by block id: the states of the block's elements in Slack's shape, or, as a shorthand, the text,
 * date or option value of its only element.
 */
export type Entries = Readonly<Record<string, string | InputValues[string]>>;

const TROUBLE = 'We had some trouble connecting. Try again?';

type Top = { ok: true; who: Member; open: OpenView } | { ok: false; error: string };

function topView(workspace: Workspace, userId: string, viewId: string): Top {
  const who = findPerson(workspace, userId);
  const open = viewsOf(workspace, userId).at(-1);
  return who && open?.id === viewId
    ? { ok: true, who, open }
    : { ok: false, error: 'This view is no longer open.' };
}

export async function submit(
  context: ActionContext,
  userId: string,
  viewId: string,
  entries: Entries,
): Promise<ActionResult> {
  const { workspace } = context;
  const top = topView(workspace, userId, viewId);
  if (!top.ok) return top;
  const { who, open } = top;
  if (open.view.submit === undefined) return failed('This view has no submit button.');
  if (open.busy) return failed('This view is being submitted.');
  const filled = withEntries(open, entries);
  if (!filled.ok) return filled;
  open.values = filled.values;
  open.errors = validateEntries(open.view.blocks, open.values);
  const wrong = Object.values(open.errors);
  if (wrong.length > 0) {
    notifyWatchers(workspace);
    return { ok: false, error: wrong.join(' '), fields: open.errors };
  }
  open.busy = true;
  notifyWatchers(workspace);
  const payload = submissionPayload(workspace, who, open);
  const delivered = await context.deliver({ kind: 'interactive', payload });
  open.busy = false;
  notifyWatchers(workspace);
  if (!delivered.ok) return failed(`${TROUBLE} (${delivered.error})`);
  const answer = applyResponseAction(workspace, open, delivered.body);
  logAck(context, 'view_submission', delivered.body, answer);
  notifyWatchers(workspace);
  if (!answer.ok) return failed(`${TROUBLE} (${answer.error})`);
  const errors = Object.values(open.errors);
  return errors.length > 0
    ? { ok: false, error: errors.join(' '), fields: open.errors }
    : { ok: true };
}

type Filled = { ok: true; values: InputValues } | { ok: false; error: string };

function withEntries(open: OpenView, entries: Entries): Filled {
  const values = { ...open.values };
  const placed = elementsIn(open.view.blocks);
  for (const [blockId, entry] of Object.entries(entries)) {
    const elements = placed.filter((one) => one.blockId === blockId).map((one) => one.element);
    const given = typeof entry === 'string' ? null : entry;
    for (const element of elements) {
      const actionId = stringIn(element, 'action_id') ?? '';
      const state = given ? given[actionId] : undefined;
      if (given && !state) continue;
      const read = state ? validState(element, state) : enterValue(element, String(entry));
      if (!read.ok) return read;
      values[blockId] = { ...values[blockId], [actionId]: read.state };
    }
    const unknown = Object.keys(given ?? {}).find(
      (id) => !elements.some((one) => one['action_id'] === id),
    );
    if (elements.length === 0 || unknown !== undefined)
      return { ok: false, error: `There is no input ${[blockId, unknown].join(' ').trim()} here.` };
  }
  return { ok: true, values };
}

/** Refuses options the element doesn't have. */
function validState(element: JsonObject, state: JsonObject): ReturnType<typeof enterValue> {
  const own = optionsOf(element);
  const find = (chosen: unknown): JsonObject | undefined =>
    own.find((one) => isObject(chosen) && one['value'] === chosen['value']);
  const type = stringIn(element, 'type') ?? '';
  const { selected_option: one, selected_options: many } = state;
  if (own.length === 0) return { ok: true, state: { ...state, type } };
  if (isObject(one)) {
    const option = find(one);
    return option
      ? { ok: true, state: { type, selected_option: option } }
      : { ok: false, error: 'There is no such option.' };
  }
  if (!Array.isArray(many)) return { ok: true, state: { ...state, type } };
  const options = many.map(find);
  return options.every((option) => option !== undefined)
    ? { ok: true, state: { type, selected_options: options } }
    : { ok: false, error: 'There is no such option.' };
}

function applyResponseAction(workspace: Workspace, open: OpenView, body: unknown): ApiResponse {
  const stack = viewsOf(workspace, open.user);
  if (!findView(workspace, open.id)) return { ok: true };
  if (body === null || body === '' || (isObject(body) && Object.keys(body).length === 0)) {
    setViews(workspace, open.user, stack.slice(0, stack.indexOf(open)));
    return { ok: true };
  }
  if (!isObject(body)) return refuse('invalid_response');
  const { response_action: action, errors, view } = body;
  if (action === 'clear') {
    setViews(workspace, open.user, []);
    return { ok: true };
  }
  if (action === 'errors') return showErrors(open, errors);
  if (action !== 'update' && action !== 'push') return refuse('invalid_response_action');
  const checked = checkView(view);
  if (!checked.ok) return refuseWithReasons(checked.error, checked.problems);
  if (action === 'update') replaceView(workspace, open, checked.view);
  else if (stack.length >= MAX_STACK) return refuse('push_limit_reached');
  else openView(workspace, open.user, checked.view, stack);
  return { ok: true };
}

function showErrors(open: OpenView, errors: unknown): ApiResponse {
  const inputs = objectsIn(open.view.blocks).filter((block) => block['type'] === 'input');
  const ids = inputs.map((block) => block['block_id']);
  const entries = isObject(errors) ? Object.entries(errors) : [];
  if (entries.length === 0) return refuse('invalid_errors');
  const shown: Record<string, string> = {};
  for (const [blockId, text] of entries) {
    if (!ids.includes(blockId) || typeof text !== 'string')
      return refuseWithReasons('invalid_errors', [`${blockId} is not an input block`]);
    shown[blockId] = text;
  }
  open.errors = shown;
  return { ok: true };
}

export async function closeView(
  context: ActionContext,
  userId: string,
  viewId: string,
): Promise<ActionResult> {
  const { workspace } = context;
  const top = topView(workspace, userId, viewId);
  if (!top.ok) return top;
  const { who, open } = top;
  const all = open.view.clear_on_close === true;
  setViews(workspace, userId, all ? [] : viewsOf(workspace, userId).slice(0, -1));
  if (open.view.notify_on_close === true)
    await context.deliver({
      kind: 'interactive',
      payload: closedPayload(workspace, who, open, all),
    });
  return { ok: true };
}
