import type { Checkboxes } from '@slack/types';
import { ChoiceText } from './choice-text.tsx';
import type { ElementProps } from './element-props.ts';
import { actionIdOf, chosen, initialState } from './input-values.ts';
import { PressOutcome } from './press-outcome.tsx';
import { useSurface } from './surface.ts';
import { usePress } from './use-press.ts';

export function CheckboxesElement(props: ElementProps<Checkboxes>) {
  const { element, blockId, reports } = props;
  const surface = useSurface();
  const actionId = actionIdOf(element);
  const press = usePress(blockId, actionId, element.confirm);
  const state = surface.read(blockId, actionId) ?? initialState(element);
  const selected = state && 'selected_options' in state ? state.selected_options : [];

  return (
    // biome-ignore lint/a11y/useSemanticElements: the input block's label can't name a fieldset
    <div
      className="choices"
      role="group"
      aria-labelledby={props.labelledBy}
      aria-describedby={props.describedBy}
    >
      {element.options.map((option) => {
        const on = selected.some((one) => one.value === option.value);
        return (
          <label key={option.value} className="choice">
            <input
              type="checkbox"
              checked={on}
              onChange={() => {
                const now = element.options.filter((one) =>
                  one.value === option.value
                    ? !on
                    : selected.some((other) => other.value === one.value),
                );
                surface.enter(blockId, actionId, {
                  type: 'checkboxes',
                  selected_options: now.map(chosen),
                });
                if (reports) press.press(now.map((one) => one.value ?? '').join(','));
              }}
            />
            <ChoiceText option={option} />
          </label>
        );
      })}
      <PressOutcome press={press} />
    </div>
  );
}
