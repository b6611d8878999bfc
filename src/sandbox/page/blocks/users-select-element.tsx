import type { UsersSelect } from '@slack/types';
import { useDirectory } from '../directory.ts';
import type { ElementProps } from './element-props.ts';
import { actionIdOf, initialState } from './input-values.ts';
import { PressOutcome } from './press-outcome.tsx';
import { useSurface } from './surface.ts';
import { usePress } from './use-press.ts';

/** Everyone whose account is active, as in Slack: also guests and people from other organizations. */
export function UsersSelectElement(props: ElementProps<UsersSelect>) {
  const { element, blockId, reports } = props;
  const surface = useSurface();
  const people = useDirectory()?.people.filter(({ deactivated }) => !deactivated) ?? [];
  const actionId = actionIdOf(element);
  const press = usePress(blockId, actionId, element.confirm);
  const state = surface.read(blockId, actionId) ?? initialState(element);
  const value = state && 'selected_user' in state ? (state.selected_user ?? '') : '';
  const placeholder = element.placeholder?.text ?? 'Select a user';

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
        onChange={({ target }) => {
          surface.enter(blockId, actionId, {
            type: 'users_select',
            selected_user: target.value === '' ? null : target.value,
          });
          if (reports && target.value !== '') press.press(target.value);
        }}
      >
        <option value="">{placeholder}</option>
        {people.map(({ id, realName }) => (
          <option key={id} value={id}>
            {realName}
          </option>
        ))}
      </select>
      <PressOutcome press={press} />
    </span>
  );
}
