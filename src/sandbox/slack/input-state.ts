/** Input values of a view or message in the shape Slack sends. */
import { SLACK_LIMITS } from '../../core/slack-limits.ts';
import { isObject, type JsonObject, objectsIn, stringIn } from './json.ts';
import type { InputValues } from './protocol.ts';

const INPUT_BLOCK_PARTS = ['elements', 'accessory', 'element', 'actions', 'child_blocks'] as const;

interface PlacedElement {
  blockId: string;
  element: JsonObject;
}

export function elementsIn(blocks: unknown, outer = ''): PlacedElement[] {
  return objectsIn(blocks).flatMap((block) => {
    const blockId = stringIn(block, 'block_id') ?? outer;
    return INPUT_BLOCK_PARTS.flatMap((part) => {
      const inner = block[part];
      const parts = Array.isArray(inner) ? objectsIn(inner) : isObject(inner) ? [inner] : [];
      return parts.flatMap((one) => [
        ...(stringIn(one, 'action_id') === undefined ? [] : [{ blockId, element: one }]),
        ...elementsIn([one], blockId),
      ]);
    });
  });
}

/** All options of a menu, groups flattened. */
export function optionsOf(element: JsonObject): JsonObject[] {
  const groups = objectsIn(element['option_groups']).flatMap((one) => objectsIn(one['options']));
  return [...objectsIn(element['options']), ...groups];
}

const STATEFUL: Readonly<Record<string, [key: string, initial: string, empty: unknown]>> = {
  plain_text_input: ['value', 'initial_value', null],
  email_text_input: ['value', 'initial_value', null],
  url_text_input: ['value', 'initial_value', null],
  number_input: ['value', 'initial_value', null],
  rich_text_input: ['rich_text_value', 'initial_value', null],
  static_select: ['selected_option', 'initial_option', null],
  external_select: ['selected_option', 'initial_option', null],
  radio_buttons: ['selected_option', 'initial_option', null],
  users_select: ['selected_user', 'initial_user', null],
  channels_select: ['selected_channel', 'initial_channel', null],
  conversations_select: ['selected_conversation', 'initial_conversation', null],
  datepicker: ['selected_date', 'initial_date', null],
  timepicker: ['selected_time', 'initial_time', null],
  datetimepicker: ['selected_date_time', 'initial_date_time', null],
  checkboxes: ['selected_options', 'initial_options', []],
  multi_static_select: ['selected_options', 'initial_options', []],
  multi_external_select: ['selected_options', 'initial_options', []],
  multi_users_select: ['selected_users', 'initial_users', []],
  multi_channels_select: ['selected_channels', 'initial_channels', []],
  multi_conversations_select: ['selected_conversations', 'initial_conversations', []],
};

export function initialValues(blocks: unknown): InputValues {
  const values: InputValues = {};
  for (const { blockId, element } of elementsIn(blocks)) {
    const type = stringIn(element, 'type') ?? '';
    const actionId = stringIn(element, 'action_id') ?? '';
    const state = STATEFUL[type];
    if (!state) continue;
    const [key, initial, empty] = state;
    const block = values[blockId] ?? {};
    block[actionId] = { type, [key]: element[initial] ?? empty };
    values[blockId] = block;
  }
  return values;
}

type EnteredState = { ok: true; state: Record<string, unknown> } | { ok: false; error: string };

/**
 * The element's state after the user entered `value`: a text, a date, a user id or an option's value;
 * several options are separated by commas.
 */
export function enterValue(element: JsonObject, value: string): EnteredState {
  const type = stringIn(element, 'type') ?? '';
  const key = type === 'overflow' ? 'selected_option' : STATEFUL[type]?.[0];
  if (key === undefined) return { ok: false, error: `A ${type} takes no input.` };
  const option = (wanted: string): JsonObject | undefined =>
    optionsOf(element).find((one) => one['value'] === wanted);
  if (key === 'selected_option') {
    const chosen = option(value);
    return chosen
      ? { ok: true, state: { type, selected_option: chosen } }
      : { ok: false, error: `There is no option "${value}".` };
  }
  const wanted = value.split(',').filter((one) => one !== '');
  if (key === 'selected_options') {
    const chosen = wanted.map(option);
    return chosen.every((one) => one !== undefined)
      ? { ok: true, state: { type, selected_options: chosen } }
      : { ok: false, error: `There is no option among "${value}".` };
  }
  if (key.startsWith('selected_') && key.endsWith('s'))
    return { ok: true, state: { type, [key]: wanted } };
  if (key === 'selected_date_time') return { ok: true, state: { type, [key]: Number(value) } };
  return { ok: true, state: { type, [key]: value === '' ? null : value } };
}

/** The client's own validation before it sends a view: errors by block id. */
export function validateEntries(blocks: unknown, values: InputValues): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const block of objectsIn(blocks)) {
    const { element } = block;
    if (block['type'] !== 'input' || !isObject(element)) continue;
    const blockId = stringIn(block, 'block_id') ?? '';
    const type = stringIn(element, 'type') ?? '';
    const key = STATEFUL[type]?.[0] ?? 'value';
    const value = values[blockId]?.[stringIn(element, 'action_id') ?? '']?.[key];
    const empty = value == null || value === '' || (Array.isArray(value) && value.length === 0);
    if (empty && block['optional'] !== true)
      errors[blockId] = 'Please complete this required field.';
    if (empty || typeof value !== 'string') continue;
    const max =
      typeof element['max_length'] === 'number' ? element['max_length'] : SLACK_LIMITS.inputText;
    const min = typeof element['min_length'] === 'number' ? element['min_length'] : 0;
    if (value.length > max) errors[blockId] = `Please use ${max} characters or fewer.`;
    if (value.length < min) errors[blockId] = `Please use ${min} characters or more.`;
    if (type === 'number_input' && Number.isNaN(Number(value)))
      errors[blockId] = 'Please enter a number.';
    if (type === 'email_text_input' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value))
      errors[blockId] = 'Please enter a valid email address.';
  }
  return errors;
}
