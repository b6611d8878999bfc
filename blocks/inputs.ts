import type { InputBlock, PlainTextOption } from '@slack/types';
import { SLACK_LIMITS } from '../src/core/slack-limits.ts';
import { option, plainText } from './parts.ts';

/** Inputs of a modal. The block id of each is also its action id. Labels and hints are plain text. */

interface Asked {
  id: string;
  label: string;
  hint?: string;
  optional?: boolean;
}

/** Value and label of each choice. */
type Choices = readonly (readonly [string, string])[];

export const noteInput = (asked: Asked, longest: number = SLACK_LIMITS.inputText): InputBlock =>
  input(asked, {
    type: 'plain_text_input',
    action_id: asked.id,
    multiline: true,
    max_length: longest,
  });

/** One line. */
export const textInput = (
  asked: Asked,
  longest: number,
  initial: string,
  example: string,
): InputBlock =>
  input(asked, {
    type: 'plain_text_input',
    action_id: asked.id,
    max_length: longest,
    placeholder: plainText(example, SLACK_LIMITS.placeholder),
    ...(initial !== '' && { initial_value: initial.slice(0, longest) }),
  });

export const radioInput = (asked: Asked, choices: Choices): InputBlock =>
  input(asked, {
    type: 'radio_buttons',
    action_id: asked.id,
    options: optionsOf(choices, SLACK_LIMITS.radioOptions),
  });

export const selectInput = (asked: Asked, choices: Choices): InputBlock =>
  input(asked, {
    type: 'static_select',
    action_id: asked.id,
    options: optionsOf(choices, SLACK_LIMITS.selectOptions),
  });

export const dateInput = (asked: Asked): InputBlock =>
  input(asked, { type: 'datepicker', action_id: asked.id });

export const personInput = (asked: Asked): InputBlock =>
  input(asked, { type: 'users_select', action_id: asked.id });

function input(
  { id, label, hint, optional = false }: Asked,
  element: InputBlock['element'],
): InputBlock {
  return {
    type: 'input',
    block_id: id,
    ...(optional && { optional }),
    label: plainText(label, SLACK_LIMITS.inputLabel),
    ...(hint !== undefined && { hint: plainText(hint, SLACK_LIMITS.inputLabel) }),
    element,
  };
}

const optionsOf = (choices: Choices, most: number): PlainTextOption[] =>
  choices
    .map(([value, label]) => option(label, value))
    .filter((choice) => choice !== null)
    .slice(0, most);
