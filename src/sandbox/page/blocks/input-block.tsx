import type { InputBlock as Input } from '@slack/types';
import { useId } from 'react';
import { Element } from './element.tsx';
import { useSurface } from './surface.ts';

export function InputBlock({ block, blockId }: { block: Input; blockId: string }) {
  const error = useSurface().errors[blockId];
  const id = useId();
  const described = [error && `${id}-error`, block.hint && `${id}-hint`].filter(Boolean).join(' ');
  return (
    <div className={`block-input ${error ? 'invalid' : ''}`} data-block={blockId}>
      <div className="input-label" id={`${id}-label`}>
        {block.label.text}
        {block.optional && <span className="optional"> (optional)</span>}
      </div>
      <Element
        element={block.element}
        blockId={blockId}
        reports={block.dispatch_action === true}
        labelledBy={`${id}-label`}
        invalid={error !== undefined}
        {...(described === '' ? {} : { describedBy: described })}
      />
      {error && (
        <div className="input-error" id={`${id}-error`} role="alert">
          {error}
        </div>
      )}
      {block.hint && (
        <div className="input-hint" id={`${id}-hint`}>
          {block.hint.text}
        </div>
      )}
    </div>
  );
}
