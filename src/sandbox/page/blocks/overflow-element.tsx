import type { Overflow } from '@slack/types';
import { MenuButton, MoreIcon } from '../menu-button.tsx';
import type { ElementProps } from './element-props.ts';
import { actionIdOf } from './input-values.ts';
import { PressOutcome } from './press-outcome.tsx';
import { usePress } from './use-press.ts';

export function OverflowElement({ element, blockId }: ElementProps<Overflow>) {
  const press = usePress(blockId, actionIdOf(element), element.confirm);
  return (
    <span className="element overflow">
      <MenuButton
        label="More actions"
        icon={<MoreIcon />}
        className="button icon-button"
        busy={press.busy}
        items={element.options.map((option) => ({
          key: option.value ?? option.text.text,
          text: option.text.text,
          run: () => {
            if ('url' in option && option.url) window.open(option.url, '_blank', 'noopener');
            press.press(option.value ?? '');
          },
        }))}
      />
      <PressOutcome press={press} />
    </span>
  );
}
