import type { Datepicker, EmailInput, NumberInput, PlainTextInput, URLInput } from '@slack/types';
import { SLACK_LIMITS } from '../../../core/slack-limits.ts';
import type { ElementProps } from './element-props.ts';
import { actionIdOf, type ElementState, initialState, isTextInput } from './input-values.ts';
import { PressOutcome } from './press-outcome.tsx';
import { useSurface } from './surface.ts';
import { usePress } from './use-press.ts';

type TextInput = PlainTextInput | EmailInput | URLInput | NumberInput | Datepicker;

const KIND = {
  plain_text_input: 'text',
  email_text_input: 'email',
  url_text_input: 'url',
  number_input: 'number',
  datepicker: 'date',
} as const;

export function TextInputElement(props: ElementProps<TextInput>) {
  const { element, blockId, reports } = props;
  const surface = useSurface();
  const actionId = actionIdOf(element);
  const press = usePress(blockId, actionId, undefined);
  const state = surface.read(blockId, actionId) ?? initialState(element);
  const value = textOf(state);
  const multiline = element.type === 'plain_text_input' && element.multiline === true;
  const limit =
    (element.type === 'plain_text_input' && element.max_length) || SLACK_LIMITS.inputText;

  const enter = (text: string) => {
    const held = text === '' ? null : text;
    surface.enter(
      blockId,
      actionId,
      isTextInput(element.type)
        ? { type: element.type, value: held }
        : { type: 'datepicker', selected_date: held },
    );
    if (element.type === 'datepicker' && reports) press.press(text);
  };
  const shared = {
    value,
    placeholder: element.placeholder?.text,
    'aria-labelledby': props.labelledBy,
    'aria-describedby': props.describedBy,
    'aria-invalid': props.invalid,
    'data-focus': 'focus_on_load' in element && element.focus_on_load ? '' : undefined,
  };

  return (
    <div className="element text-input">
      {multiline ? (
        <textarea
          {...shared}
          rows={4}
          maxLength={limit}
          onChange={(event) => enter(event.target.value)}
        />
      ) : (
        <input
          {...shared}
          type={KIND[element.type]}
          maxLength={limit}
          onChange={(event) => enter(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || !reports) return;
            event.preventDefault();
            press.press(value);
          }}
        />
      )}
      {element.type === 'plain_text_input' && element.max_length !== undefined && (
        <span className={`room ${value.length > limit * 0.9 ? 'room-little' : ''}`}>
          {limit - value.length}
        </span>
      )}
      <PressOutcome press={press} />
    </div>
  );
}

function textOf(state: ElementState | null): string {
  if (!state) return '';
  if ('value' in state) return state.value ?? '';
  return 'selected_date' in state ? (state.selected_date ?? '') : '';
}
