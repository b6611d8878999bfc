import type { Button } from '@slack/types';
import type { ElementProps } from './element-props.ts';
import { actionIdOf } from './input-values.ts';
import { PressOutcome } from './press-outcome.tsx';
import { TextObject } from './text-object.tsx';
import { usePress } from './use-press.ts';

export function ButtonElement({ element, blockId }: ElementProps<Button>) {
  const press = usePress(blockId, actionIdOf(element), element.confirm);
  const style = element.style ?? '';
  return (
    <span className="element">
      <button
        type="button"
        className={`button ${style} ${press.busy ? 'busy' : ''}`}
        aria-busy={press.busy}
        aria-label={element.accessibility_label}
        onClick={() => {
          if (element.url) window.open(element.url, '_blank', 'noopener');
          press.press();
        }}
      >
        <TextObject text={element.text} />
      </button>
      <PressOutcome press={press} />
    </span>
  );
}
