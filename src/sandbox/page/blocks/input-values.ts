/** Values of a surface's elements, in the shape of Slack's `view.state.values`. */
import type { AnyBlock, KnownBlock } from '@slack/types';

type Option = { value?: string; text: { type: string; text: string } };
type ChosenOption = { value: string; text: { type: string; text: string } };

export type ElementState =
  | { type: TextInputType; value: string | null }
  | { type: 'datepicker'; selected_date: string | null }
  | { type: 'users_select'; selected_user: string | null }
  | { type: 'static_select' | 'radio_buttons'; selected_option: ChosenOption | null }
  | { type: 'checkboxes'; selected_options: ChosenOption[] };

const TEXT_INPUTS = [
  'plain_text_input',
  'email_text_input',
  'url_text_input',
  'number_input',
] as const;
type TextInputType = (typeof TEXT_INPUTS)[number];

/** By block id, then action id. */
export type FormValues = Record<string, Record<string, ElementState>>;

type BlockElement = { type: string; action_id?: string };

/** Falls back to the block's position. */
export const blockIdOf = (block: { block_id?: string }, index: number): string =>
  block.block_id ?? `block-${index}`;
export const actionIdOf = (element: { action_id?: string }): string =>
  element.action_id ?? 'action';

export const isTextInput = (type: string): type is TextInputType =>
  TEXT_INPUTS.some((known) => known === type);

export function chosen(option: Option): ChosenOption {
  return { text: option.text, value: option.value ?? '' };
}

/** State of an untouched element; null if the element has none, like a button. */
export function initialState(element: BlockElement): ElementState | null {
  const { type } = element;
  if (isTextInput(type)) {
    const value = 'initial_value' in element ? element.initial_value : undefined;
    return { type, value: typeof value === 'string' && value !== '' ? value : null };
  }
  if (type === 'datepicker') {
    const date = 'initial_date' in element ? element.initial_date : undefined;
    return { type, selected_date: typeof date === 'string' ? date : null };
  }
  if (type === 'users_select') {
    const user = 'initial_user' in element ? element.initial_user : undefined;
    return { type, selected_user: typeof user === 'string' ? user : null };
  }
  if (type === 'static_select' || type === 'radio_buttons') {
    const option = 'initial_option' in element ? element.initial_option : undefined;
    return { type, selected_option: isOption(option) ? chosen(option) : null };
  }
  if (type === 'checkboxes') {
    const options = 'initial_options' in element ? element.initial_options : undefined;
    return {
      type,
      selected_options: Array.isArray(options) ? options.filter(isOption).map(chosen) : [],
    };
  }
  return null;
}

function isOption(value: unknown): value is Option {
  return typeof value === 'object' && value !== null && 'text' in value && isText(value.text);
}

function isText(value: unknown): value is Option['text'] {
  return typeof value === 'object' && value !== null && 'text' in value && 'type' in value;
}

/** The interactive elements of a block. */
function elementsOf(block: KnownBlock): BlockElement[] {
  if (block.type === 'input') return [block.element];
  if (block.type === 'actions') return [...block.elements];
  if (block.type === 'section' && block.accessory) return [block.accessory];
  return [];
}

/** Every value of a surface: the user's input, or the initial value. */
export function valuesOf(blocks: readonly KnownBlock[], entered: FormValues): FormValues {
  const values: FormValues = {};
  for (const [index, block] of blocks.entries()) {
    const blockId = blockIdOf(block, index);
    for (const element of elementsOf(block)) {
      const actionId = actionIdOf(element);
      const state = entered[blockId]?.[actionId] ?? initialState(element);
      if (state) values[blockId] = { ...values[blockId], [actionId]: state };
    }
  }
  return values;
}

function isEmpty(state: ElementState): boolean {
  if ('value' in state) return (state.value ?? '').trim() === '';
  if ('selected_date' in state) return state.selected_date === null;
  if ('selected_user' in state) return state.selected_user === null;
  if ('selected_option' in state) return state.selected_option === null;
  return state.selected_options.length === 0;
}

/** Includes blocks that Slack's types don't know. The page shows a note for them. */
export function knownBlocks(blocks: readonly AnyBlock[]): KnownBlock[] {
  return blocks.filter((block): block is KnownBlock => typeof block.type === 'string');
}

/** The client's validation before it sends a form: errors by block id. */
export function findMistakes(
  blocks: readonly KnownBlock[],
  values: FormValues,
): Record<string, string> {
  const mistakes: Record<string, string> = {};
  for (const [index, block] of blocks.entries()) {
    if (block.type !== 'input') continue;
    const blockId = blockIdOf(block, index);
    const state = values[blockId]?.[actionIdOf(block.element)];
    if (!state) continue;
    if (isEmpty(state)) {
      if (block.optional !== true) mistakes[blockId] = 'Please complete this required field.';
      continue;
    }
    const least = 'min_length' in block.element ? (block.element.min_length ?? 0) : 0;
    if ('value' in state && (state.value ?? '').length < least)
      mistakes[blockId] = `Please enter at least ${least} characters.`;
  }
  return mistakes;
}
