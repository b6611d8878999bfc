import type { RadioButtons } from '@slack/types';
import { useId } from 'react';
import { ChoiceText } from './choice-text.tsx';
import type { ElementProps } from './element-props.ts';
import { actionIdOf, chosen, initialState } from './input-values.ts';
import { PressOutcome } from './press-outcome.tsx';
import { useSurface } from './surface.ts';
import { usePress } from './use-press.ts';

export function RadioButtonsElement(props: ElementProps<RadioButtons>) {
  const { element, blockId, reports } = props;
  const surface = useSurface();
  const actionId = actionIdOf(element);
  const press = usePress(blockId, actionId, element.confirm);
  const name = useId();
  const state = surface.read(blockId, actionId) ?? initialState(element);
  const value = state && 'selected_option' in state ? state.selected_option?.value : undefined;

  return (
    <div
      className="choices"
      role="radiogroup"
      aria-labelledby={props.labelledBy}
      aria-describedby={props.describedBy}
      aria-invalid={props.invalid}
    >
      {element.options.map((option) => (
        <label key={option.value} className="choice">
          <input
            type="radio"
            name={name}
            checked={option.value === value}
            onChange={() => {
              surface.enter(blockId, actionId, {
                type: 'radio_buttons',
                selected_option: chosen(option),
              });
              if (reports) press.press(option.value ?? '');
            }}
          />
          <ChoiceText option={option} />
        </label>
      ))}
      <PressOutcome press={press} />
    </div>
  );
}
