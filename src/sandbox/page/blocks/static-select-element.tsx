import type { StaticSelect } from '@slack/types';
import type { ElementProps } from './element-props.ts';
import { actionIdOf, chosen, initialState } from './input-values.ts';
import { PressOutcome } from './press-outcome.tsx';
import { useSurface } from './surface.ts';
import { usePress } from './use-press.ts';

/** A native select, so keyboard and screen reader support come for free. */
export function StaticSelectElement(props: ElementProps<StaticSelect>) {
  const { element, blockId, reports } = props;
  const surface = useSurface();
  const actionId = actionIdOf(element);
  const press = usePress(blockId, actionId, element.confirm);
  const state = surface.read(blockId, actionId) ?? initialState(element);
  const value = state && 'selected_option' in state ? (state.selected_option?.value ?? '') : '';
  const groups = element.option_groups ?? [];
  const options = [...(element.options ?? []), ...groups.flatMap((group) => group.options)];
  const placeholder = element.placeholder?.text ?? 'Select an item';

  return (
    <span className="element select">
      <select
        value={value}
        className={value === '' ? 'unset' : ''}
        aria-labelledby={props.labelledBy}
        aria-label={props.labelledBy ? undefined : placeholder}
        aria-describedby={props.describedBy}
        aria-invalid={props.invalid}
        aria-busy={press.busy}
        onChange={(event) => {
          const option = options.find((one) => one.value === event.target.value);
          surface.enter(blockId, actionId, {
            type: 'static_select',
            selected_option: option ? chosen(option) : null,
          });
          if (reports && option) press.press(option.value ?? '');
        }}
      >
        <option value="">{placeholder}</option>
        {(element.options ?? []).map((option) => (
          <option key={option.value} value={option.value}>
            {option.text.text}
          </option>
        ))}
        {groups.map((group) => (
          <optgroup key={group.label.text} label={group.label.text}>
            {group.options.map((option) => (
              <option key={option.value} value={option.value}>
                {option.text.text}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
      <PressOutcome press={press} />
    </span>
  );
}
